"""Config of ops, and the config of a whole run."""

from parity.harness import Run, alone, job_of, outcome, program


def _configured(dg, given, schema=None):
    """Return a run of an op that puts out its config."""

    @dg.op(config_schema=schema or {"n": int})
    def show(context):
        return context.op_config

    ops = {} if given is None else {"show": {"config": given}}
    return alone(dg, show, run_config={"ops": ops})


@program("2.11 config_schema")
def a_dict_of_fields(dg):
    return _configured(dg, {"n": 4})


@program("2.11 config_schema")
def fields_with_defaults(dg):
    schema = {
        "n": dg.Field(int, default_value=4),
        "name": dg.Field(str, is_required=False),
        "tags": dg.Field([str], default_value=[], description="Words."),
    }
    return _configured(dg, {"tags": ["a"]}, schema)


@program("2.11 config_schema")
def config_that_has_nothing_but_defaults_may_be_left_out(dg):
    return _configured(dg, None, {"n": dg.Field(int, default_value=4)})


@program("2.11 config_schema")
def one_value_as_config(dg):
    return _configured(dg, 4, int)


@program("2.11 config_schema")
def fields_within_fields(dg):
    return _configured(
        dg, {"limit": {"low": 1, "high": 9}}, {"limit": {"low": int, "high": int}}
    )


@program("2.11 config_schema")
def a_list_as_a_field(dg):
    return _configured(dg, {"names": ["a", "b"]}, {"names": [str]})


@program("2.11 config types")
def the_types_of_config(dg):
    schema = {
        "permissive": dg.Permissive({"known": int}),
        "noneable": dg.Noneable(int),
        "array": dg.Array(float),
        "map": dg.Map(str, int),
        "shape": dg.Shape({"a": bool}),
        "union": dg.ScalarUnion(int, {"path": str}),
        "any": dg.Any,
    }
    given = {
        "permissive": {"known": 1, "else": "x"},
        "noneable": None,
        "array": [1.5],
        "map": {"a": 1},
        "shape": {"a": True},
        "union": 5,
        "any": [1, "x"],
    }
    return _configured(dg, given, schema)


@program("2.11 config types")
def one_of_several_fields(dg):
    schema = {"source": dg.Selector({"file": str, "table": {"name": str}})}
    return _configured(dg, {"source": {"table": {"name": "orders"}}}, schema)


@program("2.11 config types")
def two_of_several_fields_where_one_is_asked_for(dg):
    schema = {"source": dg.Selector({"file": str, "table": str})}
    return _configured(dg, {"source": {"file": "a", "table": "b"}}, schema)


@program("2.11 config types")
def a_choice_of_words(dg):
    schema = {"mode": dg.Enum("Mode", [dg.EnumValue("fast"), dg.EnumValue("safe")])}
    return _configured(dg, {"mode": "fast"}, schema)


@program("2.11 config types")
def a_word_that_is_not_among_the_choices(dg):
    schema = {"mode": dg.Enum("Mode", [dg.EnumValue("fast"), dg.EnumValue("safe")])}
    return _configured(dg, {"mode": "slow"}, schema)


@program("2.11 config errors")
def a_field_is_missing(dg):
    return _configured(dg, {})


@program("2.11 config errors")
def config_is_missing_altogether(dg):
    return _configured(dg, None)


@program("2.11 config errors")
def a_field_of_a_wrong_type(dg):
    return _configured(dg, {"n": "four"})


@program("2.11 config errors")
def a_field_that_is_not_known(dg):
    return _configured(dg, {"n": 4, "m": 5})


@program("2.11 config errors")
def config_for_an_op_that_is_not_there(dg):
    @dg.op
    def one():
        return 1

    return alone(dg, one, run_config={"ops": {"two": {"config": {"n": 1}}}})


@program("2.11 config errors")
def config_for_an_op_that_takes_none(dg):
    @dg.op
    def one():
        return 1

    return alone(dg, one, run_config={"ops": {"one": {"config": {"n": 1}}}})


@program("2.11 config errors")
def run_config_with_a_key_that_is_not_known(dg):
    @dg.op
    def one():
        return 1

    return alone(dg, one, run_config={"steps": {}})


@program("1.3 Config")
def a_schema_that_cannot_be(dg):
    @dg.op(config_schema={"n": 5})
    def show(context):
        return context.op_config

    return show.name


@program("2.11 Config classes")
def a_config_class(dg):
    class Limits(dg.Config):
        low: int
        high: int = 9

    @dg.op
    def span(config: Limits):
        return [config.low, config.high]

    return alone(dg, span, run_config={"ops": {"span": {"config": {"low": 1}}}})


@program("2.11 Config classes")
def a_config_class_in_a_run_config(dg):
    class Limits(dg.Config):
        low: int
        high: int = 9

    @dg.op
    def span(context, config: Limits):
        return [config.low, config.high, context.op_config]

    return alone(dg, span, run_config=dg.RunConfig(ops={"span": Limits(low=1)}))


