"""The page on ops: inputs, outputs, config, context, and ops made by functions."""

import asyncio

from examples.reading import data_of, kinds
from examples.registry import example

from opnb import (
    Config,
    Field,
    In,
    Nothing,
    OpExecutionContext,
    Out,
    Output,
    job,
    op,
)
from opnb.dagster import DagsterType

TEMPERATURES = {"Oslo": -3.5, "Lima": 19.0, "Cairo": 31.5}


@example("a bare @op names the op after its function and takes its docstring")
def a_bare_op():
    @op
    def greet():
        """Say good morning."""
        return "good morning"

    assert greet.name == "greet"
    assert greet.description == "Say good morning."
    assert list(greet.output_dict) == ["result"]


@example("@op takes a name, a description, tags and a code version")
def an_op_with_arguments():
    @op(
        name="read_station",
        description="Reads one weather station.",
        tags={"kind": "weather", "limits": {"rows": 10}},
        code_version="2",
    )
    def _read():
        return TEMPERATURES["Oslo"]

    assert _read.name == "read_station"
    assert _read.description == "Reads one weather station."
    assert _read.tags["kind"] == "weather"
    assert _read.tags["limits"] in ('{"rows": 10}', '{"rows":10}')


@example("inputs are the function's parameters")
def inputs_by_parameter():
    @op
    def city():
        return "Lima"

    @op
    def temperature(city):
        return TEMPERATURES[city]

    @op
    def sentence(city, temperature):
        return f"{city}: {temperature} °C"

    @job
    def reporting():
        name = city()
        sentence(name, temperature(name))

    result = reporting.execute_in_process()

    assert result.output_for_node("sentence") == "Lima: 19.0 °C"


@example("In says more of an input than a parameter can")
def an_input_declared():
    @op(ins={"celsius": In(float, description="Measured in the shade")})
    def to_fahrenheit(celsius):
        return celsius * 9 / 5 + 32

    @op
    def measure():
        return 20.0

    @job
    def converting():
        to_fahrenheit(measure())

    assert to_fahrenheit.ins["celsius"].description == "Measured in the shade"
    assert converting.execute_in_process().output_for_node("to_fahrenheit") == 68.0


@example("a type of one's own checks the values that come in")
def an_input_of_an_own_type():
    plausible = DagsterType(
        type_check_fn=lambda _, value: -90 < value < 60, name="PlausibleCelsius"
    )

    @op(ins={"celsius": In(dagster_type=plausible)})
    def keep(celsius):
        return celsius

    @op
    def broken_sensor():
        return 999.0

    @job
    def measuring():
        keep(broken_sensor())

    result = measuring.execute_in_process(raise_on_error=False)

    assert not result.success
    assert kinds(result, "keep") == ["STEP_START", "STEP_INPUT", "STEP_FAILURE"]


@example("a parameter's default is taken where nothing is wired to it")
def an_input_with_a_default():
    @op
    def warn(threshold: float = 30.0):
        return [city for city, value in TEMPERATURES.items() if value > threshold]

    @job
    def warning():
        warn()

    assert warning.execute_in_process().output_for_node("warn") == ["Cairo"]


@example("an input may be given in the run config")
def an_input_from_run_config():
    @op
    def warn(threshold: float):
        return [city for city, value in TEMPERATURES.items() if value > threshold]

    @job
    def warning():
        warn()

    result = warning.execute_in_process(
        run_config={"ops": {"warn": {"inputs": {"threshold": 10.0}}}}
    )

    assert result.output_for_node("warn") == ["Lima", "Cairo"]


@example("several outputs are returned as a tuple, matched by position")
def several_outputs():
    @op(out={"coldest": Out(str), "warmest": Out(str)})
    def extremes():
        by_value = sorted(TEMPERATURES, key=TEMPERATURES.get)
        return by_value[0], by_value[-1]

    @op
    def flight(start: str, end: str) -> str:
        return f"{start} → {end}"

    @job
    def holiday():
        outputs = extremes()
        flight(outputs.coldest, outputs.warmest)

    assert holiday.execute_in_process().output_for_node("flight") == "Oslo → Cairo"


@example("several outputs take their types from a tuple annotation")
def several_outputs_by_annotation():
    @op(out={"city": Out(), "celsius": Out()})
    def warmest() -> tuple[str, float]:
        return "Cairo", 31.5

    @job
    def looking():
        warmest()

    result = looking.execute_in_process()

    assert result.output_for_node("warmest", "city") == "Cairo"
    assert result.output_for_node("warmest", "celsius") == 31.5


