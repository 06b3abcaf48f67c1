"""The gap between what a placement is worth and what any can be worth at most."""

from __future__ import annotations

from math import inf


def relative_gap(value: float, bound: float) -> float:
    """How far a value is below a bound of it, as a part of the bound: ``(bound - value) / |bound|``.

    Objectives may be negative. A bound of 0 is reached, which is a gap of 0, or infinitely far away.

    Examples
    --------
    >>> relative_gap(9.0, 10.0), relative_gap(-11.0, -10.0), relative_gap(0.0, 0.0), relative_gap(-1.0, 0.0)
    (0.1, 0.1, 0.0, inf)
    """
    if bound == value:
        return 0.0
    return (bound - value) / abs(bound) if bound else inf
