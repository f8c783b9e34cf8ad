import pytest

from opnb.definitions.config import Config
from opnb.definitions.config_mapping import config_mapping
from opnb.definitions.config_types import Field
from opnb.definitions.graph import graph
from opnb.definitions.hook import success_hook
from opnb.definitions.job import job
from opnb.definitions.op import op
from opnb.definitions.resource import resource
from opnb.definitions.run_config import (
    RunConfig,
    resolve_run_config,
    validate_run_config,
)
from opnb.model.errors import InvalidConfigError, ParameterCheckError


class Limits(Config):
    rows: int
    name: str = "a"


@op(config_schema={"rows": int, "limit": Field(int, 9)})
def load(context):
    return context.op_config["rows"]


@op
def fetch(config: Limits):
    return config


@op
def add(x: int, y: int = 2):
    return x + y


@op
def free():
    pass


@graph
def inner(z):
    return add(z)


@resource(config_schema={"host": str})
def db(context):
    return context.resource_config["host"]


@resource(config_schema={"port": Field(int, 5)})
def web(context):
    return context.resource_config["port"]


@job(resource_defs={"db": db, "web": web, "plain": 5})
def work():
    add(load())
    inner()
    free()


OF_LOAD = {"ops": {"load": {"config": {"rows": 1}}}}


def resolve(given=None, of=work, **options):
    return resolve_run_config(of.graph, of.resource_defs, given, **options)


def refused(given, of=work, **options):
    with pytest.raises(InvalidConfigError) as info:
        resolve(given, of, **options)
    return str(info.value)


def test_config_is_fitted_by_the_path_of_its_op():
    assert resolve(OF_LOAD).op_configs == {("load",): {"rows": 1, "limit": 9}}


def test_an_op_without_a_schema_takes_any_config():
    given = {"ops": {**OF_LOAD["ops"], "free": {"config": [1]}}}

    assert resolve(given).op_configs["free",] == [1]


def test_values_are_given_for_inputs_that_nothing_feeds():
    given = {
        "ops": {
            **OF_LOAD["ops"],
            "add": {"inputs": {"y": {"value": 7}}},
            "inner": {"inputs": {"z": 3}, "ops": {"add": {"inputs": {"y": 4}}}},
        }
    }

    assert resolve(given).input_values == {
        ("add",): {"y": 7},
        ("inner",): {"z": 3},
        ("inner", "add"): {"y": 4},
    }


def test_values_are_given_for_the_inputs_of_the_job_itself():
    assert resolve({"inputs": {"z": 3}}, inner.to_job()).input_values == {(): {"z": 3}}


def test_the_config_of_resources_is_fitted_where_they_are_required():
    @job(resource_defs={"db": db, "web": web})
    def asking():
        op(name="ask", required_resource_keys={"web"})(lambda: None)()

    assert resolve(of=asking).resource_configs == {"web": {"port": 5}}
    assert "resources.db.config.host: missing" in refused(
        {}, asking, required_resource_keys=["db"]
    )


def test_the_config_of_a_resource_is_checked_though_nobody_asks_for_it():
    given = {**OF_LOAD, "resources": {"db": {"config": {"host": 5}}}}

    assert "resources.db.config.host: input should be a valid string" in refused(given)


def test_the_hooks_of_a_node_ask_for_resources_too():
    @success_hook(required_resource_keys={"web"})
    def tell(context):
        pass

    @job(resource_defs={"web": web})
    def hooked():
        free.with_hooks({tell})()

    assert resolve(of=hooked).resource_configs == {"web": {"port": 5}}


def test_a_plain_object_takes_any_config():
    given = {**OF_LOAD, "resources": {"plain": {"config": 3}}}

    assert resolve(given).resource_configs == {"plain": 3}


@pytest.mark.parametrize(
    "given",
    [
        {"ops": {"fetch": {"config": {"rows": 3}}}},
        {"ops": {"fetch": {"config": Limits(rows=3)}}},
        {"ops": {"fetch": Limits(rows=3)}},
        RunConfig(ops={"fetch": Limits(rows=3)}),
        RunConfig(ops={"fetch": {"config": Limits(rows=3)}}),
    ],
    ids=range(5),
)
def test_a_config_may_stand_wherever_a_dict_may(given):
    @job
    def fetching():
        fetch()

    assert resolve(given, fetching).op_configs == {("fetch",): Limits(rows=3)}


def test_a_config_may_stand_for_a_dict_of_fields():
    class Rows(Config):
        rows: int

    resolved = resolve({"ops": {"load": Rows(rows=3)}})

    assert resolved.op_configs == {("load",): {"rows": 3, "limit": 9}}


