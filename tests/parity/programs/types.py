"""Types: what annotations mean, what passes, and what a check may say."""

import typing
from collections.abc import Iterator, Mapping, Sequence

from parity.harness import Run, alone, chain, outcome, program


def _returning(dg, annotation, value):
    def body():
        return value

    body.__annotations__ = {"return": annotation}
    return alone(dg, dg.op(name="make")(body))


@program("2.4 Any")
def no_annotation_takes_any_value(dg):
    @dg.op
    def make(given=None):
        return given

    return alone(dg, make)


@program("2.4 Any")
def any_takes_any_value(dg):
    return _returning(dg, typing.Any, {1: "x"})


@program("2.4 Any")
def a_bare_output_annotation_takes_any_value(dg):
    return _returning(dg, dg.Output, dg.Output({1: "x"}))


@program("2.4 scalars")
def an_int_is_an_int(dg):
    return _returning(dg, int, 5)


@program("2.4 Int")
def int_refuses_none(dg):
    return _returning(dg, int, None)


@program("2.4 Int")
def int_refuses_text(dg):
    return _returning(dg, int, "5")


@program("2.4 Int")
def a_bool_passes_for_an_int(dg):
    return _returning(dg, int, True)


@program("2.4 Int")
def an_int_does_not_pass_for_a_float(dg):
    return _returning(dg, float, 5)


@program("2.4 scalars")
def text_is_a_string(dg):
    return _returning(dg, str, "five")


@program("2.4 scalars")
def a_bool_is_a_bool_and_an_int_is_not(dg):
    @dg.op
    def one() -> int:
        return 1

    @dg.op
    def flag(given: bool) -> bool:
        return given

    return chain(dg, one, flag)


@program("2.4 Tuple")
def a_tuple_annotation_is_one_output(dg):
    return _returning(dg, tuple[int, str], (1, "x"))


@program("2.4 Tuple")
def a_tuple_with_a_wrong_part(dg):
    return _returning(dg, tuple[int, str], (1, 2))


@program("2.4 Tuple with out=")
def a_tuple_annotation_types_two_outputs(dg):
    @dg.op(out={"low": dg.Out(), "name": dg.Out()})
    def make() -> tuple[int, str]:
        return 1, 2

    return alone(dg, make)


@program("2.4 Tuple with out=")
def a_tuple_annotation_of_the_wrong_length(dg):
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def make() -> tuple[int, int, int]:
        return 1, 2, 3

    return alone(dg, make)


@program("2.4 scalars with out=")
def any_as_the_annotation_of_two_outputs(dg):
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def make() -> typing.Any:
        return 1, 2

    return alone(dg, make)


@program("2.4 scalars with out=")
def a_scalar_annotation_for_two_outputs(dg):
    @dg.op(out={"low": dg.Out(), "high": dg.Out()})
    def make() -> int:
        return 1, 2

    return alone(dg, make)


@program("2.4 Output[T]")
def an_output_annotation_is_peeled_off(dg):
    return _returning(dg, dg.Output[int], dg.Output("five"))


@program("2.4 Output[T]")
def outputs_in_a_tuple_annotation_are_peeled_off(dg):
    @dg.op(out={"low": dg.Out(), "name": dg.Out()})
    def make() -> tuple[dg.Output[int], dg.Output[str]]:
        return dg.Output(1), dg.Output(2)

    return alone(dg, make)


@program("2.4 Output[T]")
def a_bare_value_for_an_output_annotation(dg):
    return _returning(dg, dg.Output[int], 5)


@program("2.4 Output[T]")
def an_output_for_the_annotation_of_its_value(dg):
    return _returning(dg, int, dg.Output(5))


@program("2.4 Optional")
def optional_accepts_none(dg):
    return _returning(dg, int | None, None)


@program("2.4 Optional")
def optional_accepts_the_type(dg):
    return _returning(dg, typing.Optional[int], 5)  # noqa: UP045 - the old spelling


@program("2.4 Optional")
def optional_refuses_another_type(dg):
    return _returning(dg, int | None, "five")


@program("2.4 None")
def an_output_of_none_is_nothing(dg):
    return _returning(dg, dg.Output[None], dg.Output(None))


@program("2.4 None")
def an_annotation_of_nothing(dg):
    return _returning(dg, dg.Nothing, None)


@program("2.4 None")
def an_annotation_of_none(dg):
    return _returning(dg, None, None)


