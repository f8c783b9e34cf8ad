"""The names that a log has used of late."""

from factories import entry

from opnb import AssetKey, AssetMaterialization, ExpectationResult
from opnb.event_log.reading import recent
from opnb.event_log.reading.recent import RecentNames, read_recent_names


def test_names_come_most_recent_first(log):
    log.append(
        [
            entry(AssetMaterialization("orders"), node_name="load"),
            entry(AssetMaterialization(AssetKey(["a/b"])), node_name="clean"),
            entry(ExpectationResult(True, "full"), node_name="clean"),
            entry(ExpectationResult(True, "unique"), node_name="load"),
        ]
    )

    assert read_recent_names(log) == RecentNames(
        ("load", "clean"), ("a\\/b", "orders"), ("unique", "full")
    )


def test_a_log_that_is_empty_has_none(log):
    assert read_recent_names(log) == RecentNames((), (), ())


def test_older_entries_are_not_looked_at(log, monkeypatch):
    names = recent._NAMES.replace(str(recent.LAST_ENTRIES), "1")
    monkeypatch.setattr(recent, "_NAMES", names)
    log.append([entry(ExpectationResult(True, label)) for label in ("old", "new")])

    assert read_recent_names(log).labels == ("new",)
