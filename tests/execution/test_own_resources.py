import contextlib

import pytest

from opnb.definitions.configurable_resource import ConfigurableResource
from opnb.definitions.resource import ResourceDefinition, resource
from opnb.execution.own_resources import OwnResources
from opnb.model.errors import (
    CheckError,
    InvalidConfigError,
    InvariantViolationError,
    UnknownResourceError,
)


class Store(ConfigurableResource):
    path: str

    def read(self):
        return f"read {self.path}"


class Closing(Store):
    def teardown_after_execution(self, _):
        _told.append(f"closed {self.path}")


class Outer(ConfigurableResource):
    store: Store


_told = []


@pytest.fixture(autouse=True, name="told")
def _nothing_told():
    _told.clear()
    return _told


@resource
def opened():
    _told.append("up")
    yield "made"
    _told.append("down")


@resource
@contextlib.contextmanager
def managed(context):
    _told.append("up")
    yield "made"
    _told.append("down")


@resource(config_schema={"path": str})
def configured(context):
    return context.resource_config["path"]


def _own(given, config=None):
    return OwnResources(given, config, builder="build_op_context")


def test_objects_and_definitions_are_there_at_once():
    made = ResourceDefinition(lambda: 3)
    own = _own({"plain": "a", "made": made, "store": Store(path="a.db")})

    assert (own.made.plain, own.made.made) == ("a", 3)
    assert own.made.store.read() == "read a.db"
    assert own.keys == {"plain", "made", "store"}


def test_config_comes_by_key():
    own = _own({"store": configured}, {"store": {"config": {"path": "a.db"}}})

    assert own.made.store == "a.db"
    assert own.config == {"store": {"config": {"path": "a.db"}}}


def test_config_that_does_not_fit_is_refused():
    with pytest.raises(InvalidConfigError, match="path"):
        _own({"store": configured}, {"store": {"config": {}}})


@pytest.mark.parametrize("name", ["resources", "resources_config"])
def test_resources_come_in_a_mapping(name):
    given = (3, None) if name == "resources" else (None, 3)
    with pytest.raises(CheckError, match=f"'{name}' must be Mapping"):
        _own(*given)


def test_a_resource_that_is_not_there_is_told():
    with pytest.raises(UnknownResourceError, match=r"'db'.*\n.*build_op_context"):
        _ = _own({"database": 3}).made.db


@pytest.mark.parametrize("definition", [opened, managed], ids=["generator", "manager"])
def test_what_is_put_away_is_made_for_a_block(definition, told):
    own = _own({"store": definition})
    assert told == []

    own.open()
    own.open()
    assert (own.made.store, told) == ("made", ["up"])
    own.close()

    assert told == ["up", "down"]


@pytest.mark.parametrize(
    "value",
    [opened, Closing(path="a.db"), Outer(store=Closing(path="a.db"))],
    ids=["generator", "class", "nested"],
)
def test_without_a_block_what_would_be_put_away_is_refused(value, told):
    own = _own({"store": value})

    with pytest.raises(
        InvariantViolationError,
        match=r"\nHint: with build_op_context\(resources=\.\.\.",
    ):
        _ = own.made
    assert told == []


def test_a_resource_of_a_resource_is_put_away_with_it(told):
    own = _own({"outer": Outer(store=Closing(path="a.db"))})

    own.open()
    assert own.made.outer.store.read() == "read a.db"
    own.close()

    assert told == ["closed a.db"]
