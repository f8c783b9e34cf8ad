"""`%op`: looking at what ops did."""

import pytest

from opnb import CellError, EventLog
from opnb.event_log.asset_history import AssetHistory
from opnb.event_log.summary import RunSummary


@pytest.fixture(name="history")
def _history(run):
    run("from opnb import *")
    event = "AssetMaterialization('orders', metadata={'n': 1})"
    run(f"%%op load\norders = [1]\nyield {event}")
    run("%%op fails\norders\nraise LookupError('gone')")


def test_the_ops_of_the_session_are_listed_with_how_they_ended(run, history):
    frame = run("%op").value

    assert frame.to_dict("index") == {
        "load": {"last run": "SUCCESS", "inputs": "", "outputs": "orders"},
        "fails": {"last run": "FAILURE", "inputs": "orders", "outputs": ""},
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
    "%op last 'load": "Close the quotation mark.",
}


@pytest.mark.parametrize(("line", "hint"), WRONG.items(), ids=WRONG.keys())
def test_wrong_lines_are_told(run, history, line, hint):
    ran = run(line)

    assert isinstance(ran.error, CellError)
    assert hint in ran.stdout
    assert "---->" not in ran.stdout


def test_without_a_failure_there_is_no_traceback(run):
    run("%%op fine\nx = 1")

    assert "The last op did not fail." in run("%op tb").stdout


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
