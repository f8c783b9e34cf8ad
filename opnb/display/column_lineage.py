"""The lineage of columns as a picture: each column, and those that it is made from."""

from __future__ import annotations

from typing import Any

from opnb.display import style, words
from opnb.display.graph_picture import BoxView, LinkView, graph_picture
from opnb.display.picture import Picture

_MOST_BOXES = 40  # in one layer: what is taller is not looked at
_ANY_HEIGHT = float("inf")


def lineage_picture(value: Any) -> Picture | None:
    """Draw the columns to the right of those that they are made from.

    A column that is made from none is left to the text. None if there are too many, or
    none is made from another.
    """
    deps = {name: deps for name, deps in value.value.deps_by_column.items() if deps}
    sources = list(dict.fromkeys(dep for found in deps.values() for dep in found))
    if not sources or len(sources) + len(deps) > _MOST_BOXES:
        return None
    numbers = {dep: number for number, dep in enumerate(sources)}
    boxes = [
        BoxView(dep.column_name, (f"of {dep.asset_key.to_user_string()}",), style.BLUE)
        for dep in sources
    ]
    boxes += [BoxView(column, (), style.GREEN) for column in deps]
    links = [
        LinkView(numbers[dep], len(sources) + place)
        for place, found in enumerate(deps.values())
        for dep in dict.fromkeys(found)
    ]
    columns = words.count(len(deps), "column")
    alt = f"{columns} made from {words.count(len(sources), 'column')} of other assets."
    return graph_picture(boxes, links, alt, tallest=_ANY_HEIGHT)
