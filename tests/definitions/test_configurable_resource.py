import contextlib
from typing import Any

import pydantic
import pytest

from opnb.definitions.config import Config
from opnb.definitions.config_problem import ConfigDoesNotFit
from opnb.definitions.configurable_resource import (
    ConfigurableResource,
    ConfigurableResourceFactory,
    ResourceDependency,
    ResourceParam,
)
from opnb.definitions.env_var import EnvVar
from opnb.definitions.init_context import build_init_resource_context
from opnb.definitions.resource import ResourceDefinition
from opnb.definitions.resource_defs import ResourceDefs, closure_of
from opnb.definitions.signature import read_parameters
from opnb.execution.resources import build_resources
from opnb.model.errors import (
    InvalidConfigError,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvariantViolationError,
    ResourceFunctionError,
)


class Database(ConfigurableResource):
    host: str = "localhost"
    port: int = 5
    _told: list = pydantic.PrivateAttr(default_factory=list)

    def setup_for_execution(self, _):
        self._told.append(f"setup {self.host}")

    def teardown_after_execution(self, _):
        self._told.append(f"teardown {self.host}")


class Pool(ConfigurableResource):
    size: int
    closed: dict = pydantic.Field(default_factory=dict)

    @contextlib.contextmanager
    def yield_for_execution(self, _):
        yield self
        self.closed["pool"] = True


class Store(ConfigurableResource):
    database: Database
    table: str = "t"


class Words(ConfigurableResourceFactory[list]):
    text: str

    def create_resource(self, _):
        return self.text.split()


class Book(ConfigurableResource):
    words: ResourceDependency[list]
    database: ResourceDependency[Database]


def opened(value, config=None, **others):
    given = None if config is None else {"it": {"config": config}}
    return build_resources({"it": value, **others}, resource_config=given)


def test_a_resource_is_a_class_with_fields():
    with opened(Database(host="h")) as made:
        assert (made.it.host, made.it.port) == ("h", 5)


def test_a_resource_is_set_up_before_and_torn_down_after():
    with opened(Database(host="h")) as made:
        told = made.it._told
        assert told == ["setup h"]
    assert told == ["setup h", "teardown h"]


def test_the_object_that_was_given_stays_as_it_was():
    given = Database()

    with opened(given) as made:
        assert made.it is not given
    assert given._told == []


def test_a_resource_may_yield_itself():
    pool = Pool(size=1, closed={})

    with opened(pool) as made:
        closed = made.it.closed
        assert closed == {}
    assert closed == {"pool": True}


def test_a_factory_makes_an_object_of_another_class():
    with opened(Words(text="a b")) as made:
        assert made.it == ["a", "b"]


def test_a_factory_says_what_it_makes():
    class Nothing(ConfigurableResourceFactory[int]):
        pass

    with (
        pytest.raises(ResourceFunctionError, match=r"Nothing\.create_resource"),
        opened(Nothing()),
    ):
        pass


def test_an_environment_variable_is_read_when_the_resource_is_made(monkeypatch):
    given = Database(host=EnvVar("THE_HOST"), port=EnvVar.int("THE_PORT"))
    monkeypatch.setenv("THE_HOST", "h")
    monkeypatch.setenv("THE_PORT", "7")

    with opened(given) as made:
        assert (made.it.host, made.it.port) == ("h", 7)


def test_environment_variables_are_read_wherever_they_are(monkeypatch):
    class Holder(ConfigurableResource):
        by_name: dict[str, str]
        many: list[str]

    monkeypatch.setenv("THE_HOST", "h")
    given = Holder(by_name={"a": EnvVar("THE_HOST")}, many=[EnvVar("THE_HOST")])

    with opened(given) as made:
        assert (made.it.by_name, made.it.many) == ({"a": "h"}, ["h"])


def test_an_environment_variable_that_is_not_set_is_refused():
    given = Store(database=Database(host=EnvVar("NONE")))

    with (
        pytest.raises(
            InvalidConfigError, match=r"it\.config\.database\.host: .*'NONE'"
        ),
        opened(given),
    ):
        pass


def test_run_config_fills_fields_and_leaves_the_others():
    with opened(Database(host="h"), {"port": 9}) as made:
        assert (made.it.host, made.it.port) == ("h", 9)


def test_a_resource_may_be_configured_at_launch():
    with opened(Pool.configure_at_launch(), {"size": 3}) as made:
        assert made.it.size == 3
    with opened(Database.configure_at_launch(host="h"), {"port": 9}) as made:
        assert (made.it.host, made.it.port) == ("h", 9)


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (None, "size: missing"),
        ({"size": "x"}, "size: input should be a valid integer"),
        ({"size": 1, "sze": 2}, "sze: no such field. Did you mean 'size'?"),
        (5, "must be a dict, not 5"),
    ],
    ids=["missing", "type", "unknown", "number"],
)
def test_config_at_launch_that_does_not_fit_is_refused(config, problem):
    with (
        pytest.raises(InvalidConfigError, match=problem),
        opened(Pool.configure_at_launch(), config),
    ):
        pass


def test_a_field_that_there_is_not_is_refused_at_once():
    with pytest.raises(InvalidDefinitionError, match=r"Pool has no field 'sze'"):
        Pool.configure_at_launch(sze=1)


def test_a_field_of_the_wrong_type_is_refused_where_the_object_is_made():
    with pytest.raises(pydantic.ValidationError, match="size"):
        Pool(size="x")