@program("2.4 List[DynamicOutput]")
def a_list_of_dynamic_outputs_needs_no_out(dg):
    @dg.op
    def files() -> list[dg.DynamicOutput[str]]:
        return [dg.DynamicOutput(name, name) for name in "ab"]

    @dg.op
    def upper(name: str) -> str:
        return name.upper()

    @dg.job
    def job():
        files().map(upper)

    return Run(job)


@program("2.4 List[DynamicOutput]")
def dynamic_outputs_of_a_wrong_type(dg):
    @dg.op
    def files() -> list[dg.DynamicOutput[str]]:
        return [dg.DynamicOutput(5, "five")]

    return alone(dg, files)


@program("2.4 DynamicOutput[T]")
def a_bare_dynamic_output_annotation(dg):
    return _returning(dg, dg.DynamicOutput[int], dg.DynamicOutput(1, "a"))


@program("2.4 containers")
def a_list_of_ints(dg):
    return _returning(dg, list[int], [1, 2])


@program("2.4 containers")
def a_list_with_a_wrong_item(dg):
    return _returning(dg, list[int], [1, "two"])


@program("2.4 containers")
def a_bare_list_takes_any_items(dg):
    return _returning(dg, list, [1, "two"])


@program("2.4 containers")
def a_sequence_of_ints_is_a_list(dg):
    return _returning(dg, Sequence[int], [1, 2])


@program("2.4 containers")
def a_tuple_is_no_list(dg):
    return _returning(dg, list[int], (1, 2))


@program("2.4 containers")
def a_dict_with_keys_and_values(dg):
    return _returning(dg, dict[str, int], {"a": 1})


@program("2.4 containers")
def a_dict_with_a_wrong_value(dg):
    return _returning(dg, dict[str, int], {"a": "one"})


@program("2.4 containers")
def a_mapping_is_a_dict(dg):
    return _returning(dg, Mapping[str, int], {"a": 1})


@program("2.4 containers")
def a_set_of_text(dg):
    return _returning(dg, set[str], {"a", "b"})


@program("2.4 containers")
def a_set_with_a_wrong_item(dg):
    return _returning(dg, set[str], {1})


@program("2.4 containers")
def a_bare_tuple(dg):
    return _returning(dg, tuple, (1, "x"))


class Orders:
    """A class of the user's."""


@program("2.4 classes")
def an_instance_of_a_class(dg):
    return _returning(dg, Orders, Orders())


@program("2.4 classes")
def no_instance_of_a_class(dg):
    return _returning(dg, Orders, "orders")


UNION = "Unions are types: Dagster refuses them where the op is defined."


@program("2.4 refused annotations", departs=UNION)
def a_union(dg):
    return _returning(dg, int | str, 5)


@program(
    "2.4 refused annotations",
    departs="Literals are types: Dagster refuses them where the op is defined.",
)
def a_literal(dg):
    return _returning(dg, typing.Literal["a", "b"], "a")


@program(
    "2.4 refused annotations",
    departs="Callable is a type: Dagster refuses it where the op is defined.",
)
def a_callable(dg):
    return _returning(dg, typing.Callable, print)


@program(
    "2.4 refused annotations",
    departs="Annotated is the type within: Dagster refuses it where the op is defined.",
)
def an_annotated_type(dg):
    return _returning(dg, typing.Annotated[int, "rows"], 5)


@program(
    "2.4 refused annotations",
    departs="A class may be asked for by type[X]: Dagster refuses that.",
)
def a_class_as_a_value(dg):
    return _returning(dg, type[Orders], Orders)


@program("2.4 refused annotations")
def an_instance_is_no_type(dg):
    return _returning(dg, 5, 5)


@program("2.4 string annotations")
def annotations_may_be_text(dg):
    @dg.op
    def make(given: "str" = "5") -> "int":
        return given

    return alone(dg, make)


@program("2.4 generator annotations")
def the_annotation_of_a_generator_is_ignored(dg):
    @dg.op
    def make() -> Iterator[int]:
        yield dg.Output("five")

    return alone(dg, make)


@program("2.4 Out(type)")
def an_out_beats_the_annotation(dg):
    @dg.op(out=dg.Out(str))
    def make() -> int:
        return 5

    return alone(dg, make)


@program("2.4 Out(type)")
def an_out_without_a_type_takes_the_annotation(dg):
    @dg.op(out=dg.Out(description="rows"))
    def make() -> int:
        return "five"

    return alone(dg, make)


