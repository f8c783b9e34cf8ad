"""How far a number may be from the middle of its past."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from opnb.model.checks import shorten, verify_type
from opnb.model.errors import ParameterCheckError, did_you_mean

Direction = Literal["both", "up", "down"]
_DIRECTIONS: Final = ("both", "up", "down")
_AMOUNT: Final = re.compile(r"(?:±|\+-|\+/-)?\s*(\d+(?:\.\d+)?)\s*(%?)")
_HINT: Final = "within='30%' or 0.3 for a share of the median, '±100' for an amount."


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A share of the middle, or an amount.

    Args:
        amount: Which.
        is_share: Whether it is a share.
        direction: Where being too far counts.
    """

    amount: float
    is_share: bool
    direction: Direction

    def bounds(self, centre: float) -> tuple[float | None, float | None]:
        """Return what is the least and the most that will do; None where all does.

        >>> parse_tolerance("25%", "both").bounds(1000.0)
        (750.0, 1250.0)
        >>> parse_tolerance("±100", "down").bounds(1000.0)
        (900.0, None)
        """
        reach = abs(centre) * self.amount if self.is_share else self.amount
        low = None if self.direction == "up" else centre - reach
        high = None if self.direction == "down" else centre + reach
        return low, high


def parse_tolerance(within: str | float, direction: str) -> Tolerance:
    """Return the tolerance that `within="30%"`, `0.3` or `"±100"` names.

    Raises:
        ParameterCheckError: It names none, or the direction is none.
    """
    if direction not in _DIRECTIONS:
        hint = did_you_mean(str(direction), _DIRECTIONS)
        raise ParameterCheckError(
            f"There is no direction {shorten(direction)}.", hint=hint
        )
    way: Direction = direction  # type: ignore[assignment]  # one of the three
    verify_type(within, (str, int, float), "within", hint=_HINT)
    if isinstance(within, str):
        found = _AMOUNT.fullmatch(within.strip())
        if found is not None:
            is_share = found[2] == "%"
            number = float(found[1]) / 100 if is_share else float(found[1])
            return Tolerance(number, is_share, way)
    elif not isinstance(within, bool) and 0 <= within <= 1:
        return Tolerance(float(within), is_share=True, direction=way)
    raise ParameterCheckError(
        f"'within' is no share and no amount: {shorten(within)}", hint=_HINT
    )
