"""Claims: whether what a solution says of itself holds, from the data alone."""

from __future__ import annotations

from math import isclose

import vmopt
from vmopt.bounds.recheck import proven

ROUNDING = 1e-9
"""Relative difference that adding up anew may make."""
NO_BOUND = "nothing"
"""What proves the bound of a peer that states none."""


def bound_holds(instance: vmopt.Instance, solution: vmopt.Solution) -> bool | None:
    """Recompute the bound of a solution from what proves it; None where it rests on the word of a backend.

    Examples
    --------
    >>> cluster = vmopt.Instance.from_arrays([[4], [5], [3]], [[8]], value=[4.5, 5, 3])
    >>> bound_holds(cluster, vmopt.solve(cluster, method="price-guided"))
    True
    """
    shown = proven(instance, solution.certificate)
    return None if shown is None else shown <= solution.bound or isclose(shown, solution.bound, rel_tol=ROUNDING)
