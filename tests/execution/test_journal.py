"""The entries of a run that are not kept yet."""

from factories import AsEntries, observed, started

from opnb.execution.journal import Journal


def test_what_has_come_up_is_taken_once():
    journal = Journal(AsEntries([].append))
    journal.pending += [started(), observed(1)]

    assert journal.take() == [started(), observed(1)]
    assert journal.take() == []


def test_what_the_code_logs_is_kept_at_once_and_after_what_came_before():
    kept = []
    journal = Journal(AsEntries(kept.append))
    journal.record(observed(1))
    journal.pending.append(started())
    journal.record(observed(2))

    assert kept == [[observed(1)], [started(), observed(2)]]
    assert journal.pending == []


def test_a_list_that_was_taken_does_not_grow():
    journal = Journal(AsEntries([].append))
    taken = journal.take()
    journal.pending.append(started())

    assert taken == []


def test_what_has_come_up_can_be_kept_now():
    kept = []
    journal = Journal(AsEntries(kept.append))
    journal.pending += [started(), observed(1)]
    journal.keep_pending()

    assert kept == [[started(), observed(1)]]
    assert journal.pending == []