@program("2.4 Out(type)")
def an_out_of_none_takes_any_value(dg):
    @dg.op(out=dg.Out(None))
    def make():
        return 5

    return alone(dg, make)


@program("2.4 Out(type)")
def an_in_beats_the_annotation(dg):
    @dg.op
    def make() -> int:
        return 5

    @dg.op(ins={"given": dg.In(str)})
    def use(given):
        return given

    return chain(dg, make, use)


@program("2.4 type failure")
def a_type_failure_is_not_tried_again(dg):
    @dg.op(retry_policy=dg.RetryPolicy(max_retries=3))
    def make() -> int:
        return "five"

    return alone(dg, make)


@program("2.4 input failure")
def an_input_of_a_wrong_type(dg):
    @dg.op
    def make():
        return "five"

    @dg.op
    def use(given: int):
        return given

    return chain(dg, make, use)


def _checked(dg, check, value=5):
    kind = dg.DagsterType(check, name="Even", description="An even number.")

    @dg.op(out=dg.Out(kind))
    def make():
        return value

    return alone(dg, make)


@program("2.4 checks of one's own")
def a_check_that_returns_a_bool(dg):
    return _checked(dg, lambda _, value: value % 2 == 0, 4)


@program(
    "2.4 checks of one's own",
    departs="The failure of the step has the check's description and metadata too; "
    "Dagster has them with the output alone.",
)
def a_check_that_says_why(dg):
    def check(_context, value):
        return dg.TypeCheck(value % 2 == 0, "It is odd.", {"rest": value % 2})

    return _checked(dg, check)


@program("2.4 checks of one's own")
def a_check_that_passes_with_metadata(dg):
    def check(_context, value):
        return dg.TypeCheck(success=True, metadata={"half": value / 2})

    return _checked(dg, check)


@program(
    "2.4 a check that raises",
    departs="A value whose check broke off was not put out; Dagster has it in the "
    "result all the same.",
)
def a_check_that_raises(dg):
    def check(_context, value):
        raise ValueError("cannot look")

    return _checked(dg, check)


@program(
    "2.4 a check that returns neither",
    departs="A value whose check broke off was not put out; Dagster has it in the "
    "result all the same.",
)
def a_check_that_returns_text(dg):
    def check(_context, _value):
        return "yes"

    return _checked(dg, check)


@program("2.4 checks of one's own")
def a_type_of_a_python_class(dg):
    kind = dg.PythonObjectDagsterType(Orders, name="AllOrders")

    @dg.op(out=dg.Out(kind))
    def make():
        return 5

    return alone(dg, make)


@program("2.4 checks of one's own")
def a_class_marked_as_a_type(dg):
    @dg.usable_as_dagster_type(name="MarkedOrders")
    class Marked:
        pass

    @dg.op
    def make() -> Marked:
        return 5

    return alone(dg, make)


@program("2.4 checks of one's own")
def a_value_is_checked_by_hand(dg):
    even = dg.DagsterType(lambda _, value: value % 2 == 0, name="Even")
    return {
        "even": dg.check_dagster_type(even, 4).success,
        "odd": dg.check_dagster_type(even, 5).success,
        "int": dg.check_dagster_type(int, 5).success,
        "text": dg.check_dagster_type(int, "5").success,
        "list": dg.check_dagster_type(dg.List[dg.Int], [1]).success,
        "optional": dg.check_dagster_type(dg.Optional[dg.Int], None).success,
    }


@program("2.4 display names")
def types_have_display_names(dg):
    @dg.op(
        ins={
            "a": dg.In(int),
            "b": dg.In(float),
            "c": dg.In(str),
            "d": dg.In(bool),
            "e": dg.In(list[int]),
            "f": dg.In(typing.Optional[int]),  # noqa: UP045 - the old spelling
            "g": dg.In(dict[str, int]),
            "h": dg.In(tuple[int, str]),
            "i": dg.In(set[str]),
            "j": dg.In(Orders),
            "k": dg.In(),
            "l": dg.In(dg.Nothing),
        }
    )
    def make(**given):
        pass

    names = {
        name: declared.dagster_type.display_name
        for name, declared in make.input_dict.items()
    }
    return [f"{name}: {kind}" for name, kind in sorted(names.items())]


@program("1.1 TypeCheck")
def a_type_check_is_a_verdict(dg):
    return [
        dg.TypeCheck(True),
        dg.TypeCheck(success=False, description="odd", metadata={"rest": 1}),
        outcome(dg.TypeCheck, "yes"),
    ]
