import logging

import pytest

from opnb.definitions.configurable_resource import ConfigurableResource
from opnb.definitions.op import op
from opnb.definitions.resource import ResourceDefinition, resource
from opnb.execution.resources import (
    build_resources,
    prepare_resources,
    resources_of_op,
)
from opnb.model.errors import (
    InvalidConfigError,
    InvalidDefinitionError,
    InvariantViolationError,
    ResourceFunctionError,
    UnknownResourceError,
)


class House:
    """Resources that tell when they are made and put away."""

    def __init__(self):
        self.told = []

    def resource(self, key, needs=(), fails=None):
        def make(context):
            self.told.append(f"{key} up")
            yield [getattr(context.resources, name) for name in sorted(needs)] or key
            self.told.append(f"{key} down")
            if fails is not None:
                raise fails

        return ResourceDefinition(make, required_resource_keys=set(needs))

    def broken(self, error):
        def make(context):
            raise error

        return ResourceDefinition(make)


@pytest.fixture(name="house")
def _house():
    return House()


def prepared(definitions, *keys, configs=None, **options):
    required = dict.fromkeys(keys, "use")
    return prepare_resources(definitions, configs or {}, required=required, **options)


def test_only_what_is_required_is_made(house):
    definitions = {"a": house.resource("a"), "b": house.resource("b"), "c": 5}

    with prepared(definitions, "a", "c")() as made:
        assert made == {"a": "a", "c": 5}
    assert house.told == ["a up", "a down"]


def test_what_a_resource_is_made_of_comes_first_and_goes_last(house):
    definitions = {
        "a": house.resource("a", ["c"]),
        "b": house.resource("b"),
        "c": house.resource("c"),
    }

    with prepared(definitions, "a", "b")() as made:
        assert made == {"a": ["c"], "b": "b"}
    assert house.told == ["c up", "a up", "b up", "b down", "a down", "c down"]


@pytest.mark.parametrize(
    "ending", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit]
)
def test_resources_are_put_away_in_every_ending(house, ending):
    definitions = {"a": house.resource("a"), "b": house.resource("b")}

    with pytest.raises(ending), prepared(definitions, "a", "b")():
        raise ending

    assert house.told == ["a up", "b up", "b down", "a down"]


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt()], ids=repr)
def test_what_was_made_is_put_away_if_a_later_one_fails(house, error):
    definitions = {"a": house.resource("a"), "b": house.broken(error)}
    raised = ResourceFunctionError if isinstance(error, Exception) else type(error)

    with pytest.raises(raised), prepared(definitions, "a", "b")():
        pass

    assert house.told == ["a up", "a down"]


def test_an_error_in_putting_away_is_told_and_stops_nothing(house, caplog):
    definitions = {
        "a": house.resource("a"),
        "b": house.resource("b", fails=KeyError("x")),
    }

    with prepared(definitions, "a", "b")():
        pass

    assert house.told == ["a up", "b up", "b down", "a down"]
    (record,) = caplog.records
    assert record.getMessage() == "The resource 'b' could not be put away."
    assert isinstance(record.exc_info[1], KeyError)


def test_an_interrupt_in_putting_away_goes_on_up(house):
    interrupted = house.resource("b", fails=KeyboardInterrupt())
    definitions = {"a": house.resource("a"), "b": interrupted}

    with pytest.raises(KeyboardInterrupt), prepared(definitions, "a", "b")():
        pass

    assert house.told == ["a up", "b up", "b down", "a down"]


def test_a_function_is_told_its_config_the_run_and_where_lines_go():
    log = logging.getLogger("mine")
    seen = []

    @resource(config_schema={"rows": int})
    def asking(context):
        seen.append((context.resource_config, context.run_id, context.log))
        seen.append(context.resource_def)
        seen.append(list(context.all_resource_defs))

    definitions = {"a": asking, "b": 5}
    with prepared(definitions, "a", configs={"a": {"rows": 3}}, run_id="r1", log=log)():
        pass

    assert seen == [({"rows": 3}, "r1", log), asking, ["a", "b"]]


def test_a_function_sees_the_resources_it_asks_for_and_no_others():
    @resource
    def asking(context):
        return context.resources.b

    with (
        pytest.raises(ResourceFunctionError, match="no resource 'b'") as info,
        prepared({"a": asking, "b": 5}, "a", "b")(),
    ):
        pass

    assert isinstance(info.value.__cause__, UnknownResourceError)


def test_a_missing_resource_is_told_before_the_run_by_who_asks():
    with pytest.raises(
        InvalidDefinitionError, match=r"'bd', which op 'use' asks for(.|\n)*'db'"
    ):
        prepared({"db": 5}, "bd")


def test_a_circle_is_told_before_the_run(house):
    definitions = {"a": house.resource("a", ["b"]), "b": house.resource("b", ["a"])}

    with pytest.raises(InvariantViolationError, match="in a circle: a → b → a"):
        prepared(definitions, "a")


def test_nothing_required_is_nothing_made(house):
    assert prepared({"a": house.resource("a")}) is None
    with build_resources({}) as made, pytest.raises(UnknownResourceError):
        _ = made.a
    assert house.told == []


def test_resources_may_be_made_for_a_with_block(house):
    with build_resources({"a": house.resource("a"), "b": 5}) as made:
        assert (made.a, made.b) == ("a", 5)
    assert house.told == ["a up", "a down"]


def test_resources_for_a_with_block_take_config():
    text = {"s": ResourceDefinition.string_resource()}

    with build_resources(text, resource_config={"s": {"config": "a"}}) as made:
        assert made.s == "a"
    with (
        pytest.raises(InvalidConfigError, match=r"s\.config: missing"),
        build_resources(text),
    ):
        pass
    with (
        pytest.raises(InvalidConfigError, match="x: no such resource"),
        build_resources({}, resource_config={"x": {}}),
    ):
        pass


def test_an_op_alone_has_all_objects_at_hand_and_makes_what_it_asks_for(house):
    asking = op(name="ask", required_resource_keys={"a"})(lambda: None)
    given = {"a": house.resource("a"), "b": house.resource("b"), "c": 5}

    with resources_of_op(asking, given)() as made:
        assert made == {"a": "a", "c": 5}


def test_an_op_alone_makes_what_its_cell_reads(house):
    from dataclasses import replace

    plain = op(name="ask")(lambda: None)
    cell = replace(plain, source="rows = context.resources.a.read()")
    given = {"a": house.resource("a"), "b": house.resource("b")}

    with resources_of_op(cell, given)() as made:
        assert made == {"a": "a"}
    assert resources_of_op(plain, {}) is None


def test_an_op_alone_that_asks_for_a_resource_with_config_is_refused():
    class Pool(ConfigurableResource):
        size: int

    asking = op(name="ask", required_resource_keys={"pool"})(lambda: None)

    with resources_of_op(asking, {"pool": Pool(size=3)})() as made:
        assert made["pool"].size == 3
    with pytest.raises(InvalidConfigError, match=r"pool\.config\.size: missing"):
        resources_of_op(asking, {"pool": Pool.configure_at_launch()})
    with pytest.raises(InvalidDefinitionError, match="'pool', which op 'ask' asks for"):
        resources_of_op(asking, {})