def test_no_run_config_resolves_to_nothing():
    @job
    def idle():
        free()

    resolved = resolve(None, idle)

    assert (resolved.op_configs, resolved.input_values) == ({}, {})
    assert (resolved.resource_configs, resolved.run_config) == ({}, {})


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "ops.load.config.rows: missing"),
        ({"solids": {}}, "solids: no such key. There is 'ops', 'resources'"),
        ({"opps": {}}, "opps: no such key. Did you mean 'ops'?"),
        ({"inputs": {}}, "inputs: no such key"),
        ({"ops": 5}, "ops: must be a dict of node names, not 5"),
        ({"ops": {"lod": {}}}, "ops.lod: no such node. Did you mean 'load'?"),
        ({"ops": {"load": 5}}, "ops.load: must be a dict of 'config' and 'inputs'"),
        ({"ops": {"load": {"cfg": 1}}}, "ops.load.cfg: no such key. Did you"),
        (
            {"ops": {"load": {"config": {"rows": "x"}}}},
            "ops.load.config.rows: input should be a valid integer, not 'x'",
        ),
        (
            {"ops": {"add": {"inputs": {"x": 5}}}},
            "ops.add.inputs.x: it is fed by what is before it",
        ),
        (
            {"ops": {"add": {"inputs": {"w": 5}}}},
            "ops.add.inputs.w: no such input. There is 'x', 'y'",
        ),
        (
            {"ops": {"add": {"inputs": {"y": "a"}}}},
            "ops.add.inputs.y: must be Int, not 'a'",
        ),
        ({"ops": {"add": {"inputs": 5}}}, "ops.add.inputs: must be a dict of input"),
        (
            {"ops": {"inner": {"config": 5}}},
            "ops.inner.config: no such key. There is 'ops', 'inputs'",
        ),
        (
            {"ops": {"inner": {"ops": {"ad": {}}}}},
            "ops.inner.ops.ad: no such node. Did you mean 'add'?",
        ),
        (
            {"ops": {"inner": {"ops": {"add": {"inputs": {"x": 1}}}}}},
            "ops.inner.ops.add.inputs.x: it is fed by",
        ),
        ({"resources": {"dbb": {}}}, "resources.dbb: no such resource. Did y"),
        ({"resources": {"db": 5}}, "resources.db: must be a dict of 'config', not 5"),
        (RunConfig(ops=5), "ops: must be a dict of node names, not 5"),
        (
            {"resources": {"web": {"config": 5}}},
            "resources.web.config: input should be",
        ),
        ({"resources": 5}, "resources: must be a dict of resource keys, not 5"),
        ({"loggers": {"nope": {}}}, "loggers.nope: no such key"),
        ({"loggers": 5}, "loggers: must be a dict, not 5"),
        ({"execution": {"x": 1}}, "execution.x: no such key. There is 'conf"),
    ],
    ids=range(24),
)
def test_what_does_not_fit_is_refused_with_its_path(given, problem):
    assert problem in refused(given)


def test_all_problems_are_told_at_once_with_what_would_fit():
    assert refused({"ops": {"lod": {}}, "resources": {"db": {"config": {}}}}) == (
        "Run config of 'work' does not fit:\n"
        "  ops.lod: no such node. Did you mean 'load'?\n"
        "  ops.load.config.rows: missing\n"
        "  resources.db.config.host: missing\n"
        "Hint: ops.load.config takes {rows: int, limit: int = 9}. "
        "resources.db.config takes {host: str}. The least that fits: "
        "{'ops': {'load': {'config': {'rows': 0}}}, "
        "'resources': {'db': {'config': {'host': '...'}}}}."
    )


def test_what_is_not_selected_needs_no_config_and_feeds_nothing():
    given = {"ops": {"add": {"inputs": {"x": 5}}}}

    resolved = resolve(given, selected=["add"])

    assert (resolved.op_configs, resolved.input_values) == ({}, {("add",): {"x": 5}})
    assert "ops.add.inputs.x: it is fed" in refused(given, selected=["add", "load"])


def test_config_for_what_is_not_selected_is_checked_all_the_same():
    given = {"ops": {"load": {"config": {"rows": "x"}}}}

    assert "ops.load.config.rows: " in refused(given, selected=["add"])


def test_a_graph_runs_if_something_in_it_does():
    assert "ops.within.config.a: missing" in refused(
        {}, mapped(of_graph), selected=["within.load"]
    )
    assert resolve({}, mapped(of_graph), selected=["other[?]"]).op_configs == {}


def test_many_problems_stay_on_one_screen():
    given = {"ops": {f"x{number}": {} for number in range(50)}}

    assert len(refused(given).splitlines()) <= 12


def test_a_nothing_input_takes_no_value():
    from opnb.definitions.in_out import In
    from opnb.definitions.type_check import Nothing

    @op(ins={"after": In(Nothing)})
    def last():
        pass

    @job
    def waiting():
        last()

    text = refused({"ops": {"last": {"inputs": {"after": 1}}}}, waiting)
    assert "ops.last.inputs.after: it passes no value" in text


def test_a_run_config_is_a_dict_or_an_object():
    with pytest.raises(
        ParameterCheckError, match="must be a dict or a RunConfig, not 5"
    ):
        resolve(5)


def test_loggers_and_executors_are_accepted():
    given = {**OF_LOAD, "execution": {"config": {}}, "loggers": {"console": {}}}

    assert resolve(given).run_config == given
    assert resolve({**OF_LOAD, "loggers": {"mine": {}}}, logger_defs={"mine": 1})


