"""The explorer as a value: widgets where a person is, and the same page as text.

What a notebook keeps of a widget is its id: without its kernel JupyterLab shows an
error line where it trusts the file, and none of the other forms beside it. Elsewhere
(GitHub, nbconvert, an untrusted JupyterLab, terminals) these forms are what is shown,
so each output carries the page as HTML, Markdown and text. Where nobody watches, they
are all that there is: no widget is made, and a file that a program ran reads well
everywhere. Where a person does, "Keep as text" puts them in place of the widgets in
the same output (`update_display_data`, the one way that leaves no trace of a widget in
the file); to do so on closing cannot be done, as a kernel is not told, and to write the
text above the widgets would show everything twice while they live.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.display import DisplayHandle, display

from opnb.event_log.log import EventLog
from opnb.explorer.browsing import Browsing
from opnb.explorer.filters import Filters
from opnb.explorer.forms import page_forms
from opnb.model.checks import verify_type
from opnb.notebook.live import is_watched
from opnb.session import current_session

_VIEW = "application/vnd.jupyter.widget-view+json"


class Explorer:
    """Looks through a log; shows itself.

    Args:
        find_log: Gives the log, at each step anew.
        filters: What is asked at first.
        live: Whether it is made of widgets; None does as `is_watched` says.

    Raises:
        LogError: The log cannot be read.
    """

    def __init__(
        self,
        find_log: Callable[[], EventLog],
        filters: Filters,
        *,
        live: bool | None = None,
    ) -> None:
        self._browsing = Browsing(find_log, filters)
        self._live = live
        self._panel: Any = None
        self._handles: list[DisplayHandle] = []

    def __repr__(self) -> str:
        return f"Explorer({self._browsing.position})"

    def _ipython_display_(self) -> None:
        # With an id, so that another form can take this one's place.
        handle = display(self._repr_mimebundle_(), raw=True, display_id=True)
        if handle is not None:
            self._handles.append(handle)

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - IPython's signature; it filters itself
        exclude: object = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        forms: dict[str, Any] = dict(page_forms(self._browsing))
        if self._is_live:
            view = self.widget._repr_mimebundle_()
            forms[_VIEW] = view[_VIEW]
        return forms

    @property
    def _is_live(self) -> bool:
        return is_watched(get_ipython()) if self._live is None else self._live

    @property
    def widget(self) -> Any:
        """The widgets as one box, made when they are asked for."""
        if self._panel is None:
            from opnb.explorer.panel import Panel  # noqa: PLC0415 - loads ipywidgets

            self._panel = Panel(self._browsing, self.keep_as_text)
        return self._panel.box

    def keep_as_text(self) -> None:
        """Put the page as text in place of the widgets, and let go of these."""
        forms = page_forms(self._browsing)
        for handle in self._handles:
            handle.update(forms, raw=True)
        self._handles.clear()
        if self._panel is not None:
            self._panel.close()
            self._panel = None


def explore(
    log: EventLog | None = None,
    *,
    run: str | None = None,
    op: str | None = None,
    type: str | None = None,  # noqa: A002 - the column's word
    asset: str | None = None,
    label: str | None = None,
    since: str | None = None,
    until: str | None = None,
    live: bool | None = None,
) -> Explorer:
    """Look through a log by filters, pages and clicks.

    A notebook saved with it, or run by a program, shows the same page as text.

    Args:
        log: The log; that of the session, also when it changes, if not given.
        run: The first characters of a run's id.
        op: The op.
        type: The event type.
        asset: The asset's key.
        label: The label of an expectation, an output or an input.
        since: From then on: `"2d"`, `"12h"`, `"30m"` or an ISO time.
        until: Before then.
        live: Whether to use widgets; if not given, where a person watches.

    Raises:
        CheckError: A filter has a value that it cannot have, or a name that the log has
            never seen.
        LogError: The log cannot be read.
    """
    verify_type(log, EventLog, "log", optional=True)
    filters = Filters.of(
        run=run, op=op, type=type, asset=asset, label=label, since=since, until=until
    )

    def find_log() -> EventLog:
        return current_session().log if log is None else log

    names = (run, op, asset, label)
    if any(name is not None for name in names):
        # Whoever mistypes one shall not look at an empty page.
        find_log().events(run=run, op=op, asset=asset, label=label, limit=1)
    return Explorer(find_log, filters, live=live)
