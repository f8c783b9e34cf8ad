"""The lineage that the log tells, in each store."""

import os

from opnb.event_log.log import EventLog
from opnb.event_log.reading.lineage import makers_of, read_all_lineage, read_lineage
from opnb.event_log.reading.op_graph import Mark, OpEdge
from opnb.event_log.summary import RunStatus
from opnb.model.entry import (
    EventLogEntry,
    EventType,
    OutputSource,
    RunStartData,
    StepExpectationResultData,
    StepInputData,
    StepMaterializationData,
    TypeCheckData,
)
from opnb.model.events import AssetMaterialization, ExpectationResult

GOOD, BAD = TypeCheckData(True, "x"), EventType.RUN_FAILURE
RETRY = EventType.STEP_UP_FOR_RETRY


def took(op, output, run_id):
    data = StepInputData(output, GOOD, None, OutputSource(op, output, run_id))
    return EventType.STEP_INPUT, data


def check(success, severity=None):
    data = StepExpectationResultData(
        ExpectationResult(success, "full", severity=severity)
    )
    return EventType.STEP_EXPECTATION_RESULT, data


def made(key):
    return (
        EventType.ASSET_MATERIALIZATION,
        StepMaterializationData(AssetMaterialization(key)),
    )


def run(log, op, run_id, *events, end=EventType.RUN_SUCCESS, step=None):
    """Append a run of an op: what it told, and how it ended if it has."""
    entries = [
        (EventType.RUN_START, RunStartData()),
        *events,
        *([(end, None)] * bool(end)),
    ]
    log.append(
        [
            EventLogEntry(
                kind,
                run_id,
                op,
                1.5,
                event_specific_data=data,
                step_key=None if kind.value.startswith("RUN_") else step or op,
                node_name=None if kind.value.startswith("RUN_") else step or op,
            )
            for kind, data in entries
        ]
    )


def test_an_op_is_linked_to_what_its_last_run_took(log):
    run(log, "load", "r1")
    run(log, "old", "r2")
    run(log, "clean", "r3", took("old", "orders", "r2"))
    run(log, "clean", "r4", took("load", "orders", "r1"))

    graph = read_lineage(log, ["load", "clean"])

    assert graph.edges == (OpEdge("load", "clean", "orders"),)
    assert [node.status for node in graph.nodes.values()] == [RunStatus.SUCCESS] * 2


def test_producers_that_the_session_has_not_are_told_by_the_log(log):
    run(log, "source", "r1")
    run(log, "load", "r2", took("source", "x", "r1"))
    run(log, "clean", "r3", took("load", "y", "r2"))

    graph = read_lineage(log, ["clean"])

    assert list(graph.nodes) == ["clean", "load", "source"]
    assert [node.is_of_session for node in graph.nodes.values()] == [True, False, False]
    assert graph.before("clean") == ["load", "source"]


def test_a_producer_that_the_log_has_lost_is_a_name(log):
    run(log, "clean", "r2", took("gone", "x", "r1"))

    assert read_lineage(log, ["clean"]).nodes["gone"].status is None


def test_an_op_that_never_ran_has_no_status(log):
    assert read_lineage(log, ["later"]).nodes["later"].status is None


def test_without_ops_the_graph_is_empty(log):
    assert not read_lineage(log, []).nodes


def test_failed_checks_are_those_of_the_last_attempt(log):
    run(
        log,
        "clean",
        "r1",
        check(False),
        check(False),
        (RETRY, None),
        check(False),
        check(True),
    )

    assert read_lineage(log, ["clean"]).nodes["clean"].failed_checks == 1


def test_a_check_that_only_warns_is_none_that_failed(log):
    run(log, "clean", "r1", check(False, "warn"), check(False, "error"))

    assert read_lineage(log, ["clean"]).nodes["clean"].failed_checks == 1


def test_what_took_an_output_that_was_put_out_anew_since_is_stale(log):
    run(log, "load", "r1")
    run(log, "clean", "r2", took("load", "x", "r1"))
    assert read_lineage(log, ["load", "clean"]).nodes["clean"].marks == ()

    run(log, "load", "r3")

    marks = read_lineage(log, ["load", "clean"]).nodes["clean"].marks
    assert marks == (Mark("↻", "stale: load ran again"),)


def test_a_failed_run_puts_nothing_out_anew(log):
    run(log, "load", "r1")
    run(log, "clean", "r2", took("load", "x", "r1"))
    run(log, "load", "r3", end=BAD)

    graph = read_lineage(log, ["load", "clean"])

    assert graph.nodes["clean"].marks == ()
    assert graph.nodes["load"].status is RunStatus.FAILURE


def test_an_op_may_take_what_it_put_out_before(log):
    run(log, "grow", "r1")
    run(log, "grow", "r2", took("grow", "x", "r1"))

    graph = read_lineage(log, ["grow"])

    assert graph.edges == (OpEdge("grow", "grow", "x"),)
    assert graph.nodes["grow"].marks == ()


def test_ops_that_take_from_each_other_make_a_circle(log):
    run(log, "a", "r1")
    run(log, "b", "r2", took("a", "x", "r1"))
    run(log, "a", "r3", took("b", "y", "r2"))

    graph = read_lineage(log, ["a", "b"])

    assert graph.before("a") == graph.after("a") == ["a", "b"]


def test_what_the_steps_of_a_job_take_from_each_other_is_no_lineage_of_the_job(log):
    run(log, "nightly", "r1", took("load", "result", "r1"), step="clean")

    assert read_lineage(log, ["nightly"]).edges == ()


def test_all_that_the_log_tells_includes_what_was_made_of_an_op(log):
    run(log, "load", "r1")
    run(log, "clean", "r2", took("load", "x", "r1"))

    assert read_all_lineage(log, []).after("load") == ["clean"]


def test_the_makers_of_an_asset_are_found(log):
    run(log, "b", "r1", made("orders"))
    run(log, "a", "r2", made("orders"))
    run(log, "c", "r3", made("other"))

    assert makers_of(log, "orders") == ["a", "b"]
    assert makers_of(log, "none") == []


def test_names_that_no_database_holds_are_no_harm(log):
    names = ["<script>", "a'b\"c", "\ud800", "x" * 300, "a\x00b"]

    assert list(read_lineage(log, names).nodes) == names


def test_a_run_whose_process_is_gone_was_interrupted(tmp_path):
    path = tmp_path / "events.db"
    child = os.fork()
    if not child:
        log = EventLog(path)
        run(log, "slow", "r1", end=None)
        log.flush()
        os._exit(0)
    os.waitpid(child, 0)
    log = EventLog(path)

    assert read_lineage(log, ["slow"]).nodes["slow"].status is RunStatus.INTERRUPTED
    log.close()


def test_hundreds_of_ops_are_read(log):
    run(log, "op_0", "r0")
    for n in range(1, 300):
        run(log, f"op_{n}", f"r{n}", took(f"op_{n - 1}", "x", f"r{n - 1}"))

    graph = read_all_lineage(log, [])

    assert len(graph.before("op_299")) == 299