def test_run_configs_compare_by_what_they_hold():
    assert RunConfig(ops={"a": 1}) == RunConfig(ops={"a": 1})
    assert RunConfig().to_config_dict() == {
        "loggers": {},
        "resources": {},
        "ops": {},
        "execution": {},
    }


def loading(config):
    @job(config=config)
    def loads():
        load()
        add.alias("sum")()

    return loads


DEFAULT = {
    "ops": {"load": {"config": {"rows": 42, "limit": 1}}, "sum": {"inputs": {"x": 1}}}
}


@pytest.mark.parametrize(
    ("given", "rows", "x"),
    [
        (None, {"rows": 42, "limit": 1}, 1),
        ({}, {"rows": 42, "limit": 1}, 1),
        ({"loggers": {}}, {"rows": 42, "limit": 1}, 1),
        ({"ops": {"load": {"config": {"rows": 1}}}}, {"rows": 1, "limit": 9}, 1),
        ({"ops": {"sum": {"inputs": {"x": 5}}}}, {"rows": 42, "limit": 1}, 5),
    ],
    ids=range(5),
)
@pytest.mark.parametrize("default", [DEFAULT, RunConfig(DEFAULT["ops"])], ids="do")
def test_the_jobs_own_config_counts_where_none_is_given(default, given, rows, x):
    resolved = resolve(given, loading(default), job_config=default)

    assert resolved.op_configs == {("load",): rows}
    assert resolved.input_values == {("sum",): {"x": x}}


@config_mapping(config_schema={"a": int})
def of_job(config):
    return {"ops": {"load": {"config": {"rows": config["a"]}}}}


def test_a_mapping_makes_the_whole_config_of_a_job():
    resolved = resolve({"a": 7}, loading(None), job_config=of_job)

    assert resolved.op_configs == {("load",): {"rows": 7, "limit": 9}}


def test_a_jobs_own_mapping_may_be_handed_on_in_place_of_a_run_config():
    with pytest.raises(InvalidConfigError, match="a: missing"):
        resolve(of_job, loading(None))


def test_a_mapping_may_make_a_run_config():
    @config_mapping
    def make(config):
        return RunConfig(ops={"load": Limits(rows=config["a"], name="b")})

    text = refused({"a": 1}, loading(None), job_config=make)

    assert "ops.load.config.name: no such field" in text


def test_simpler_config_of_a_job_that_does_not_fit_is_refused():
    text = refused({}, loading(None), job_config=of_job)

    assert "  a: missing" in text
    assert "It takes {a: int}. The least that fits: {'a': 0}." in text


@config_mapping(config_schema={"a": int})
def of_graph(config):
    return {"load": {"config": {"rows": config["a"]}}}


def mapped(mapping):
    @graph(config=mapping)
    def within():
        load()

    @job
    def outer():
        within()

    return outer


def test_a_mapping_makes_the_config_of_what_is_in_a_graph():
    given = {"ops": {"within": {"config": {"a": 7}}}}

    assert resolve(given, mapped(of_graph)).op_configs == {
        ("within", "load"): {"rows": 7, "limit": 9}
    }


def test_a_graph_may_have_fixed_config():
    fixed = {"load": {"config": {"rows": 4}}}

    assert resolve({}, mapped(fixed)).op_configs["within", "load"]["rows"] == 4
    assert "ops.within.config.a: no such field" in refused(
        {"ops": {"within": {"config": {"a": 1}}}}, mapped(fixed)
    )


def test_config_that_a_mapping_wants_is_asked_for_at_the_graph():
    text = refused({}, mapped(of_graph))

    assert "ops.within.config.a: missing" in text
    assert "{'ops': {'within': {'config': {'a': 0}}}}" in text


def test_a_graph_with_a_mapping_takes_no_config_for_its_ops():
    text = refused({"ops": {"within": {"ops": {}}}}, mapped(of_graph))

    assert "ops.within.ops: no such key. There is 'config', 'inputs'" in text


def test_what_a_mapping_made_wrong_is_its_own_fault():
    @config_mapping
    def wrong(config):
        return {"load": {"config": {"rows": "x"}}}

    text = refused({}, mapped(wrong))

    assert "ops.within.ops.load.config.rows: " in text
    assert "in what 'wrong' made of it" in text
    assert "takes" not in text
    assert "The least that fits" not in text


def test_a_run_config_is_validated_for_a_job():
    given = {
        "ops": {
            "load": {"config": {"rows": 1}},
            "inner": {"inputs": {"z": 3}, "ops": {"add": {"inputs": {"y": 4}}}},
        },
        "resources": {"web": {}},
    }

    assert validate_run_config(work, given) == {
        "ops": {
            "load": {"config": {"rows": 1, "limit": 9}},
            "inner": {"inputs": {"z": 3}, "ops": {"add": {"inputs": {"y": 4}}}},
        },
        "resources": {"web": {"config": {"port": 5}}},
        "loggers": {},
        "execution": {},
    }
    with pytest.raises(InvalidConfigError, match=r"of 'work'.*\n.*load\.config\.rows"):
        validate_run_config(work)


def test_the_jobs_own_config_is_validated():
    assert validate_run_config(loading(DEFAULT))["ops"] == DEFAULT["ops"]