@example("a tuple is one output where only one is declared")
def a_tuple_in_one_output():
    @op
    def warmest() -> tuple[str, float]:
        return "Cairo", 31.5

    @job
    def looking():
        warmest()

    assert looking.execute_in_process().output_for_node("warmest") == ("Cairo", 31.5)


@example("an output that need not come may be left out")
def an_optional_output():
    @op(out={"frost": Out(is_required=False), "all_clear": Out(is_required=False)})
    def look(context):
        if min(TEMPERATURES.values()) < 0:
            yield Output("Oslo", "frost")
        else:
            yield Output("no frost", "all_clear")

    @op
    def salt_the_roads(where):
        return f"salt for {where}"

    @op
    def rest(what):
        return what

    @job
    def morning():
        frost, all_clear = look()
        salt_the_roads(frost)
        rest(all_clear)

    result = morning.execute_in_process()

    assert result.success
    assert result.output_for_node("salt_the_roads") == "salt for Oslo"
    assert kinds(result, "rest") == ["STEP_SKIPPED"]


@example("a Config class gives an op typed settings with defaults")
def an_op_with_config():
    class Limits(Config):
        lowest: float = -10.0
        highest: float

    @op
    def within(config: Limits):
        return [
            city
            for city, value in TEMPERATURES.items()
            if config.lowest <= value <= config.highest
        ]

    @job
    def filtering():
        within()

    result = filtering.execute_in_process(
        run_config={"ops": {"within": {"config": {"highest": 20.0}}}}
    )

    assert result.output_for_node("within") == ["Oslo", "Lima"]


@example("a config_schema gives an op settings as a dict")
def an_op_with_a_config_schema():
    @op(config_schema={"city": str, "unit": Field(str, default_value="C")})
    def read(context):
        city, unit = context.op_config["city"], context.op_config["unit"]
        return f"{TEMPERATURES[city]} {unit}"

    @job
    def reading():
        read()

    result = reading.execute_in_process(
        run_config={"ops": {"read": {"config": {"city": "Lima"}}}}
    )

    assert result.output_for_node("read") == "19.0 C"


@example("the context tells of the run, the job and the op")
def an_op_with_a_context():
    @op
    def describe(context: OpExecutionContext):
        context.log.info("describing")
        return {
            "job": context.job_name,
            "op": context.op_def.name,
            "attempt": context.retry_number,
            "run_known": bool(context.run_id),
        }

    @job
    def describing():
        describe()

    result = describing.execute_in_process()

    assert result.output_for_node("describe") == {
        "job": "describing",
        "op": "describe",
        "attempt": 0,
        "run_known": True,
    }


@example("the context adds metadata to an output that is still to come")
def metadata_by_the_context():
    @op
    def average(context) -> float:
        context.add_output_metadata({"stations": len(TEMPERATURES)})
        return sum(TEMPERATURES.values()) / len(TEMPERATURES)

    @job
    def averaging():
        average()

    result = averaging.execute_in_process()

    (output,) = data_of(result, "average", "STEP_OUTPUT")
    assert output.metadata["stations"].value == 3


@example("a function makes ops that differ in name and settings")
def ops_made_by_a_function():
    def reader_of(city):
        @op(name=f"read_{city.lower()}", ins={"start": In(Nothing)})
        def _read():
            return TEMPERATURES[city]

        return _read

    @op
    def wake_up() -> None:
        pass

    read_oslo, read_lima = reader_of("Oslo"), reader_of("Lima")

    @job
    def reading():
        awake = wake_up()
        read_oslo(awake)
        read_lima(awake)

    result = reading.execute_in_process()

    assert result.output_for_node("read_oslo") == -3.5
    assert result.output_for_node("read_lima") == 19.0


@example("keyword arguments take the inputs that are declared by hand")
def inputs_by_keyword_arguments():
    @op(ins={city.lower(): In(float) for city in TEMPERATURES})
    def hottest(**celsius):
        return max(celsius, key=celsius.get)

    @job
    def comparing():
        hottest()

    inputs = {city.lower(): value for city, value in TEMPERATURES.items()}
    result = comparing.execute_in_process(
        run_config={"ops": {"hottest": {"inputs": inputs}}}
    )

    assert result.output_for_node("hottest") == "cairo"


@example("an op may be a coroutine function")
def an_async_op():
    @op
    async def fetch() -> float:
        await asyncio.sleep(0)
        return TEMPERATURES["Lima"]

    @op
    def half(celsius: float) -> float:
        return celsius / 2

    @job
    def fetching():
        half(fetch())

    assert fetching.execute_in_process().output_for_node("half") == 9.5
