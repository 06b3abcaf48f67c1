"""Claims: whether what a solution says of itself holds, from the data alone."""

from __future__ import annotations

import vmopt
from vmopt.methods.tally import Tally
from vmopt.problem import compile

NO_BOUND = "nothing"
"""What proves the bound of a peer that states none."""


def bound_holds(instance: vmopt.Instance, solution: vmopt.Solution) -> bool | None:
    """Recompute the bound of a solution from what proves it; None where it rests on the word of a backend.

    Where all values are multiples of one step, a proof below the next multiple proves the objective itself.

    Examples
    --------
    >>> cluster = vmopt.Instance.from_arrays([[4], [5], [3]], [[8]], value=[4.5, 5, 3])
    >>> bound_holds(cluster, vmopt.solve(cluster, method="price-guided"))
    True
    """
    if solution.pattern_bound is not None:
        proven = vmopt.verify_pattern_bound(instance, solution.pattern_bound)
    elif solution.bound_by.startswith("prices") and solution.prices is not None:
        proven = vmopt.verify_bound(instance, solution.prices)
    else:
        return None
    if proven <= solution.bound or instance.worth is None:
        return proven <= solution.bound
    tally = Tally(compile(instance))
    tally.lower(proven)
    return tally.most <= tally.count(solution.host_index)
