"""A change of config is told without its values."""

import pytest

from opnb import Config, EnvVar, execute_op, op
from opnb.definitions.op_config import config_digests


class Limits(Config):
    rows: int = 3
    name: str = "x"


def test_a_field_that_changes_has_another_digest():
    before, after = (config_digests({"rows": n, "key": "secret"}) for n in (1, 2))

    assert before["rows"] != after["rows"]
    assert before["key"] == after["key"]
    assert "secret" not in str(before)


@pytest.mark.parametrize(
    ("config", "fields"),
    [
        (None, None),
        (Limits(), ["rows", "name"]),
        ({"at": object(), "env": EnvVar("HOME")}, ["at", "env"]),
        (5, [""]),
        ({"odd": {1: "a", "b": 2}}, None),
    ],
)
def test_any_config_is_taken(config, fields):
    found = config_digests(config)

    assert (found and list(found)) == fields


def test_a_config_that_cannot_be_told_costs_nothing(session):
    @op
    def anything(context):
        return len(context.op_config)

    assert execute_op(anything, config={"odd": {1: "a", "b": 2}}).output_value() == 1
