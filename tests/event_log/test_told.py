"""What a run has told so far is counted while it goes on."""

from opnb import AssetObservation, ExpectationResult, op
from opnb.model.entry import AssetObservationData, LogMessageData
from opnb.session import Execution


def test_events_are_counted_by_kind_as_they_are_kept(session):
    seen = []

    @op
    def clean(context):
        context.log.info("begins")
        yield ExpectationResult(True)
        yield ExpectationResult(False)
        yield ExpectationResult(True)
        context.log_event(AssetObservation("a"))
        context.log_event(AssetObservation("b"))
        told = execution.told
        seen.append((told.passed, told.failed, told.last_line.message))
        seen.append([told.counts[k] for k in (AssetObservationData, LogMessageData)])
        context.log.warning("ends")

    execution = Execution(session, session.op_run(clean, {}))
    execution.drive()

    assert seen == [(2, 1, "begins"), [2, 1]]
    assert execution.told.last_line.message == "ends"
    assert sum(execution.told.counts.values()) == execution.summary.entries
