"""The explorer driven in a real JupyterLab: what a person does, by label and by key.

Each step waits until the page has changed as it should; a test reads what is shown.
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

_WAIT = 20_000
_POSITION = re.compile(r"^(events \d|no (further )?events?\b)")


class ExplorerSteps:
    """One explorer on a page.

    Args:
        page: The notebook.
        place: Which of the explorers on it.
    """

    def __init__(self, page: Page, place: int = 0) -> None:
        self.page = page
        self.box = page.locator(
            ".jp-OutputArea-output.jupyter-widgets-view, .jp-OutputArea-output",
            has=page.get_by_role("button", name="Keep as text"),
        ).nth(place)

    # What is shown

    @property
    def position(self) -> str:
        """Which events are shown, in its words."""
        return self.box.get_by_text(_POSITION).first.inner_text()

    @property
    def rows(self) -> Locator:
        """The buttons of the events."""
        return self.box.locator("button[title^='Event ']:visible")

    @property
    def words(self) -> list[str]:
        """The types of the events, with their glyphs."""
        return self.rows.all_inner_texts()

    @property
    def text(self) -> str:
        """All that is shown."""
        return self.box.inner_text()

    def shows(self, text: str) -> bool:
        """Whether a text is to be seen now."""
        return self._seen(text).is_visible()

    def wait_for(self, text: str) -> None:
        """Wait until it shows a text."""
        expect(self._seen(text)).to_be_visible(timeout=_WAIT)

    def wait_until_gone(self, text: str) -> None:
        """Wait until it shows a text no more."""
        expect(self._seen(text)).to_have_count(0, timeout=_WAIT)

    def _seen(self, text: str) -> Locator:
        # What a closed list offers is on the page, but nobody sees it.
        return self.box.get_by_text(text).locator("visible=true").first

    # What a person does

    def press(self, button: str, then: str) -> None:
        """Press a button, then see a text."""
        self.box.get_by_role("button", name=button).click()
        self.wait_for(then)

    def fill(self, field: str, text: str, then: str) -> None:
        """Type into a field and leave it by Enter, then see a text."""
        self.box.get_by_label(field, exact=True).fill(text)
        self.box.get_by_label(field, exact=True).press("Enter")
        self.wait_for(then)

    def choose_type(self, event_type: str, then: str) -> None:
        """Choose an event type, then see a text."""
        self.box.get_by_label("Type", exact=True).select_option(event_type)
        self.wait_for(then)

    def pick(self, row: int, then: str) -> None:
        """Pick an event by keys alone, then see a text."""
        self.rows.nth(row).focus()
        self.page.keyboard.press("Space")
        self.wait_for(then)

    # What must hold

    def overflows(self) -> list[str]:
        """Return what is wider than its place and cannot be scrolled to."""
        found: list[str] = self.box.evaluate(
            """box => {
              const scrolls = e => ['auto', 'scroll'].includes(
                getComputedStyle(e).overflowX);
              const right = box.getBoundingClientRect().right + 1;
              return [...box.querySelectorAll('*')].filter(e => {
                for (let up = e.parentElement; up !== box; up = up.parentElement)
                  if (scrolls(up)) return false;
                const place = e.getBoundingClientRect();
                return place.width > 0 && place.right > right;
              }).map(e => e.tagName + ' ' + e.className);
            }"""
        )
        return found

    def unlabelled(self) -> list[str]:
        """Return the controls that have no name to read out."""
        found: list[str] = self.box.evaluate(
            """box => [...box.querySelectorAll('input, select, button')].filter(e =>
                 e.offsetParent && !(e.textContent.trim() && e.tagName === 'BUTTON')
                 && !(e.labels && e.labels.length && e.labels[0].textContent.trim())
               ).map(e => e.outerHTML)"""
        )
        return found
