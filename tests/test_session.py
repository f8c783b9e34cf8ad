"""The session: ops, log and outputs of one kernel or script."""

import pytest

import opnb
from opnb import (
    InvalidInvocationError,
    InvariantViolationError,
    LogAddressError,
    LogUnavailableError,
    Output,
    ParameterCheckError,
    Session,
    execute_op,
    op,
)
from opnb.definitions.job import job
from opnb.definitions.retry_policy import RetryPolicy
from opnb.model.entry import OutputSource
from opnb.model.errors import MaxRetriesExceededError
from opnb.model.signals import Failure, RetryRequested
from opnb.session import current_session, log_address, use_session


@op
def double(n: int = 2) -> int:
    return 2 * n


@op
def fail():
    raise LookupError("gone")


def test_an_op_is_run_and_recorded(session):
    result = session.execute_op(double, {"n": 4}, tags={"team": "a"})

    assert result.success
    assert result.output_value() == 8
    assert repr(result) == "OpResult('double', success=True)"
    assert [entry.event_type.value for entry in result.events] == [
        "RUN_START",
        "STEP_START",
        "STEP_INPUT",
        "STEP_OUTPUT",
        "STEP_SUCCESS",
        "RUN_SUCCESS",
    ]
    assert result.events[0].run_id == result.run_id


def test_the_current_session_is_the_one_in_use(session):
    execute_op(double)

    assert current_session() is session
    assert opnb.log is session.log
    assert session.log.runs()["job"].tolist() == ["double"]


def test_a_session_is_made_at_its_first_use(monkeypatch):
    monkeypatch.setattr("opnb.session._current", [])

    assert current_session() is current_session()


def test_what_the_op_raised_is_raised(session):
    with pytest.raises(LookupError, match="gone"):
        session.execute_op(fail)


@pytest.mark.parametrize("retries", [0, 2])
def test_when_retries_are_used_up_the_users_own_exception_is_raised(session, retries):
    tries = []

    @op(retry_policy=RetryPolicy(max_retries=retries))
    def shaky():
        tries.append(1)
        raise LookupError(len(tries))

    with pytest.raises(LookupError, match=str(retries + 1)):
        session.execute_op(shaky)
    (failure,) = session.log.events(type="STEP_FAILURE")["run_id"]
    told = session.log.entries(failure)[-2].step_failure_data

    assert told.error.message == f"Exceeded max_retries of {retries}"
    assert told.error.cause.cls_name == "LookupError"


def test_a_failure_that_is_used_up_is_raised_with_its_metadata(session):
    @op(retry_policy=RetryPolicy(max_retries=1))
    def shaky():
        raise Failure("no rows", {"rows": 0})

    result = session.execute_op(shaky, raise_on_error=False)

    assert result.error.metadata["rows"].value == 0
    with pytest.raises(Failure, match="no rows"):
        session.execute_op(shaky)


def test_a_request_that_is_used_up_is_told_as_such(session):
    @op
    def shaky():
        raise RetryRequested(max_retries=1) from LookupError("gone")

    with pytest.raises(MaxRetriesExceededError, match="max_retries of 1") as caught:
        session.execute_op(shaky)

    assert isinstance(caught.value.__cause__, LookupError)


def test_a_job_of_the_same_op_raises_what_dagster_raises(session):
    @op(retry_policy=RetryPolicy(max_retries=1))
    def shaky():
        raise LookupError("gone")

    @job
    def whole():
        shaky()

    with pytest.raises(MaxRetriesExceededError) as caught:
        session.execute_job(whole)

    assert isinstance(caught.value.__cause__, LookupError)


def test_or_returned(session):
    result = session.execute_op(fail, raise_on_error=False)

    assert not result.success
    assert isinstance(result.error, LookupError)


def test_an_interrupt_is_raised_all_the_same(session):
    @op
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.execute_op(stop, raise_on_error=False)

    assert session.log.runs()["status"].tolist() == ["CANCELED"]


def test_an_output_that_did_not_come_out_is_told(session):
    result = session.execute_op(double)

    with pytest.raises(InvariantViolationError, match="Did you mean 'result'"):
        result.output_value("resutl")


def test_a_result_shows_as_its_card(session):
    data, metadata = session.execute_op(double)._repr_mimebundle_()

    assert data["text/plain"].startswith("✓ double: done")
    assert metadata["opnb"]["status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ((double, {"m": 1}), InvalidInvocationError, "no input 'm'"),
        ((len,), ParameterCheckError, "Decorate the function with @op"),
    ],
)
def test_what_cannot_run_is_refused(session, given, error, message):
    with pytest.raises(error, match=message):
        session.execute_op(*given)

    assert len(session.log.frame) == 0


def test_outputs_are_remembered_with_their_source(session):
    @op(out={"a": opnb.Out(), "b": opnb.Out()})
    def pair():
        yield Output([1], "a")
        yield Output([2], "b")

    result = session.execute_op(pair)

    assert set(session.produced) == {"a", "b", "pair.a", "pair.b"}
    assert session.produced["a"].source == OutputSource("pair", "a", result.run_id)
    assert session.produced["a"].seen.is_value(result.outputs["a"])


def test_a_failed_run_is_not_a_source(session):
    session.execute_op(fail, raise_on_error=False)

    assert session.produced == {}


def test_a_result_is_kept_as_no_name_holds_it(session):
    session.execute_op(double)

    assert session.results == {"double": 4}


def test_another_log_may_be_used(session, tmp_path):
    log = session.use_log(tmp_path / "other.db")
    session.execute_op(double)

    assert session.log is log
    assert log.runs()["job"].tolist() == ["double"]


def test_a_log_that_cannot_be_used_leaves_the_one_in_use(session):
    log = session.log

    with pytest.raises(LogAddressError, match="mysql"):
        session.use_log("mysql://host/db")

    assert session.log is log


def test_a_log_that_breaks_is_told_after_the_run(session, tmp_path):
    session.use_log(tmp_path / "events.db")
    store = session.log.writer._store._connection
    pages = store.execute("PRAGMA page_count").fetchone()[0]
    store.execute(f"PRAGMA max_page_count = {pages}")

    @op
    def big(context) -> int:
        context.log.info("x" * 100_000)
        return 1

    with pytest.raises(LogUnavailableError, match="they wait in its spool"):
        session.execute_op(big)


PROJECTS = {
    "nothing": (None, ".opnb/events.db"),
    "no table": ("[project]\nname = 'x'", ".opnb/events.db"),
    "a url": ("[tool.opnb]\nlog = 'memory:'", "memory:"),
    "no text": ("[tool.opnb]\nlog = 5", ".opnb/events.db"),
    "broken": ("[tool.opnb", ".opnb/events.db"),
}


@pytest.mark.parametrize(("text", "address"), PROJECTS.values(), ids=PROJECTS.keys())
def test_the_address_of_the_log_is_read_from_the_project(tmp_path, text, address):
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)

    assert log_address() == address


def test_a_path_in_the_project_is_relative_to_it(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("[tool.opnb]\nlog = 'logs/events.db'")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")

    assert log_address() == tmp_path / "logs" / "events.db"


def test_the_environment_comes_first(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("[tool.opnb]\nlog = 'memory:'")
    monkeypatch.setenv("OPNB_LOG", "elsewhere.db")

    assert log_address() == "elsewhere.db"
    assert use_session(Session()).log.path == tmp_path / "elsewhere.db"
