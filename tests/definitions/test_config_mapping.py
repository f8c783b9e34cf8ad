import pytest

from opnb.definitions.config import Config
from opnb.definitions.config_mapping import (
    ConfigMapping,
    config_mapping,
    configured,
    configured_schema,
)
from opnb.definitions.config_problem import ConfigDoesNotFit
from opnb.definitions.config_schema import fit_config
from opnb.definitions.resource import resource
from opnb.model.errors import (
    ConfigMappingFunctionError,
    InvalidConfigDefinitionError,
    InvalidConfigError,
    InvalidDefinitionError,
    ParameterCheckError,
)


class Simple(Config):
    rows: int = 3


@config_mapping(config_schema={"rows": int})
def simple(config):
    return {"load": {"config": {"rows": config["rows"]}}}


def test_a_mapping_makes_config_of_simpler_config():
    assert simple.resolve({"rows": 3}) == {"load": {"config": {"rows": 3}}}


def test_simpler_config_that_does_not_fit_is_refused():
    with pytest.raises(ConfigDoesNotFit, match="rows: input should be a valid integer"):
        simple.resolve({"rows": "x"})


def test_a_mapping_without_a_schema_takes_any_config():
    @config_mapping
    def any_config(config):
        return config

    assert any_config.resolve({"a": 1}) == {"a": 1}
    assert any_config.resolve() == {}


def test_the_parameter_of_a_mapping_may_be_a_config_class():
    @config_mapping
    def of_class(config: Simple):
        return config.rows

    assert of_class.resolve() == 3
    assert of_class.resolve({"rows": 5}) == 5


def test_a_mapping_may_ask_for_config_as_it_was_given():
    @config_mapping(config_schema={"rows": int}, receive_processed_config_values=False)
    def raw(config):
        return config

    given = {"rows": 3}
    assert raw.resolve(given) is given
    with pytest.raises(ConfigDoesNotFit):
        raw.resolve({"rows": "x"})


def test_a_mapping_that_raises_is_named_with_its_cause():
    @config_mapping
    def broken(config):
        return config["nope"]

    with pytest.raises(ConfigMappingFunctionError, match=r"'broken'.*KeyError") as info:
        broken.resolve()

    assert isinstance(info.value.__cause__, KeyError)


def test_a_mapping_is_made_of_a_function_and_a_schema():
    with pytest.raises(ParameterCheckError, match="config_fn"):
        ConfigMapping(5)
    with pytest.raises(InvalidConfigDefinitionError, match="5 is no type of config"):
        ConfigMapping(lambda config: config, 5)


def test_a_mapping_may_be_configured_in_its_turn():
    assert simple.configured({"rows": 7}).resolve() == {"load": {"config": {"rows": 7}}}

    doubled = simple.configured(lambda config: {"rows": 2 * config["n"]}, {"n": int})

    assert doubled.resolve({"n": 4}) == {"load": {"config": {"rows": 8}}}


def fitted(schema, given=None):
    return fit_config(schema, given, "op 'load'")


def test_config_given_beforehand_needs_no_more():
    schema = configured_schema({"rows": int}, {"rows": 5})

    assert fitted(schema) == {"rows": 5}
    assert (schema.is_required, schema.text(), schema.example()) == (
        False,
        "nothing",
        {},
    )


def test_config_given_beforehand_cannot_be_given_again():
    with pytest.raises(InvalidConfigError, match="fixed by configured"):
        fitted(configured_schema({"rows": int}, {"rows": 5}), {"rows": 7})


def test_config_given_beforehand_that_does_not_fit_is_told_at_the_run():
    with pytest.raises(
        InvalidConfigError, match=r"rows: .* in what configured\(\) was"
    ):
        fitted(configured_schema({"rows": int}, {"rows": "x"}))


def test_config_may_be_made_of_simpler_config():
    schema = configured_schema(
        {"rows": int}, lambda config: {"rows": config["n"]}, {"n": int}
    )

    assert fitted(schema, {"n": 4}) == {"rows": 4}
    assert (schema.is_required, schema.text(), schema.example()) == (
        True,
        "{n: int}",
        {"n": 0},
    )
    with pytest.raises(InvalidConfigError, match="n: missing"):
        fitted(schema)


def test_config_may_be_made_of_any_config():
    schema = configured_schema(None, lambda config: config)

    assert fitted(schema, {"n": 4}) == {"n": 4}
    assert fitted(schema) is None
    assert schema.text() == "anything"


def test_simpler_config_may_be_a_class_and_so_may_what_is_made():
    def make(config: Simple):
        return Simple(rows=config.rows + 1)

    assert fitted(configured_schema(Simple, make), {"rows": 1}) == Simple(rows=2)


def test_a_schema_of_simpler_config_must_be_one():
    with pytest.raises(InvalidConfigDefinitionError):
        configured_schema({"rows": int}, lambda config: config, 5)


@resource(config_schema={"rows": int}, description="rows")
def rows(context):
    return context.resource_config["rows"]


def test_the_decorator_makes_a_resource_of_simpler_config():
    @configured(rows, config_schema={"n": int})
    def doubled(config):
        return {"rows": 2 * config["n"]}

    assert doubled.description == "rows"
    assert doubled.schema.fit({"n": 4}) == {"rows": 8}


def test_the_decorator_gives_what_has_a_name_that_of_the_function():
    class Named:
        name = "load"

        def configured(self, fn, name, config_schema=None):
            return (fn({"n": 1}), name, config_schema)

    @configured(Named(), {"n": int})
    def fetch(config):
        return config["n"]

    assert fetch == (1, "fetch", {"n": int})


def test_what_takes_no_config_cannot_be_configured():
    with pytest.raises(InvalidDefinitionError, match="5 takes no config"):
        configured(5)
