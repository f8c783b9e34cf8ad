"""A run is looked at while it goes on: what it is at, how far its loops are."""

import re
import time

import pytest

from opnb import (
    AssetMaterialization,
    AssetObservation,
    DynamicOut,
    DynamicOutput,
    ExpectationResult,
    RetryRequested,
    job,
    op,
)
from opnb.notebook.sampling import Pace, Sampler
from opnb.session import Execution, watch_runs


class Clock:
    """The time, and some seconds ahead of it."""

    ahead = 0.0

    def __call__(self):
        return time.monotonic() + self.ahead


@pytest.fixture(name="watch")
def _watch():
    """Watch all runs; give what looks at the one under way, and moves its clock on."""
    samplers, clock = [], Clock()

    class Watch:
        def __init__(self, execution):
            self.execution = execution

        def __enter__(self):
            samplers.append(Sampler(self.execution, clock))

        def __exit__(self, *_):
            samplers.pop()

    def look(ahead=0.0):
        clock.ahead += ahead
        return samplers[-1].look()

    watch_runs(Watch)
    yield look
    watch_runs(None)


def looking(session, code):
    """Run an op; return what it gave."""

    @op
    def clean(context):
        return code(context)

    return session.execute_op(clean).output_value()


def test_an_op_is_told_by_its_name_and_its_time(session, watch):
    view = looking(session, lambda _: watch(ahead=8))

    assert view.name == "clean"
    assert view.elapsed >= 8
    assert (view.doing, view.told, view.bars, view.line) == ((), (), (), "")


def test_events_are_told_by_kind(session, watch):
    def code(context):
        context.log_event(ExpectationResult(True))
        context.log_event(ExpectationResult(False))
        for name in "ab":
            context.log_event(AssetMaterialization(name))
        context.log_event(AssetObservation("c"))
        context.log.warning("careful")
        return watch()

    view = looking(session, code)

    assert view.told == (
        "✓ 1 check passed",
        "✗ 1 check failed",
        "2 materializations",
        "1 observation",
        "1 log line",
    )
    assert view.line == "WARNING careful"


def test_a_loop_is_told_with_its_rate_and_the_time_left(session, watch):
    def code(context):
        for number in context.track(range(40), description="rows"):
            if number == 10:
                return watch(ahead=5)
        return None

    (bar,) = looking(session, code).bars

    assert (bar.name, bar.done, bar.total, bar.depth) == ("rows", 10, 40, 0)
    assert re.fullmatch(r"[\d.]+/s, \d+ s left", bar.pace)


def test_a_loop_that_has_just_begun_has_no_rate(session, watch):
    def code(context):
        next(loop := context.track(range(40)))
        return watch(), loop

    assert looking(session, code)[0].bars[0].pace == ""


def test_loops_beyond_the_first_are_counted(session, watch):
    def code(context):
        loops = [context.track([1, 2]) for _ in range(20)]
        [next(loop) for loop in loops]
        return watch()

    view = looking(session, code)

    assert (len(view.bars), view.bars_left_out) == (8, 12)


def test_a_long_description_is_cut(session, watch):
    def code(context):
        next(loop := context.track([1], description="word " * 30))
        return watch(), loop

    assert len(looking(session, code)[0].bars[0].name) <= 28


def test_an_attempt_is_told(session, watch):
    seen = []

    @op
    def flaky(context):
        seen.append(watch().doing)
        if context.retry_number < 2:
            raise RetryRequested(max_retries=2)

    session.execute_op(flaky)

    assert seen == [(), ("attempt 2",), ("attempt 3",)]


def test_a_job_tells_its_step_and_how_many_have_ended(session, watch):
    @op
    def one(context, n=0):
        seen.extend(watch() for _ in context.track([1], description="rows"))
        return n

    @job
    def three():
        one.alias("c")(one.alias("b")(one.alias("a")()))

    seen = []
    session.execute_job(three)

    assert [view.doing for view in seen] == [("at a",), ("at b",), ("at c",)]
    assert [view.name for view in seen] == ["three"] * 3
    assert [[bar.amount for bar in view.bars] for view in seen] == [
        ["0 of 3", "0 of 1"],
        ["1 of 3", "0 of 1"],
        ["2 of 3", "0 of 1"],
    ]
    assert [bar.depth for bar in seen[0].bars] == [0, 1]


def test_the_steps_of_a_dynamic_output_are_counted_once_it_is_there(session, watch):
    seen = []

    def note():
        seen.append(watch().bars[0].amount)

    @op(out=DynamicOut())
    def parts():
        note()
        for name in "abc":
            yield DynamicOutput(name, mapping_key=name)

    @op
    def double(part):
        note()
        return part * 2

    @op
    def joined(parts):
        note()

    @job
    def dynamic():
        joined(parts().map(double).collect())

    session.execute_job(dynamic)

    assert seen == ["0", "1 of 5", "2 of 5", "3 of 5", "4 of 5"]


def test_a_step_that_waits_says_so(session):
    views = []

    @op
    def flaky(context):
        if not context.retry_number:
            raise RetryRequested(seconds_to_wait=0.01)

    class Looking(Execution):
        def append(self, entries):
            super().append(entries)
            views.append(Sampler(self).look().doing)

    Looking(session, session.op_run(flaky, {})).drive()

    assert ("waits to begin attempt 2",) in views


def test_before_its_first_step_a_run_has_a_name(session):
    @op
    def clean():
        pass

    execution = Execution(session, session.op_run(clean, {}))

    assert Sampler(execution).look().name == "clean"


def test_a_rate_is_that_of_the_last_seconds():
    pace = Pace(0.0)
    for second in range(1, 41):
        pace.see(float(second), second if second <= 20 else 20 + (second - 20) * 10)

    assert pace.rate == 10.0
    assert pace.left(40.0, 320) == 10.0
    assert pace.left(45.0, 320) == 5.0


def test_a_loop_that_stands_still_keeps_its_rate():
    pace = Pace(0.0)
    pace.see(30.0, 1)
    pace.see(50.0, 1)

    assert pace.rate == 1 / 30
    assert pace.left(1000.0, 2) == 0.0


@pytest.mark.parametrize("total", [None, 3], ids=["unknown", "passed"])
def test_no_time_is_left_where_none_can_be_told(total):
    pace = Pace(0.0)
    pace.see(2.0, 4)

    assert pace.left(2.0, total) is None
