"""What an op may raise."""

from parity.harness import alone, chain, program


def _raising(dg, error, cause=None):
    @dg.op
    def fail():
        raise error from cause

    return alone(dg, fail)


class DiskFullError(Exception):
    """An exception of the user's."""


class LightsOut(BaseException):
    """What no `except Exception` sees."""


@program("2.7 ordinary exception")
def an_ordinary_exception(dg):
    return _raising(dg, ValueError("no file"))


@program("2.7 ordinary exception")
def an_exception_of_the_user_s_own(dg):
    return _raising(dg, DiskFullError("3 GB missing"))


@program("2.7 ordinary exception")
def an_exception_raised_from_another(dg):
    return _raising(dg, DiskFullError("3 GB missing"), OSError("no space"))


@program(
    "2.7 ordinary exception",
    departs="A StopIteration of the user's is raised as it is; Dagster's generators "
    "turn it into a RuntimeError.",
)
def a_stop_iteration(dg):
    return _raising(dg, StopIteration("too far"))


@program("2.7 Failure")
def a_failure_with_metadata(dg):
    failure = dg.Failure(
        "No rows.", metadata={"rows": 0, "log": dg.MetadataValue.md("**none**")}
    )
    return _raising(dg, failure)


@program("2.7 Failure")
def a_failure_without_a_description(dg):
    return _raising(dg, dg.Failure())


@program("2.7 Failure")
def a_failure_raised_from_another_exception(dg):
    return _raising(dg, dg.Failure("No rows."), KeyError("orders"))


@program("2.7 Failure")
def a_failure_that_is_caught_does_not_fail(dg):
    def check():
        raise dg.Failure("No rows.")

    @dg.op
    def careful():
        try:
            return check()
        except dg.Failure as failure:
            return failure.description

    return alone(dg, careful)


@program("2.7 Failure")
def a_failure_of_a_subclass(dg):
    class NoRows(dg.Failure):
        pass

    return _raising(dg, NoRows("No rows."))


@program("2.7 Failure")
def a_failure_with_metadata_that_cannot_be_kept(dg):
    @dg.op
    def fail():
        raise dg.Failure("No rows.", metadata={"rows": object()})

    return alone(dg, fail)


@program("2.7 framework error")
def an_error_of_the_framework_in_the_user_s_code(dg):
    return _raising(dg, dg.DagsterInvariantViolationError("broken"))


@program("2.7 SystemExit")
def an_exit(dg):
    return _raising(dg, SystemExit(3))


@program("2.7 SystemExit")
def an_exception_that_is_none(dg):
    return _raising(dg, LightsOut("dark"))


@program(
    "2.7 KeyboardInterrupt",
    departs="An interrupt goes on up, whatever `raise_on_error` says, and the run is "
    "recorded as canceled; Dagster returns a failed result.",
)
def an_interrupt(dg):
    return _raising(dg, KeyboardInterrupt())


@program("2.7 events before the failure")
def events_yielded_before_the_failure_are_kept(dg):
    @dg.op
    def clean(context):
        context.log_event(dg.AssetObservation("orders"))
        yield dg.ExpectationResult(success=False, label="dated")
        raise dg.Failure("Undated.", {"rows": 3})

    return alone(dg, clean)


@program(
    "2.7 events before the failure",
    departs="What an op has logged is kept, however it ends; Dagster loses what an op "
    "that does not yield has logged before it raises.",
)
def events_logged_before_the_failure_are_kept(dg):
    @dg.op
    def clean(context):
        context.log_event(dg.ExpectationResult(success=False, label="dated"))
        raise dg.Failure("Undated.", {"rows": 3})

    @dg.op
    def use(rows):
        return rows

    return chain(dg, clean, use)


@program("2.7 StepFailureData")
def the_data_of_a_failure_can_be_asked_for(dg):
    @dg.op
    def fail():
        raise dg.Failure("No rows.", {"rows": 0})

    def ask(result):
        data = result.failure_data_for_node("fail")
        return [data.user_failure_data, data.error_source, data.error.cls_name]

    return alone(dg, fail, ask=ask)


@program("2.7 StepFailureData")
def an_op_that_did_not_fail_has_no_data_of_a_failure(dg):
    @dg.op
    def five():
        return 5

    return alone(dg, five, ask=lambda result: result.failure_data_for_node("five"))