@program("2.11 Config classes")
def a_config_class_is_frozen_and_ignores_what_it_does_not_know(dg):
    class Limits(dg.Config):
        low: int

    def change():
        limits.low = 2

    limits = Limits(low=1, high=9)
    return [limits.low, hasattr(limits, "high"), outcome(change)]


@program("2.11 Config classes")
def a_run_s_config_may_not_hold_what_its_class_does_not_know(dg):
    class Limits(dg.Config):
        low: int

    @dg.op
    def span(config: Limits):
        return config.low

    config = {"ops": {"span": {"config": {"low": 1, "high": 9}}}}
    return alone(dg, span, run_config=config)


@program("2.11 Config classes")
def a_permissive_config_class(dg):
    class Limits(dg.PermissiveConfig):
        low: int

    @dg.op
    def span(config: Limits):
        return [config.low, config.high]

    config = {"ops": {"span": {"config": {"low": 1, "high": 9}}}}
    return alone(dg, span, run_config=config)


@program("2.11 Config classes")
def config_classes_within_each_other(dg):
    class Limits(dg.Config):
        low: int
        high: int | None = None

    class Options(dg.Config):
        limits: Limits
        names: list[str] = ["a"]  # noqa: RUF012 - fields of pydantic
        sizes: dict[str, int] = {}  # noqa: RUF012 - likewise

    @dg.op
    def span(config: Options):
        return [config.limits.low, config.limits.high, config.names, config.sizes]

    config = {"ops": {"span": {"config": {"limits": {"low": 1}, "sizes": {"a": 1}}}}}
    return alone(dg, span, run_config=config)


@program("2.11 Config classes")
def a_field_of_a_config_class_is_missing(dg):
    class Limits(dg.Config):
        low: int

    @dg.op
    def span(config: Limits):
        return config.low

    return alone(dg, span)


@program("2.11 inputs by run config")
def inputs_by_run_config_in_both_spellings(dg):
    @dg.op
    def add(left: int, right: int):
        return left + right

    inputs = {"left": 4, "right": {"value": 5}}
    return alone(dg, add, run_config={"ops": {"add": {"inputs": inputs}}})


@program("2.11 missing input")
def an_input_that_nobody_gives(dg):
    @dg.op
    def double(n: int):
        return 2 * n

    return alone(dg, double)


@program("2.11 missing input")
def an_input_of_any_type_that_nobody_gives(dg):
    @dg.op
    def double(n):
        return 2 * n

    return alone(dg, double)


@program("2.11 missing input")
def an_input_by_run_config_of_a_wrong_type(dg):
    @dg.op
    def double(n: int):
        return 2 * n

    return alone(dg, double, run_config={"ops": {"double": {"inputs": {"n": "four"}}}})


@program("2.11 nested run config")
def config_of_an_op_within_a_graph(dg):
    @dg.op(config_schema={"n": int})
    def show(context):
        return context.op_config["n"]

    @dg.graph
    def inner():
        return show()

    @dg.job
    def job():
        inner()

    config = {"ops": {"inner": {"ops": {"show": {"config": {"n": 4}}}}}}
    return Run(job, run_config=config)


@program("2.11 config of a job")
def a_job_has_its_config(dg):
    @dg.op(config_schema={"n": int})
    def show(context):
        return context.op_config["n"]

    return Run(job_of(dg, show, config={"ops": {"show": {"config": {"n": 4}}}}))


@program("2.11 config of a job")
def a_job_maps_a_short_config_to_that_of_its_ops(dg):
    @dg.op(config_schema={"n": int})
    def show(context):
        return context.op_config["n"]

    @dg.config_mapping(config_schema={"size": int})
    def simple(val):
        return {"ops": {"show": {"config": {"n": val["size"]}}}}

    return Run(job_of(dg, show, config=simple), run_config={"size": 4})


@program("1.3 configured")
def an_op_with_its_config_built_in(dg):
    @dg.op(config_schema={"n": int})
    def show(context):
        return context.op_config

    four = show.configured({"n": 4}, name="four")
    return alone(dg, four)


@program("1.3 configured")
def an_op_with_a_shorter_config(dg):
    @dg.op(config_schema={"n": int})
    def show(context):
        return context.op_config

    @dg.configured(show, {"half": int})
    def doubled(config):
        return {"n": 2 * config["half"]}

    return alone(dg, doubled, run_config={"ops": {"doubled": {"config": {"half": 2}}}})


@program("1.3 validate_run_config")
def a_run_config_is_validated(dg):
    @dg.op(config_schema={"n": int})
    def show(context):
        return context.op_config

    job = job_of(dg, show)
    good = dg.validate_run_config(job, {"ops": {"show": {"config": {"n": 4}}}})
    return [
        good["ops"]["show"]["config"],
        outcome(dg.validate_run_config, job, {"ops": {"show": {"config": {}}}}),
    ]
