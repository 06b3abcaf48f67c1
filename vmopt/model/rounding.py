"""Where amounts had to be rounded, one warning says so."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping

from vmopt.errors import RoundingWarning

PACKAGE = __name__.partition(".")[0]


def warn_of_rounding(off: Mapping[str, float]) -> None:
    """Warn once of all resources whose amounts are off.

    Parameters
    ----------
    off : mapping of str to float
        By how much the integers of a resource are off at most, in the user's own unit; 0 where they are exact.
    """
    rounded = [f"{resource!r} by at most {error:.2g}" for resource, error in off.items() if error > 0]
    if rounded:
        warnings.warn(
            f"the amounts of {', '.join(rounded)} were rounded, demand up and capacity down, as floats with so many "
            "digits have no common unit. To avoid this, give whole numbers of a smaller unit, or decimals with fewer "
            "digits.",
            RoundingWarning,
            stacklevel=_level_of_caller(),
        )


def _level_of_caller() -> int:
    """How many calls up the code is that is not vmopt's own."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == PACKAGE:
        level, frame = level + 1, frame.f_back
    return level
