"""Where a person is in the log: the filters, the page, and the way back to the first.

Nothing is asked of the log but by a step taken here. What fails leaves all as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from opnb.event_log.log import EventLog
from opnb.event_log.reading.page import Page, Pages
from opnb.explorer.filters import Filters, asset_key, utc_is_known

# So many queries at the most look further for what is rare, each for a moment.
_FURTHER = 20


@dataclass(frozen=True, slots=True)
class _Place:
    """The log as it stood, and a page of it."""

    log: EventLog
    filters: Filters
    pages: Pages
    page: Page
    total: int | None
    earlier: tuple[int, ...] = ()


class Browsing:
    """Pages of the log, one at a time.

    Args:
        find_log: Gives the log; asked at each step, for it may be another by then.
        filters: What is asked at first.

    Raises:
        LogError: The log cannot be read.
    """

    def __init__(self, find_log: Callable[[], EventLog], filters: Filters) -> None:
        self._find_log = find_log
        self._place = self._open(filters)

    @property
    def log(self) -> EventLog:
        """The log that the page is of."""
        return self._place.log

    @property
    def filters(self) -> Filters:
        """What the entries of the page passed."""
        return self._place.filters

    @property
    def page(self) -> Page:
        """The page."""
        return self._place.page

    @property
    def size(self) -> int:
        """How many entries a page takes."""
        return self._place.pages.size

    @property
    def is_first(self) -> bool:
        """Whether nothing newer passes the filters."""
        return not self._place.earlier

    @property
    def is_last(self) -> bool:
        """Whether nothing older passes the filters, as far as one knows."""
        return self.page.following is None or not self.page.is_full

    @property
    def is_open(self) -> bool:
        """Whether further back there may be more for this page."""
        return not self.page.is_full and self.page.following is not None

    @property
    def position(self) -> str:
        """Which entries are shown: `events 26–50 of 1,234,567`."""
        place, count = self._place, len(self.page.lines)
        first = len(place.earlier) * place.pages.size + 1
        last = first + count - 1
        shown = f"events {first:,}–{last:,}" if count else "no event"
        if self.is_open:
            return f"{shown} so far, {self._searched}"
        if self.page.following is None:
            if not count:
                return "no events" if self.is_first else "no further events"
            return f"{shown} of {last:,}"
        total = "many" if place.total is None else f"{place.total:,}"
        return f"{shown} of {total}"

    @property
    def _searched(self) -> str:
        pages, following = self._place.pages, self.page.following
        assert following is not None  # noqa: S101 - it is open
        whole = pages.high - pages.low + 1
        return f"{pages.high - following:,} of {whole:,} entries searched"

    def ask(self, filters: Filters) -> None:
        """Go to the first page of what passes other filters."""
        self._place = self._open(filters)

    def refresh(self) -> None:
        """Go to the first page of the log as it stands now."""
        self.ask(self.filters)

    def go_older(self) -> None:
        """Go to the next page."""
        following = self.page.following
        if self._has_moved() or following is None:
            return
        earlier = (*self._place.earlier, self.page.start)
        self._turn(self._place.pages.read(following), earlier)

    def go_newer(self) -> None:
        """Go to the page before."""
        if self._has_moved() or self.is_first:
            return
        *earlier, start = self._place.earlier
        self._turn(self._place.pages.read(start), tuple(earlier))

    def go_first(self) -> None:
        """Go back to the first page."""
        if not self._has_moved():
            self._turn(self._place.pages.read(self._place.pages.high), ())

    def search_further(self) -> None:
        """Look further back for what fills the page."""
        if self._has_moved():
            return
        page = self.page
        for _ in range(_FURTHER):
            if page.is_full or page.following is None:
                break
            page = self._place.pages.read_further(page)
        self._turn(page, self._place.earlier)

    def _turn(self, page: Page, earlier: tuple[int, ...]) -> None:
        now = self._place
        self._place = _Place(now.log, now.filters, now.pages, page, now.total, earlier)

    def _has_moved(self) -> bool:
        """Take up another log, if there is one now."""
        if self._find_log() is self.log:
            return False
        self.refresh()
        return True

    def _open(self, filters: Filters) -> _Place:
        log = self._find_log()
        with utc_is_known():
            pages = _pages(log, filters)
        page = pages.read(pages.high)
        # Where the page tells, nothing is counted.
        total = pages.total() if page.is_full and page.following is not None else None
        return _Place(log, filters, pages, page, total)


def _pages(log: EventLog, filters: Filters) -> Pages:
    return Pages(
        log,
        run=filters.run or None,
        op=filters.op or None,
        type=filters.type or None,
        asset=asset_key(filters.asset) if filters.asset else None,
        label=filters.label or None,
        since=filters.since or None,
        until=filters.until or None,
    )
