"""The inputs of a run that is over, for as long as the kernel has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opnb.model.displayable import Displayable
from opnb.model.entry import OutputSource, ValueInfo


class OpInputs(Displayable, dict[str, Any]):
    """What went into the last run of an op: a dict that shows itself as a table.

    Args:
        op_name: The op.
        values: The inputs that are there yet, by name.
        infos: The type and shape of each.
        sources: Which output each came from, where that is known.
        gone: The names of inputs that were let go.
    """

    def __init__(
        self,
        op_name: str,
        values: Mapping[str, Any],
        infos: Mapping[str, ValueInfo],
        sources: Mapping[str, OutputSource | None],
        gone: tuple[str, ...] = (),
    ) -> None:
        super().__init__(values)
        self.op_name = op_name
        self.infos = infos
        self.sources = sources
        self.gone = gone

    def _repr_pretty_(self, printer: Any, _: bool) -> None:  # noqa: FBT001 - IPython's
        """Show the table; IPython would print any dict as one."""
        printer.text(self._repr_mimebundle_()[0]["text/plain"])
