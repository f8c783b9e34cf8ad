"""`%op`: looking at what ops did."""

import pandas as pd
import pytest

from opnb import CellError, CheckError, EventLog
from opnb.event_log.reading.asset_history import AssetHistory
from opnb.event_log.summary import RunSummary


@pytest.fixture(name="history")
def _history(run):
    run("from opnb import *")
    event = "AssetMaterialization('orders', metadata={'n': 1})"
    check = "ExpectationResult(False, 'full')"
    run(f"%%op load\norders = [1]\nyield {event}\nyield {check}")
    run("%%op fails\norders\nraise LookupError('gone')")


def test_the_ops_of_the_session_are_listed_with_how_they_ended(run, history):
    frame = run("%op").value

    assert frame.to_dict("index") == {
        "load": {
            "last run": "SUCCESS",
            "inputs": "",
            "outputs": "orders",
            "state": "up to date",
            "notes": "",
        },
        "fails": {
            "last run": "FAILURE",
            "inputs": "orders",
            "outputs": "",
            "state": "failed",
            "notes": "",
        },
    }


def test_without_an_op_the_list_is_empty(run):
    assert len(run("%op").value) == 0


def test_an_op_that_never_ran_says_so(run):
    run("%%op later --no-run\nx = 1")

    assert run("%op").value.loc["later", "last run"] == "never"


def test_the_last_run_is_shown_again(run, history):
    summary = run("%op last load").value

    assert isinstance(summary, RunSummary)
    assert summary.job_name == "load"


def test_the_history_of_an_asset(run, history):
    asset = run("%op asset orders").value

    assert isinstance(asset, AssetHistory)
    assert asset.frame["n"].tolist() == [1]


def test_events_are_a_frame(run, history, ns):
    run("frame = %op events --op load --type ASSET_MATERIALIZATION STEP_OUTPUT")

    assert ns["frame"]["event_type"].tolist() == [
        "ASSET_MATERIALIZATION",
        "STEP_OUTPUT",
    ]


def test_a_limit_takes_the_newest(run, history):
    events = run("%op events --limit 2").value["event_type"].tolist()

    assert events == ["RUN_FAILURE", "STEP_FAILURE"]


def test_runs_are_a_frame(run, history):
    assert run("%op runs").value["status"].tolist() == ["SUCCESS", "FAILURE"]


READ = {
    "%op events --limit 2 --order oldest": ("event_type", ["RUN_START", "STEP_START"]),
    "%op events --op load fails --level 50": ("op", []),
    "%op events --asset orders none": ("asset_key", ["orders"]),
    "%op events --since 1h --type RUN_START": ("job", ["load", "fails"]),
    "%op runs --status failure": ("job", ["fails"]),
    "%op runs --op load --limit 5": ("job", ["load"]),
    "%op runs --limit 1": ("job", ["fails"]),
    "%op checks": ("label", ["full"]),
    "%op checks --failing": ("label", ["full"]),
    "%op checks --op load --label full": ("success", [False]),
    "%op assets": ("asset_key", ["orders"]),
    "%op assets --op load --asset orders": ("materializations", [1]),
    "%op metadata --label n --asset orders": ("number", [1.0]),
    "%op metadata --kind int --limit 1": ("value", [1]),
}


@pytest.mark.parametrize(("line", "column"), READ.items(), ids=READ)
def test_tables_take_the_readers_filters_as_options(run, history, line, column):
    name, values = column

    assert run(line).value[name].tolist() == values


def test_a_line_gives_the_frame_that_the_log_gives(run, history, session):
    for verb in ("events", "runs", "checks", "assets", "metadata"):
        frame = getattr(session.log, verb)()
        pd.testing.assert_frame_equal(run(f"%op {verb}").value, frame)


def test_the_history_of_an_asset_takes_filters_too(run, history):
    assert len(run("%op asset orders --type materialization --limit 5").value) == 1
    empty = run("%op asset orders --partition nope").value

    assert (isinstance(empty, AssetHistory), len(empty)) == (True, 0)


