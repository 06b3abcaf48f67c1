"""Verdict: whether a VM was outbid, or could as well run."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds.best_profit import best_profit
from vmopt.bounds.price_bound import verify_bound
from vmopt.bounds.tolls import Tolls
from vmopt.explain import forced
from vmopt.explain.bid import Bid
from vmopt.explain.levels import TOLERANCE, kind_by_levels
from vmopt.explain.records import Reason
from vmopt.model.classes import VMClasses
from vmopt.model.instance import Instance
from vmopt.solution import Solution
from vmopt.status import Status

SHOWN = 3


@dataclass(frozen=True, eq=False)
class Verdict:
    """What is known of a VM that does not run.

    Attributes
    ----------
    kind : Reason
        `OUTBID`, `LEFT_OUT` or `FORBIDDEN` where that is proven, else `NO_ROOM`.
    run : Solution or None
        The best placement that runs it, where one was looked for.
    at_best : float or None
        No placement that runs it is worth more.
    """

    kind: Reason
    run: Solution | None = None
    at_best: float | None = None

    @property
    def found(self) -> float | None:
        """What a placement that runs it is worth."""
        return self.run.objective if self.run is not None and self.run.status in forced.FOUND else None


def judge(solution: Solution, vm: int, time_limit: float) -> Verdict:
    """Find out by solving, where the instance is small, else by prices.

    Examples
    --------
    >>> import vmopt
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[4], [6]], [[8]], value=[3, 1]), gap=0)
    >>> judge(solution, 1, 10.0).kind.value
    'outbid'
    """
    if time_limit > 0 and forced.is_small(solution.instance):
        run = forced.running(solution.instance, vm, time_limit)
        if run.status is Status.INFEASIBLE:
            return Verdict(Reason.FORBIDDEN, run)
        if solution.levels:
            return Verdict(kind_by_levels(solution, run), run)
        at_best = run.bound if run.status in forced.FOUND else None
    else:
        run, at_best = None, _at_best(solution, vm)
    slack = TOLERANCE * max(1.0, abs(solution.objective))
    outbid = at_best is not None and at_best < least_of_best(solution) - slack
    verdict = Verdict(Reason.OUTBID if outbid else Reason.NO_ROOM, run, at_best)
    if verdict.found is not None and verdict.found >= solution.objective - slack:
        return Verdict(Reason.LEFT_OUT, run, at_best)
    return verdict


def least_of_best(solution: Solution) -> float:
    """What no best placement has less of, in values of VMs: minus infinity where another goal comes first.

    Examples
    --------
    >>> import vmopt
    >>> goals = vmopt.Objective(levels=[vmopt.Utilisation(), vmopt.FewestHosts()], slack=[0.25, 0])
    >>> least_of_best(vmopt.solve(vmopt.Instance.from_arrays([[4]], [[8]], objective=goals), gap=0))
    0.375
    """
    if not solution.levels:
        return solution.objective
    objective = solution.instance.objective
    if not objective.goal_levels or not objective.goal_levels[0].maximised:
        return -inf
    value = solution.levels[0].value
    return value - objective.slack_of_levels[0] * abs(value)


def bid_of(solution: Solution, vm: int, verdict: Verdict) -> Bid:
    """Put what the VM is worth beside what it would take, and name those who took it."""
    instance, prices = solution.instance, solution.prices
    value = float(instance.value[vm])
    cost: float | None = None
    takers: IntArray = np.zeros(0, dtype=np.int64)
    if prices is not None and not solution.levels:
        profit = _profit(instance, prices, _tolls(solution), vm)
        cost = value - profit if isfinite(profit) else None
        takers = _takers(solution, vm, prices)
    names = tuple(instance.vm_names[int(taker)] for taker in takers[:SHOWN])
    objective = solution.objective
    return Bid(value, cost, len(takers), names, verdict.at_best, verdict.found, objective)


def _at_best(solution: Solution, vm: int) -> float | None:
    """The bound by prices of all placements that run it: it gives up what it pays beyond its value."""
    if solution.prices is None or solution.instance.tiers is not None:
        return None
    profit = _profit(solution.instance, solution.prices, _tolls(solution), vm)
    bound = verify_bound(solution.instance, solution.prices, solution.rule_prices)
    if not isfinite(profit):
        return None
    return bound + min(profit, 0.0) + TOLERANCE * (abs(bound) + abs(profit))


def _tolls(solution: Solution) -> Tolls | None:
    return Tolls.of(solution.instance, solution.rule_prices)


def _profit(instance: Instance, prices: FloatArray, tolls: Tolls | None, vm: int) -> float:
    """What it is worth less what it pays, where that is most: the others, a second class, are not looked at."""
    every, alone = instance.vm_classes, np.arange(instance.n_vms) != vm
    j = np.full(1 + int(alone.any()), every.of[vm])
    of, count = alone.astype(np.int64), np.ones(len(j), dtype=np.int64)
    one = VMClasses(of, count, every.demand[j], every.value[j], every.least[j], every.unit_value[j], every.elastic)
    return float(best_profit(one, instance.host_classes.capacity, prices, tolls)[0][0])


def _takers(solution: Solution, vm: int, prices: FloatArray) -> IntArray:
    """VMs that run where it could, and are worth as much for what they take; those worth least for it first."""
    instance = solution.instance
    host_class = instance.host_classes.of
    fits = (instance.reserved[vm] <= instance.capacity).all(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mine = np.max(np.nan_to_num(instance.value[vm] / (prices @ instance.reserved[vm]), nan=0.0, posinf=np.inf))
        runs = np.flatnonzero((solution.host_index >= 0) & fits[solution.host_index])
        paid = (instance.reserved[runs] * prices[host_class[solution.host_index[runs]]]).sum(axis=1)
        ratio = np.nan_to_num(instance.value[runs] / paid, nan=0.0, posinf=np.inf)
    better = (ratio >= mine) & (paid > 0)
    order = np.argsort(ratio[better], kind="stable")
    return np.asarray(runs[better][order])