def test_fields_are_frozen_and_private_ones_are_not():
    database = Database()
    database._told = ["mine"]

    assert database._told == ["mine"]
    with pytest.raises(InvalidInvocationError, match=r"Database\.host cannot be set"):
        database.host = "h"


def test_a_resource_within_another_is_made_first_and_put_away_last():
    with opened(Store(database=Database(host="h"))) as made:
        told = made.it.database._told
        assert told == ["setup h"]
    assert told[-1] == "teardown h"


def test_a_resource_within_another_may_be_a_default():
    class WithDefault(ConfigurableResource):
        database: Database = Database(host="d")

    with opened(WithDefault()) as made:
        assert made.it.database.host == "d"


def test_a_resource_within_another_may_be_anything_that_makes_one():
    for words in (
        Words(text="a b"),
        ["a", "b"],
        ResourceDefinition.hardcoded_resource(["a", "b"]),
        ResourceDefinition.string_resource().configured("a b"),
    ):
        with opened(Book(words=words, database=Database(host="h"))) as made:
            assert list(made.it.words) in (["a", "b"], list("a b"))
            assert made.it.database.host == "h"


def test_a_resource_that_is_used_twice_is_made_twice():
    shared = Database(host="h")

    with opened(Store(database=shared), database=shared) as made:
        assert made.it.database is not made.database


def test_one_that_is_configured_at_launch_is_the_same_everywhere():
    shared = Database.configure_at_launch()
    resources = {"store": Store(database=shared), "database": shared}
    config = {"database": {"config": {"host": "h"}}}

    with build_resources(resources, resource_config=config) as made:
        assert made.store.database is made.database
        assert made.database.host == "h"


def test_one_that_is_configured_at_launch_must_be_there_by_itself():
    with (
        pytest.raises(
            InvalidDefinitionError, match="'database' of Store is configured"
        ),
        opened(Store(database=Database.configure_at_launch())),
    ):
        pass


def test_one_that_is_configured_at_launch_is_found_deep_within():
    class Outer(ConfigurableResource):
        store: Store

    shared = Database.configure_at_launch()
    defs = ResourceDefs({"a": Outer(store=Store(database=shared)), "z": shared})

    assert closure_of(defs, ["a"]) == ["z", "a"]


def test_a_resource_within_another_takes_no_config_there():
    with pytest.raises(ConfigDoesNotFit, match="database: it is a resource of its own"):
        Store(database=Database()).get_resource_definition().schema.fit(
            {"database": {}}
        )


def test_a_resource_says_what_config_it_still_needs():
    schema = Pool.configure_at_launch().get_resource_definition().schema

    assert schema.example() == {"size": 0}
    assert Pool(size=1).get_resource_definition().schema.example() == {}
    assert "size: int" in schema.text()


def test_config_within_a_resource_may_be_a_class():
    class Limits(Config):
        rows: int
        host: str

    class Limited(ConfigurableResource):
        limits: Limits

    with opened(Limited(limits=Limits(rows=3, host="h"))) as made:
        assert made.it.limits == Limits(rows=3, host="h")
    with opened(
        Limited.configure_at_launch(), {"limits": {"rows": 1, "host": "a"}}
    ) as m:
        assert m.it.limits.rows == 1


def test_a_class_is_not_one_made_of_it():
    with (
        pytest.raises(InvalidDefinitionError, match="'it' is the class Pool"),
        opened(Pool),
    ):
        pass


def test_setting_up_that_fails_tears_nothing_down():
    told = []

    class Broken(ConfigurableResource):
        def setup_for_execution(self, _):
            raise ValueError("no host")

        def teardown_after_execution(self, _):
            told.append("teardown")

    with (
        pytest.raises(ResourceFunctionError, match="ValueError: no host"),
        opened(Broken()),
    ):
        pass
    assert told == []


def test_a_resource_has_a_context_while_it_is_in_use():
    class Asking(ConfigurableResource):
        n: int = 1

    with opened(Asking()) as made:
        assert made.it.get_resource_context().resource_config == {}
    for outside in (Asking(), Asking.configure_at_launch()):
        with pytest.raises(InvariantViolationError, match="Asking is in no run"):
            outside.get_resource_context()


def test_a_resource_may_be_made_outside_of_any_run():
    class Plain(ConfigurableResource):
        n: int = 1

    assert Plain(n=2).process_config_and_initialize().n == 2
    with Database(host="h").process_config_and_initialize_cm() as made:
        assert made._told == ["setup h"]
    context = build_init_resource_context({"n": 3})
    assert Plain.from_resource_context(context).n == 3
    with Plain.from_resource_context_cm(context) as made:
        assert made.n == 3


def test_one_that_has_to_be_torn_down_needs_a_with_block():
    with pytest.raises(InvariantViolationError, match="teardown_after_execution"):
        Database().process_config_and_initialize()
    with pytest.raises(InvariantViolationError, match="yield_for_execution"):
        Pool.from_resource_context(build_init_resource_context({"size": 1}))


def test_one_made_outside_of_any_run_is_checked_too():
    database = Database(host=EnvVar("NONE"))

    with (
        pytest.raises(InvalidConfigError, match="The config of Database does not fit"),
        database.process_config_and_initialize_cm(),
    ):
        pass


def test_a_parameter_of_an_op_asks_for_a_resource_by_its_class():
    def body(pool: Pool, words: ResourceParam[list], n: int, other: Any): ...

    parameters = read_parameters(body, None, "body")

    assert parameters.resource_names == {"pool", "words"}
    assert set(parameters.ins) == {"n", "other"}