def test_the_tail_gives_what_is_new_since_the_last_time(run, history):
    first = run("%op tail --last 2").value["event_type"].tolist()
    again = run("%op tail --last 2").value
    run("%%op load\nx = 1")
    new = run("%op tail --last 2").value

    assert first == ["STEP_FAILURE", "RUN_FAILURE"]
    assert len(again) == 0
    assert new["event_type"].iloc[[0, -1]].tolist() == ["RUN_START", "RUN_SUCCESS"]
    assert len(run("%op tail").value) == 10


def test_the_tail_of_another_log_begins_anew(run, history):
    run("%op tail")
    run("%op log memory:")
    run("%%op load\nx = 1")

    assert run("%op tail").value["job"].unique().tolist() == ["load"]


def test_the_whole_traceback_of_the_last_failure(run, history):
    text = run("%op tb").stdout

    assert "LookupError" in text
    assert "opnb/notebook/body.py" in text


def test_the_log_in_use_and_another_one(run, history, session, tmp_path):
    assert run("%op log").value is session.log

    other = run(f"%op log {tmp_path / 'other.db'}").value
    run("%%op load\norders = 1")

    assert isinstance(other, EventLog)
    assert other.runs()["job"].tolist() == ["load"]


WRONG = {
    "%op lsat": "Did you mean 'last'?",
    "%op load": "`%op last load` shows its last run",
    "%op last": "`%op last` needs the name of an op.",
    "%op last laod": "Did you mean 'load'?",
    "%op asset": "`%op asset` needs the key of an asset.",
    "%op asset ordres": "Did you mean 'orders'?",
    "%op events load": "`%op events --op load`",
    "%op events --opp load": "Did you mean '--op'?",
    "%op events --op laod": "The log has no op 'laod'.\nHint: Did you mean 'load'?",
    "%op events --type STEP_OUTPT": "Did you mean 'STEP_OUTPUT'?",
    "%op events --level WARN": "There is no level 'WARN'.",
    "%op events --since yesterday": "'yesterday' is no time.",
    "%op events --status FAILURE": "`%op events` has no option --status.",
    "%op runs --status FAILED": "There is no status 'FAILED'.",
    "%op runs load": "`%op runs --op load`.",
    "%op checks --label ful": "Did you mean 'full'?",
    "%op checks --limit 5": "`%op checks` has no option --limit.",
    "%op assets orders": "`%op assets --op orders` or `--asset orders`.",
    "%op metadata --kind itn": "Did you mean 'int'?",
    "%op tail --limit 5": "`%op tail` has no option --limit.",
    "%op last load --op load": "`%op last` has no option --op.",
    "%op last 'load": "Close the quotation mark.",
}


@pytest.mark.parametrize(("line", "hint"), WRONG.items(), ids=WRONG.keys())
def test_wrong_lines_are_told(run, history, line, hint):
    ran = run(line)

    assert isinstance(ran.error, CellError | CheckError)
    assert hint in ran.stdout
    assert "---->" not in ran.stdout


def test_without_a_failure_there_is_no_traceback(run):
    run("%%op fine\nx = 1")

    assert "The last op that ran did not fail." in run("%op tb").stdout


def test_wrong_usage_does_not_hide_the_last_failure(run, history):
    run("%%op fails --unknown\nx = 1")

    assert "LookupError" in run("%op tb").stdout


def test_help_is_the_manual(run, shell):
    text = shell.find_cell_magic("op").__doc__

    assert "--retries N" in text
    assert "Run the cell as an op" in text


def test_an_op_within_an_op_is_a_run_of_its_own(run, session):
    run(
        "def inner():\n    body = 'context.log.info(1)'\n"
        "    get_ipython().run_cell_magic('op', 'inside', body)"
    )
    ran = run("%%op outside\ninner()\nraise CheckError('mine')")

    assert session.log.last_run("inside").log_lines == 1
    assert session.log.last_run("outside").log_lines == 0
    assert session.log.last_run("outside").status.value == "FAILURE"
    assert "---->" in ran.stdout
