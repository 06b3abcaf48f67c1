"""Losses: what separates a placement from the bound that prices prove, host by host and VM by VM."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds.best_profit import best_profit
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.problem import Problem

MAX_KEPT = 1 << 24
"""Reduced values that are kept, at most: 128 MB."""
FEW = 100
"""So many times fewer VM classes than there are are worked out when asked for, and not all at once."""
TINY = 1e-9
"""Weight of a resource that is asked for but not scarce, so that it still counts where nothing else does."""
ASKED = 0.1
"""Weight of what is asked for, in the fourth power, against what capacity is worth: the fuller, the likelier scarce."""


class Losses:
    """The parts of bound minus objective, for given prices.

    With prices ``lam[c,k]`` let ``reduced[j,c] = value[j] - demand[j] @ lam[c]``, ``best[j]`` the largest of them over
    the host classes that VM class j fits, at least 0, and ``regret[j,c] = best[j] - reduced[j,c]``. Then bound minus
    objective is exactly

        sum_h free[h] @ lam[c(h)]  +  sum_{j placed on h} regret[j, c(h)]  +  sum_{j unplaced} best[j].

    Where VMs pay a toll besides, wherever they run, value is what that leaves of it, and the slack of the limits that
    ask for it is one more part. No part is negative. So a choice that loses more by itself than a neighbourhood loses
    now cannot improve it, and can be left out of the search before it starts (reduced-cost fixing).

    Attributes
    ----------
    host_class : (n_hosts,) int64 array
    prices : (n_host_classes, n_resources) array
    worth : (n_vm_classes,) array
        The largest reduced value of each VM class over the host classes it fits; minus infinity where it fits none.
    best : (n_vm_classes,) array
        The same, at least 0.
    scarcity : (n_resources,) array
        Importance of each resource, adding up to 1: what the cluster's capacity is worth at the prices and, with a
        small weight, how much of it is asked for.
    weight : (n_resources,) array
        Scarcity of one unit.
    price_row : (n_host_classes,) int64 array
        Host classes of equal prices have the same number.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[4], [5]], [[8]], value=[4, 5]))
    >>> losses = Losses(cluster, np.array([[1.0]]))
    >>> losses.of_host(Occupancy(cluster, np.array([0, -1])), 0)
    4.0
    """

    def __init__(self, problem: Problem, prices: FloatArray, toll: FloatArray | None = None) -> None:
        self._vms = problem.vms if toll is None else replace(problem.vms, value=problem.vms.value - toll)
        self._capacity = problem.hosts.capacity
        self._kept: dict[int, FloatArray] = {}
        self.host_class = problem.hosts.of
        self.prices = prices
        self.price_row = np.unique(prices, axis=0, return_inverse=True)[1].ravel()
        self.worth = best_profit(self._vms, self._capacity, prices)[0]
        self.best = np.maximum(self.worth, 0.0)
        self.scarcity = _scarcity(problem, prices, self.best)
        self.weight = self.scarcity / np.maximum(problem.total, 1)

    def reduced(self, classes: IntArray, host_class: int) -> FloatArray:
        """Value less the price of what is asked for, on one host class."""
        row = int(self.price_row[host_class])
        if row not in self._kept:
            if len(classes) * FEW < len(self._vms):
                return self._reduced(host_class, classes)
            if (len(self._kept) + 1) * len(self._vms) > MAX_KEPT:
                self._kept.clear()
            self._kept[row] = self._reduced(host_class)
        return np.asarray(self._kept[row][classes])

    def regret(self, classes: IntArray, host_class: int) -> FloatArray:
        """Return what running on this host class, rather than at best, loses."""
        return np.asarray(np.maximum(self.best[classes] - self.reduced(classes, host_class), 0.0))

    def of_host(self, occupancy: Occupancy, host: int) -> float:
        """Loss of one host: its free capacity at its prices, and the regret of what it runs."""
        c = int(self.host_class[host])
        rows = occupancy.on[host]
        return float(occupancy.free[host] @ self.prices[c] + rows[:, 1] @ self.regret(rows[:, 0], c))

    def of_hosts(self, occupancy: Occupancy, hosts: IntArray) -> FloatArray:
        """Losses of many hosts, in one pass over what they run."""
        on = [occupancy.on[h] for h in hosts.tolist()]
        rows, which = np.concatenate(on), np.repeat(np.arange(len(on)), [len(r) for r in on])
        prices = self.prices[self.host_class[hosts]]
        paid = (self._vms.demand[rows[:, 0]] * prices[which]).sum(axis=1)
        regret = np.maximum(self.best[rows[:, 0]] - (self._vms.value[rows[:, 0]] - paid), 0.0)
        idle: FloatArray = (occupancy.free[hosts] * prices).sum(axis=1)
        return idle + np.bincount(which, regret * rows[:, 1], len(on))

    def _reduced(self, host_class: int, classes: IntArray | slice = slice(None)) -> FloatArray:
        reduced: FloatArray = self._vms.value[classes] - self._vms.demand[classes] @ self.prices[host_class]
        return reduced


def _scarcity(problem: Problem, prices: FloatArray, best: FloatArray) -> FloatArray:
    """Weigh what capacity is worth at the prices and, a little, how much of it the VMs worth placing ask for."""
    hosts, vms = problem.hosts, problem.vms
    worth: FloatArray = (hosts.count[:, None] * hosts.capacity * prices).sum(axis=0)
    asked: FloatArray = ((vms.count * (best > 0)) @ vms.demand) / np.maximum(problem.total, 1)
    scarcity = worth / max(float(worth.sum()), TINY**2) + ASKED * np.minimum(asked, 1.0) ** 4 + TINY * (asked > 0)
    return scarcity / scarcity.sum() if scarcity.any() else np.full(len(worth), 1 / len(worth))
