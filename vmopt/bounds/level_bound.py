"""Checks the bound of a level of priority from the data alone: no solver."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.bounds import LevelBound
from vmopt.bounds.level_worth import Steps, bounds_of_levels, combined, worth_of
from vmopt.bounds.price_bound import verify_bound
from vmopt.errors import PlacementError
from vmopt.host_index import to_host_index
from vmopt.level_values import Values, tiers_of, values_of
from vmopt.model.instance import Instance, require_instance


def verify_level_bound(instance: Instance, placement: Any, priority: int, proof: LevelBound) -> float:
    """Upper bound of the value of one level, given what a placement has in the levels above; with numpy alone.

    With weights ``w_k >= 0`` of the levels up to the last that the proof speaks of, prices prove a bound B of
    ``sum_k w_k v_k`` as in `verify_bound`. Whatever has at least the placement's values V in the levels above l has
    at most ``(B - sum_(k<l) w_k V_k) / w_l`` in level l, which is lowered to what sums of values can be.

    Parameters
    ----------
    instance : Instance
        With tiers.
    placement : Solution, mapping of VM name to host name, or (n_vms,) int array
    priority : int
        Which level.
    proof : LevelBound
        From `Level.proof`.

    Raises
    ------
    PlacementError
        If there is no such level, or the proof has the wrong shape or says nothing of it.

    Examples
    --------
    >>> import vmopt
    >>> cluster = Instance.from_arrays([[6], [4], [3]], [[8]], priority=[5, 0, 0], objective=vmopt.Objective("tiers"))
    >>> solution = vmopt.solve(cluster, gap=0)
    >>> [(level.priority, level.value, level.bound) for level in solution.levels]
    [(5, 0.75, 0.75), (0, 0.0, 0.0)]
    >>> verify_level_bound(cluster, solution, 0, solution.levels[1].proof)
    0.0
    """
    tiers = tiers_of(require_instance(instance))
    checks.integer(priority, "priority", -(2**63), error=PlacementError)
    values = values_of(instance, to_host_index(instance, placement), getattr(placement, "elastic_allocation", None))
    found = LevelChecker(instance, values).bounds(proof)
    level = {int(p): k for k, p in enumerate(tiers.priority.tolist())}.get(priority, len(tiers))
    bound = found[level] if level < len(found) else None
    if bound is None:
        raise PlacementError(f"the proof says nothing of priority {priority}.")
    return float(bound)


class LevelChecker:
    """Rechecks proofs of an instance, for a placement of these values.

    Attributes
    ----------
    totals : tuple of Fraction
        Value of each level if all of it ran.
    """

    def __init__(self, instance: Instance, values: Values) -> None:
        self._instance, self._values = instance, values
        self._worth = worth_of(instance)
        self._steps = Steps.of(instance, self._worth)
        self.totals = self._steps.totals

    def bounds(self, proof: LevelBound) -> list[Fraction | None]:
        """What a proof proves of each level that it speaks of; None for nothing.

        Raises
        ------
        PlacementError
            If the proof has the wrong shape, or is negative or not finite.
        """
        checks.of_kind(proof, LevelBound, "the proof", "the proof of a Level", PlacementError)
        n = len(proof.per_value)
        for weights in (proof.per_value, proof.per_vm):
            if not 0 < n <= len(self._values) or weights.shape != (n,) or not np.isfinite(weights).all():
                raise PlacementError("the weights of a proof must be one finite number for each of the first levels.")
            if (weights < 0).any():
                raise PlacementError("the weights of a proof must be at least 0.")
        factors = proof.per_value, proof.per_vm
        bound = verify_bound(combined(self._instance, self._worth, *factors)[0], proof.prices)
        found = bounds_of_levels(bound, *factors, self._worth, self._steps, self._values)
        return [None if b is None else self._steps.down(level, b) for level, b in enumerate(found)]
