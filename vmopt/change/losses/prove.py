"""How many of the protected VMs can run after a loss, by solving."""

from __future__ import annotations

from math import ceil

import numpy as np

from vmopt.arrays import IntArray
from vmopt.change.losses.afterwards import Afterwards
from vmopt.model.instance import Instance
from vmopt.model.objective import Objective
from vmopt.rules import Empty, Keep
from vmopt.solution import Solution
from vmopt.solving import solve
from vmopt.status import Status

ROUNDING = 1e-6


def proven(after: Afterwards, found: IntArray, seconds: float) -> tuple[IntArray, int]:
    """Look for a placement that leaves out as few protected VMs as can be.

    Parameters
    ----------
    after : Afterwards
    found : (n_vms,) int64 array
        What was found so far.
    seconds : float

    Returns
    -------
    host_index : (n_vms,) int64 array
        The best placement found that is allowed; `found` where there is none better.
    least_out : int
        No placement leaves out fewer of the protected VMs.
    """
    if not seconds:
        return found, 0
    if after.instance.rules or after.moving:
        return _with_everybody(after, found, seconds)
    part = Instance.from_arrays(
        after.instance.reserved[after.victims],
        np.where(after.lost[:, None], 0, np.maximum(after.free, 0)),
        value=np.ones(len(after.victims)),
    )
    solution = solve(part, gap=0.0, time_limit=seconds, ties=None)
    better = after.survivors.copy()
    better[after.victims] = solution.host_index
    return _better(after, found, better), _least_out(solution, len(after.victims))


def _with_everybody(after: Afterwards, found: IntArray, seconds: float) -> tuple[IntArray, int]:
    """Solve the whole cluster, where rules bind VMs to each other, or survivors move."""
    stays = after.survivors >= 0
    n_victims = len(after.victims)
    worth = np.where(after.protected, 1.0, 0.0)
    rules = [*after.ruled.rules, Empty(after.lost)]
    if not after.moving:
        worth[stays] = n_victims + 1.0  # who runs goes on running, whoever else could start in its place
        rules.append(Keep(stays))
    ones = np.ones(len(worth))  # tiers may be 0 and less
    whole = after.ruled.replace(rules=rules, value=worth, priority=ones, objective=Objective())
    solution = solve(whole, gap=0.0, time_limit=seconds, ties=None)
    if solution.status is Status.INFEASIBLE:
        return found, 1
    if solution.status is Status.NOT_FOUND:
        return found, 0
    better = np.where(after.protected, solution.host_index, -1)
    if not after.is_allowed(better):
        better = solution.host_index  # some of the others have to run for those that are protected
    return _better(after, found, better), min(_least_out(solution, round(worth.sum())), max(1, n_victims))


def _least_out(solution: Solution, all_of_them: int) -> int:
    """How many stay out at least: values are whole numbers, so that the bound is rounded."""
    return max(0, ceil(all_of_them - solution.bound - ROUNDING * max(1.0, all_of_them)))


def _better(after: Afterwards, found: IntArray, other: IntArray) -> IntArray:
    """The placement that leaves out fewer protected VMs, of those that are allowed."""
    if not after.is_allowed(other):
        return found
    out = [int((after.protected & (placed < 0)).sum()) for placed in (found, other)]
    return other if out[1] < out[0] or not after.is_allowed(found) else found
