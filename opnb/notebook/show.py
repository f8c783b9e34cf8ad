"""Showing a card as `display` does, without asking each of IPython's formatters.

To ask a dozen formatters costs several times what it takes to hand a card over. A card
tells all of its forms itself, so they are asked only where a user has given one of them
something to say.
"""

from __future__ import annotations

from typing import Any, Final

from IPython.core.formatters import DisplayFormatter
from IPython.core.getipython import get_ipython
from IPython.display import display

from opnb.model.displayable import Displayable

_OF_IPYTHON: Final = DisplayFormatter.__module__


def show(thing: Displayable, **how: Any) -> None:
    """Show a thing; `how` are the options of `display`, such as its `display_id`."""
    shell = get_ipython()
    if shell is None or not _tells_all_itself(thing, shell.display_formatter):
        display(thing, **how)
        return
    data, metadata = thing._repr_mimebundle_()
    display(data, raw=True, metadata=metadata, **how)


def _tells_all_itself(thing: Displayable, display_formatter: Any) -> bool:
    """Whether IPython would show its mimebundle and nothing else.

    Not so where a user has registered a formatter for its class or put in one of his
    own: that may do anything.
    """
    if type(display_formatter) is not DisplayFormatter:
        return False
    mimebundle = display_formatter.mimebundle_formatter
    formatters = display_formatter.formatters.values()
    classes = set(type(thing).__mro__)
    names = {(kind.__module__, kind.__name__) for kind in classes}
    return mimebundle.enabled and all(
        type(each).__module__ == _OF_IPYTHON
        and each.type_printers.keys().isdisjoint(classes)
        and each.deferred_printers.keys().isdisjoint(names)
        for each in (
            display_formatter.ipython_display_formatter,
            mimebundle,
            *formatters,
        )
    )
