"""Where SQLite and PostgreSQL spell one thing differently: what readers need of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# No text of the log sorts after it.
_LAST_CHARACTER = "\U0010ffff"
_BUCKET_BITS = 15
# In which bucket of SQLite's index of assets an entry is; see store/schema.sql.
BUCKET = f"entries.id >> {_BUCKET_BITS}"
NEWEST_BUCKET = f"(SELECT max(entries.id) >> {_BUCKET_BITS} FROM entries)"  # noqa: S608 - ours
# What a statement begins with that reads the numbers of all buckets, the newest first.
WITH_BUCKETS = (
    f"WITH RECURSIVE bucket (number) AS (SELECT {NEWEST_BUCKET}"  # noqa: S608 - ours
    " UNION ALL SELECT number - 1 FROM bucket WHERE number > 0)"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database spells what readers ask of it.

    Args:
        contains: Whether the text `{0}` holds a parameter.
        begins_with: Whether the text `{0}` begins with a parameter.
        is_range: Whether `begins_with` takes two parameters, from and up to.
        entries_by_id: The table of entries, to be looked through by id and nothing
            else: a database without statistics takes any index for the better way.
        in_any_bucket: A condition that each entry passes, and that the index of assets
            needs to be used; empty where it needs none.
        groups_by_asset: What that index sorts by, up to the key.
    """

    contains: str
    begins_with: str
    is_range: bool
    entries_by_id: str
    in_any_bucket: str
    groups_by_asset: str

    def beginning(self, column: str, text: str) -> tuple[str, list[Any]]:
        """Return the condition that a column begins with a text, and its parameters."""
        condition = self.begins_with.format(column)
        return condition, [text, text + _LAST_CHARACTER] if self.is_range else [text]

    def containing(self, column: str) -> str:
        """Return the condition that a column holds a parameter."""
        return self.contains.format(column)


DIALECTS = {
    # A range and not LIKE: it has an index, and the text may hold LIKE's patterns.
    "sqlite": Dialect(
        contains="instr({0}, ?) > 0",
        begins_with="({0} >= ? AND {0} < ?)",
        is_range=True,
        entries_by_id="entries NOT INDEXED",
        in_any_bucket=f"{BUCKET} IN ({WITH_BUCKETS} SELECT number FROM bucket)",  # noqa: S608 - ours
        groups_by_asset=f"{BUCKET}, entries.asset_key",
    ),
    # A range would follow the order of letters of some language.
    "postgresql": Dialect(
        contains="strpos({0}, ?) > 0",
        begins_with="starts_with({0}, ?)",
        is_range=False,
        entries_by_id="entries",
        in_any_bucket="",
        groups_by_asset="entries.asset_key",
    ),
}
