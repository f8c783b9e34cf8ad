"""Doors: what definitions offer and a higher floor does."""

import json

import pytest

from opnb.definitions import doors
from opnb.definitions.doors import install_doors, open_door
from opnb.session import execute_job


@pytest.fixture(autouse=True)
def _own_doors(monkeypatch):
    monkeypatch.setattr(doors, "_LEADS_TO", dict(doors._LEADS_TO))
    yield
    open_door.cache_clear()


def test_a_door_leads_to_a_function_of_another_floor():
    assert open_door("execute_job") is execute_job


def test_a_door_is_opened_when_it_is_first_used():
    install_doors(nowhere="opnb.no_such_module:run", here="json:loads")

    assert open_door("here") is json.loads
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        open_door("nowhere")


def test_a_door_may_lead_elsewhere_later():
    install_doors(here="json:loads")
    open_door("here")
    install_doors(here="json:dumps")

    assert open_door("here") is json.dumps


def test_a_door_that_is_not_there_is_told():
    with pytest.raises(KeyError, match="no_such_door"):
        open_door("no_such_door")
