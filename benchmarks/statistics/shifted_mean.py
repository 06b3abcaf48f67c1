"""The shifted geometric mean: an average that neither the slowest nor the fastest solves rule."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

SECONDS_SHIFT = 1.0
"""Differences far below a second do not matter."""
GAP_SHIFT = 1e-4
"""Nor do differences far below the gap of 0.01 % at which solves stop."""
MEMORY_SHIFT_MB = 100.0
"""About what an interpreter with numpy takes by itself."""


def shifted_geometric_mean(values: Iterable[float], shift: float) -> float:
    r"""Return ``exp(mean(log(v + s))) - s`` of values ``v >= 0`` with shift ``s > 0``; NaN of none.

    The shift keeps values near 0 from ruling the mean. It has the unit of the values: each metric has its own.

    References
    ----------
    T. Achterberg: Constraint Integer Programming. Doctoral thesis, TU Berlin (2007), appendix A.3.

    Examples
    --------
    >>> round(shifted_geometric_mean([0, 3], shift=1), 6)
    1.0
    """
    array = np.asarray(list(values), dtype=float)
    if not array.size:
        return float("nan")
    if shift <= 0 or (array < 0).any():
        raise ValueError(f"values must be at least 0 and the shift above 0, not {array.min():g} and {shift:g}.")
    return float(np.expm1(np.log1p(array / shift).mean()) * shift)
