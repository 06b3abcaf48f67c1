"""Tier: from which tier on every best placement runs a VM."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from vmopt.explain import forced
from vmopt.explain.least_change import Step
from vmopt.explain.levels import TOLERANCE, is_ahead
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.status import Status


def higher_tier(instance: Instance, vm: int, deadline: float) -> Step | None:
    """Return the lowest of the tiers above it, one above all included, in which every best placement runs the VM.

    The higher the tier, the better for it: the tier is found by halving, with two placements solved for each one tried,
    the best with the VM and the best without. None where it is in none, or slack or time (of `time.perf_counter`)
    leaves that open; where they leave a lower one open, it is not said to be the `least`.

    Examples
    --------
    >>> from vmopt.model import Objective
    >>> cluster = Instance.from_arrays([[4], [6], [3]], [[8]], priority=[2, 1, 1], objective=Objective("tiers"))
    >>> higher_tier(cluster, 1, time.perf_counter() + 60).tier
    2
    """
    own = float(instance.priority[vm])
    above = np.unique(instance.priority[instance.priority > own])
    tiers = [*above.tolist(), float(instance.priority.max()) + 1.0]
    low, high, found, least = 0, len(tiers) - 1, None, True
    while low <= high:
        middle = (low + high) // 2
        runs = _always_runs(instance, vm, tiers[middle], deadline)
        if runs:
            found, high = tiers[middle], middle - 1
        else:
            low, least = middle + 1, least and runs is not None
    return None if found is None else Step("tier", tier=int(found), least=least)


def _always_runs(instance: Instance, vm: int, tier: float, deadline: float) -> bool | None:
    """Whether every best placement runs a VM of this tier; None where slack or time leaves it open."""
    priority = instance.priority.copy()
    priority[vm] = tier
    changed = replace(instance, priority=frozen(priority))
    best = []
    for solved in (forced.running, forced.without):
        left = deadline - time.perf_counter()
        solution = solved(changed, vm, left) if left > 0 else None
        if solution is None or solution.status is not Status.OPTIMAL:
            return None
        best.append(solution)
    if best[0].levels:
        return is_ahead(*best)
    slack = TOLERANCE * max(1.0, abs(best[1].objective))
    return bool(best[0].objective > best[1].objective + slack)
