"""The bound that prices prove, as a function of the prices: what `verify_bound` computes, with a subgradient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.bounds.best_profit import best_profit
from vmopt.model.classes import each_vm
from vmopt.problem import Problem

CHUNK = 1 << 18
"""Pairs of a VM class and a group of hosts that are looked at together."""


def price_function(problem: Problem, group: IntArray, step: int = 1) -> PriceFunction:
    """Make the function for host classes pooled as `group` tells, and for every step-th VM class in place of all."""
    kind = PriceFunction if not problem.elastic else ElasticPriceFunction
    return kind.of(problem, group, step)


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
    def of(cls, problem: Problem, group: IntArray, step: int = 1) -> PriceFunction:
        """Make the function; see `price_function`. A sample stands for all VMs: its counts are raised to theirs."""
        hosts, vms = problem.hosts, problem.vms
        total = np.maximum(problem.total, 1).astype(np.float64)
        worth = max(float(vms.count @ vms.value), np.finfo(np.float64).tiny)
        n_groups = int(group.max(initial=0)) + 1
        capacity = np.zeros((n_groups, len(total)))
        np.add.at(capacity, group, hosts.count[:, None] * hosts.capacity / total)
        rows = slice(step // 2, None, step)
        demand, value, count = vms.demand[rows], vms.value[rows], vms.count[rows]
        least = each_vm(vms.least[rows], value)
        members = [hosts.capacity[group == g] for g in range(n_groups)]
        fits = np.column_stack([best_profit(least, m, np.zeros(m.shape))[0] > -np.inf for m in members])
        stand_for = vms.count.sum() / max(count.sum(), 1)
        return cls(demand / total, value / worth, count * stand_for, capacity, fits, worth / total)

    def __call__(self, prices: FloatArray) -> tuple[float, FloatArray]:
        """Value and a subgradient at prices of shape ``(n_groups, n_resources)``."""
        value, slope = float((self.capacity * prices).sum()), self.capacity.copy()
        step = max(1, CHUNK // len(prices))
        for start in range(0, len(self.value), step):
            worth, asked = self._part(slice(start, start + step), prices)
            value += worth
            slope -= asked
        return value, slope

    def _part(self, part: slice, prices: FloatArray) -> tuple[float, FloatArray]:
        """What some VM classes are worth above their prices, and what those that are ask for of each group."""
        demand, count = self.demand[part], self.count[part]
        profit = np.where(self.fits[part], self.value[part, None] - demand @ prices.T, 0.0)
        group = profit.argmax(axis=1)
        best = np.take_along_axis(profit, group[:, None], axis=1)[:, 0]
        taken = np.flatnonzero(best > 0)
        asked = np.zeros(prices.shape)
        for k in range(prices.shape[1]):
            amount = count[taken] * demand[taken, k]
            asked[:, k] = np.bincount(group[taken], amount, minlength=len(prices))
        return float(count[taken] @ best[taken]), asked

    def in_units(self, prices: FloatArray) -> FloatArray:
        """Prices per unit of each resource of the problem."""
        return np.asarray(prices * self.unit)


@dataclass(frozen=True, eq=False)
class ElasticPriceFunction(PriceFunction):
    """What prices prove where VMs are elastic: each gets as much as pays, see `vmopt.bounds.elastic_profit`.

    Attributes
    ----------
    least, unit_value : (n_vm_classes, n_resources) arrays
    """

    least: FloatArray
    unit_value: FloatArray

    @classmethod
    def of(cls, problem: Problem, group: IntArray, step: int = 1) -> ElasticPriceFunction:
        """Make the function; see `price_function`."""
        plain, vms = PriceFunction.of(problem, group, step), problem.vms
        total = np.maximum(problem.total, 1)
        fields = (plain.demand, plain.value, plain.count, plain.capacity, plain.fits, plain.unit)
        rows = slice(step // 2, None, step)
        return cls(*fields, vms.least[rows] / total, vms.unit_value[rows] / plain.unit)

    def _part(self, part: slice, prices: FloatArray) -> tuple[float, FloatArray]:
        demand, least, unit_value, count = self.demand[part], self.least[part], self.unit_value[part], self.count[part]
        profit = np.repeat((self.value[part] - (unit_value * demand).sum(axis=1))[:, None], len(prices), axis=1)
        amounts = []
        for k in range(prices.shape[1]):
            gain = unit_value[:, k, None] - prices[:, k]
            amounts.append(np.where(gain > 0, demand[:, k, None], least[:, k, None]))
            profit += gain * amounts[k]
        profit = np.where(self.fits[part], profit, 0.0)
        group = profit.argmax(axis=1)
        best = np.take_along_axis(profit, group[:, None], axis=1)[:, 0]
        taken = np.flatnonzero(best > 0)
        asked = np.zeros(prices.shape)
        for k, amount in enumerate(amounts):
            asked[:, k] = np.bincount(group[taken], count[taken] * amount[taken, group[taken]], minlength=len(prices))
        return float(count[taken] @ best[taken]), asked
