"""Prices of capacity straight from the dual of the class relaxation, for when VMs are (nearly) all different.

The class relaxation grows with the VM classes, its dual does not: it has one price per host class and resource. As a
function of the prices (the one that `verify_bound` computes) it is convex and piecewise linear. Cutting planes in a
trust region (Kelley 1960; Marsten, Hogan and Blankenship 1975) find its minimum in some dozens of evaluations, each
one vectorised pass over the VM classes.

Host classes are pooled first, so that there is one price per resource; then they are split into groups, from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog

from vmopt.methods.search import Search
from vmopt.model.classes import each_vm
from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray, IntArray
from vmopt.reduced_value import best_reduced

METHOD = "dual-prices"
MAX_GROUPS = 12
PRECISION = 1e-6
MAX_EVALUATIONS = 150
ENOUGH = 0.1
"""Share of the promised decrease that makes a step worth taking."""

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def run(search: Search) -> None:
    """Tighten the bound by the best prices found."""
    search.tighten_by_prices(prices(search.instance, keep_going=lambda: not search.finished), METHOD)


def guiding_prices(search: Search) -> FloatArray:
    """Prices to search by: those that prove the bound, else newly made ones."""
    if not search.prices.any():
        made = prices(search.instance, keep_going=lambda: not search.finished)
        search.tighten_by_prices(made, METHOD)
        return made
    return search.prices


def prices(instance: Instance, *, keep_going: Callable[[], bool] = lambda: True) -> FloatArray:
    """Prices ``lam[c,k]``, one row per host class, near the minimum of what `verify_bound` proves.

    Host classes beyond MAX_GROUPS share prices with others of about the same proportions.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4, 1], [5, 2], [3, 3]], [[8, 8]], value=[4, 5, 1])
    >>> prices(cluster).round(6).tolist()
    [[1.0, 0.0]]
    """
    hosts = instance.host_classes
    together = np.zeros(len(hosts), dtype=np.int64)
    apart = group_hosts(hosts.capacity, MAX_GROUPS)
    function = _function(instance, together)
    found = minimise(function, np.full(function.capacity.shape, 1 / len(instance.resources)), keep_going)
    if apart.max(initial=0) > 0:
        function = _function(instance, apart)
        found = minimise(function, np.repeat(found, apart.max() + 1, axis=0), keep_going)
        together = apart
    return function.in_units(found)[together]


def _function(instance: Instance, group: IntArray) -> PriceFunction:
    kind = PriceFunction if instance.reservation is None else ElasticPriceFunction
    return kind.of(instance, group)


@dataclass(frozen=True, eq=False)
class PriceFunction:
    """What prices prove, ``capacity . prices + sum_j count[j] max(0, max_g value[j] - demand[j] @ prices[g])``.

    Everything is in parts of the cluster's capacity and of the value of all VMs, so that prices are numbers around 1.

    Attributes
    ----------
    demand : (n_vm_classes, n_resources) array
    value, count : (n_vm_classes,) arrays
    capacity : (n_groups, n_resources) array
    fits : (n_vm_classes, n_groups) bool array
        Whether some host of the group can hold the VM.
    unit : (n_resources,) array
        What a price of 1 is in value per unit of the resource.
    """

    demand: FloatArray
    value: FloatArray
    count: FloatArray
    capacity: FloatArray
    fits: BoolArray
    unit: FloatArray

    @classmethod
    def of(cls, instance: Instance, group: IntArray) -> PriceFunction:
        """Make the function for host classes pooled as `group` tells."""
        hosts, vms = instance.host_classes, instance.vm_classes
        total = np.maximum(instance.total, 1).astype(np.float64)
        worth = max(float(vms.count @ vms.value), np.finfo(np.float64).tiny)
        n_groups = int(group.max(initial=0)) + 1
        capacity = np.zeros((n_groups, len(total)))
        np.add.at(capacity, group, hosts.count[:, None] * hosts.capacity / total)
        least = each_vm(vms.demand if vms.reservation is None else vms.reservation, vms.value)
        members = [hosts.capacity[group == g] for g in range(n_groups)]
        fits = np.column_stack([best_reduced(least, m, np.zeros(m.shape))[0] > -np.inf for m in members])
        return cls(vms.demand / total, vms.value / worth, vms.count.astype(float), capacity, fits, worth / total)

    def __call__(self, prices: FloatArray) -> tuple[float, FloatArray]:
        """Value and a subgradient at prices of shape ``(n_groups, n_resources)``."""
        profit = np.where(self.fits, self.value[:, None] - self.demand @ prices.T, 0.0)
        group = profit.argmax(axis=1)
        best = np.take_along_axis(profit, group[:, None], axis=1)[:, 0]
        taken = np.flatnonzero(best > 0)
        slope = self.capacity.copy()
        for k in range(prices.shape[1]):
            asked = self.count[taken] * self.demand[taken, k]
            slope[:, k] -= np.bincount(group[taken], asked, minlength=len(prices))
        return float((self.capacity * prices).sum() + self.count[taken] @ best[taken]), slope

    def in_units(self, prices: FloatArray) -> FloatArray:
        """Prices per unit of each resource of the instance."""
        return np.asarray(prices * self.unit)


@dataclass(frozen=True, eq=False)
class ElasticPriceFunction(PriceFunction):
    """What prices prove where VMs are elastic: each gets as much as pays, see `vmopt.elastic_profit`.

    Attributes
    ----------
    least, unit_value : (n_vm_classes, n_resources) arrays
    """

    least: FloatArray
    unit_value: FloatArray

    @classmethod
    def of(cls, instance: Instance, group: IntArray) -> ElasticPriceFunction:
        """Make the function for host classes pooled as `group` tells."""
        plain, vms = PriceFunction.of(instance, group), instance.vm_classes
        assert vms.reservation is not None
        assert vms.unit_value is not None
        total = np.maximum(instance.total, 1)
        fields = (plain.demand, plain.value, plain.count, plain.capacity, plain.fits, plain.unit)
        return cls(*fields, vms.reservation / total, vms.unit_value / plain.unit)

    def __call__(self, prices: FloatArray) -> tuple[float, FloatArray]:
        """Value and a subgradient at prices of shape ``(n_groups, n_resources)``."""
        profit = np.repeat((self.value - (self.unit_value * self.demand).sum(axis=1))[:, None], len(prices), axis=1)
        amounts = []
        for k in range(prices.shape[1]):
            gain = self.unit_value[:, k, None] - prices[:, k]
            amounts.append(np.where(gain > 0, self.demand[:, k, None], self.least[:, k, None]))
            profit += gain * amounts[k]
        profit = np.where(self.fits, profit, 0.0)
        group = profit.argmax(axis=1)
        best = np.take_along_axis(profit, group[:, None], axis=1)[:, 0]
        taken = np.flatnonzero(best > 0)
        slope = self.capacity.copy()
        for k, amount in enumerate(amounts):
            asked = self.count[taken] * amount[taken, group[taken]]
            slope[:, k] -= np.bincount(group[taken], asked, minlength=len(prices))
        return float((self.capacity * prices).sum() + self.count[taken] @ best[taken]), slope


def minimise(function: PriceFunction, start: FloatArray, keep_going: Callable[[], bool]) -> FloatArray:
    """Prices whose value is within PRECISION of the least, or the best of MAX_EVALUATIONS."""
    centre, shape = start.ravel(), start.shape
    best, slope = function(start)
    slopes, heights = [slope.ravel()], [best - float(slope.ravel() @ centre)]
    radius = max(float(centre.max()), 0.1)
    for _ in range(MAX_EVALUATIONS):
        low, high = np.maximum(centre - radius, 0.0), centre + radius
        trial, promised = _lowest(np.array(slopes), np.array(heights), low, high)
        inside = bool(((trial < high) & ((trial > low) | (low == 0))).all())
        if best - promised <= PRECISION * best:
            if inside or radius > 1 / PRECISION or not keep_going():
                break
            radius *= 4
            continue
        value, slope = function(trial.reshape(shape))
        slopes.append(slope.ravel())
        heights.append(value - float(slope.ravel() @ trial))
        if value > best:
            radius *= 0.7
        elif best - value > 0.5 * (best - promised) and not inside:
            radius *= 2
        if best - value > ENOUGH * (best - promised):
            centre, best = trial, value
        if not keep_going():
            break
    return np.asarray(centre.reshape(shape))


def _lowest(slopes: FloatArray, heights: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, float]:
    """Lowest point of the upper envelope of the planes within a box, and its height."""
    planes = np.column_stack([slopes, -np.ones(len(slopes))])
    limits = np.column_stack([np.append(low, -np.inf), np.append(high, np.inf)])
    answer: Any = linprog(np.append(np.zeros(len(low)), 1.0), planes, -heights, bounds=limits.tolist(), method="highs")
    if answer.x is None:  # numerical trouble: the middle, which promises nothing that is not known
        middle = (low + high) / 2
        return middle, float((slopes @ middle + heights).max())
    return np.clip(answer.x[:-1], low, high), float(answer.x[-1])


def group_hosts(capacity: IntArray, most: int) -> IntArray:
    """Group rows of about the same proportions: halve the group that spreads most, until there are `most` of them.

    Examples
    --------
    >>> group_hosts(np.array([[10, 1], [1, 10], [11, 1], [1, 12]]), 2).tolist()
    [0, 1, 0, 1]
    """
    position = np.log1p(capacity / np.maximum(capacity.mean(axis=0), 1.0))
    group = np.zeros(len(capacity), dtype=np.int64)
    while group.max(initial=0) + 1 < min(most, len(capacity)):
        spread = [np.ptp(position[group == g], axis=0) for g in range(group.max() + 1)]
        widest = int(np.argmax([s.max() for s in spread]))
        members = np.flatnonzero(group == widest)
        along = position[members, int(spread[widest].argmax())]
        middle = (along.min() + along.max()) / 2
        if not along.max() > middle:
            break
        group[members[along > middle]] = group.max() + 1
    return group
