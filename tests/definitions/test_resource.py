import contextlib

import pytest

from opnb.definitions.config import Config
from opnb.definitions.init_context import (
    InitResourceContext,
    ScopedResources,
    build_init_resource_context,
)
from opnb.definitions.resource import ResourceDefinition, resource
from opnb.definitions.resource_defs import ResourceDefs, closure_of
from opnb.definitions.resource_making import make_resource
from opnb.model.errors import (
    InvalidConfigDefinitionError,
    InvalidConfigError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
    ParameterCheckError,
    ResourceFunctionError,
    UnknownResourceError,
)


@resource
def plain():
    """Make a number."""
    return 1


@resource(config_schema={"rows": int}, required_resource_keys={"db"}, version="v1")
def rows(context):
    return (context.resource_config["rows"], context.resources.db)


def made(definition, config=None, **needed):
    context = InitResourceContext(config, ScopedResources(needed), definition)
    return make_resource(definition, "r", context)


def test_a_resource_is_made_of_a_function():
    assert (plain.description, plain.config_schema) == ("Make a number.", None)
    assert made(plain) == (1, None)


def test_a_resource_says_what_it_is_made_of():
    assert rows.required_resource_keys == {"db"}
    assert rows.version == "v1"
    assert rows.schema.fit({"rows": 3}) == {"rows": 3}
    assert made(rows, {"rows": 3}, db="d") == ((3, "d"), None)


def test_a_definition_takes_the_arguments_in_dagsters_order():
    definition = ResourceDefinition(lambda _: 2, int, "two", {"db"}, "v2")

    assert (definition.description, definition.version) == ("two", "v2")
    assert definition.required_resource_keys == {"db"}


@pytest.mark.parametrize(
    ("definition", "config", "value"),
    [
        (ResourceDefinition.hardcoded_resource(7), None, 7),
        (ResourceDefinition.none_resource(), None, None),
        (ResourceDefinition.string_resource(), "a", "a"),
    ],
    ids=["hardcoded", "none", "string"],
)
def test_resources_that_need_no_function(definition, config, value):
    assert made(definition, config)[0] == value


def test_a_mock_has_whatever_is_asked_for():
    mock, _ = made(ResourceDefinition.mock_resource())

    assert mock.anything() is mock.anything()


def test_a_generator_is_gone_on_with_at_the_end():
    told = []

    @resource
    def opened():
        yield 1
        told.append("closed")
        yield 2
        told.append("never")

    value, close = made(opened)
    assert (value, told) == (1, [])
    close()
    assert told == ["closed"]


def test_a_context_manager_is_left_at_the_end():
    told = []

    @resource
    @contextlib.contextmanager
    def opened(context):
        yield 1
        told.append("closed")

    value, close = made(opened)
    close()

    assert (value, told) == (1, ["closed"])


def test_an_object_that_could_be_entered_is_not():
    class File:
        def __enter__(self):
            raise AssertionError

        def __exit__(self, *_):
            pass

    file = File()

    assert made(ResourceDefinition(lambda: file)) == (file, None)


def test_a_function_that_raises_is_told_by_the_resources_key():
    @resource
    def broken(context):
        raise ValueError("no host")

    with pytest.raises(
        ResourceFunctionError, match=r"'r' could.*ValueError: no host"
    ) as i:
        made(broken)

    assert isinstance(i.value.__cause__, ValueError)


def test_a_generator_without_a_value_is_refused():
    @resource
    def empty():
        yield from ()

    with pytest.raises(ResourceFunctionError, match="yielded nothing"):
        made(empty)


async def awaits(context):
    return 1


async def yields(context):
    yield 1


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: ResourceDefinition(5),
            ParameterCheckError,
            "must be a function, not 5",
        ),
        (
            lambda: resource(lambda a, b: (a, b)),
            InvalidDefinitionError,
            "also asks for 'b'",
        ),
        (lambda: resource(awaits), InvalidDefinitionError, "'awaits'.*async"),
        (lambda: resource(yields), InvalidDefinitionError, "'yields'.*async"),
        (
            lambda: resource(5)(plain.resource_fn),
            InvalidConfigDefinitionError,
            "5 is no",
        ),
    ],
    ids=["number", "parameters", "coroutine", "generator", "schema"],
)
def test_what_cannot_be_a_resource_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_config_may_be_given_beforehand():
    given = rows.configured({"rows": 5}, description="five")

    assert (given.description, given.required_resource_keys) == ("five", {"db"})
    assert given.schema.fit() == {"rows": 5}


def test_config_may_be_made_of_simpler_config():
    class Simple(Config):
        n: int

    def double(config: Simple):
        return {"rows": 2 * config.n}

    assert rows.configured(double).schema.fit({"n": 2}) == {"rows": 4}


def test_a_resource_is_called_with_a_context_of_ones_own():
    context = build_init_resource_context({"rows": 3}, {"db": "d"})

    assert plain() == 1
    assert rows(context) == (3, "d")
    assert resource(lambda context: context.resource_config)(None) is None


def test_a_generator_that_is_called_becomes_a_with_block():
    @resource
    def opened():
        yield 1

    with opened() as value:
        assert value == 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (rows, InvalidInvocationError, "takes the context and nothing else"),
        (lambda: rows(1, 2), InvalidInvocationError, "takes the context"),
        (lambda: rows(5), ParameterCheckError, "context"),
        (
            lambda: rows(build_init_resource_context({"rows": 1})),
            InvalidDefinitionError,
            "resource 'db', which this one is made of, is missing",
        ),
        (
            lambda: rows(build_init_resource_context({}, {"db": 1})),
            InvalidConfigError,
            "rows: missing",
        ),
    ],
    ids=["none", "two", "number", "resource", "config"],
)
def test_a_call_that_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_resources_are_attributes_and_unknown_ones_are_told():
    resources = ScopedResources({"db": 3})

    assert resources.db == 3
    assert repr(resources) == "ScopedResources(db)"
    with pytest.raises(UnknownResourceError, match=r"no resource 'bd'(.|\n)*'db'"):
        _ = resources.bd


def needing(*keys):
    return ResourceDefinition(lambda _: 1, required_resource_keys=set(keys))


def test_any_object_is_the_resource_of_itself():
    defs = ResourceDefs({"five": 5, "plain": plain})

    assert made(defs["five"]) == (5, None)
    assert defs["plain"] is plain
    assert (len(defs), list(defs), "nope" in defs) == (2, ["five", "plain"], False)


def test_what_a_resource_is_made_of_comes_first():
    defs = ResourceDefs({"a": needing("c"), "b": 5, "c": needing("d"), "d": 5})

    assert closure_of(defs, ["a", "b", "unknown"]) == ["d", "c", "a", "b"]


def test_a_function_whose_signature_cannot_be_read_gets_the_context():
    assert made(ResourceDefinition(str), None)[0].startswith("<")


def test_a_resource_made_of_a_missing_one_is_refused():
    with pytest.raises(
        InvariantViolationError, match="'a' is made of the resource 'z'"
    ):
        closure_of(ResourceDefs({"a": needing("z"), "b": 5}), ["b"])


def test_resources_made_of_one_another_are_refused():
    defs = ResourceDefs({"a": needing("b"), "b": needing("c"), "c": needing("b")})

    with pytest.raises(InvariantViolationError, match="in a circle: b → c → b"):
        closure_of(defs, ["a"])
