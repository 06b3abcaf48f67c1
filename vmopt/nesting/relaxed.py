"""The relaxation of containers in VMs on hosts: how many hosts of each class open which VMs, in fractions.

A pattern is VMs that fit on one host together. With `z[c,p]` hosts of class c that open pattern p and `x[j,c]`
containers of class j on hosts of class c,

    maximise   sum_jc value[j] x[j,c]                or, worth so much, minimise sum_cp cost[p] z[c,p]
    subject to sum_j d[j,k] x[j,c] <= sum_p inside[p,k] z[c,p]        sum_c x[j,c] <= n[j]
               sum_p z[c,p] <= m[c]                                   sum_cp y[p,f] z[c,p] <= most[f]

Patterns are generated where prices say that they pay (Gilmore and Gomory 1961).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from vmopt.arrays import FloatArray, IntArray
from vmopt.nesting.nested import Nested
from vmopt.nesting.prices import NestPrices, allowed, classes_of, most_open

MOST_ROUNDS = 60
PAYS = 1e-6
"""Part of what a pattern is priced at by which a new one has to be better."""


@dataclass(frozen=True, eq=False)
class Relaxed:
    """What fractions reach.

    Attributes
    ----------
    value : float
        Utilisation, or cost at the second level.
    prices : NestPrices
    patterns : (n, n_flavors) int64 array
    host_class : (n,) int64 array
        Host class of each pattern.
    hosts : (n,) array
        How many hosts open each.
    """

    value: float
    prices: NestPrices
    patterns: IntArray
    host_class: IntArray
    hosts: FloatArray


class NestedMaster:
    """The linear program over the patterns known so far; the second level goes on with those of the first."""

    def __init__(self, nested: Nested, keep_going: Callable[[], bool]) -> None:
        self.nested, self.keep_going = nested, keep_going
        self.demand, self.capacity = classes_of(nested)
        self.unit = np.maximum(nested.capacity.max(axis=0, initial=1), 1).astype(np.float64)
        self.x_class, self.x_host = np.nonzero(allowed(nested))
        self.most = most_open(nested)
        self.host_class: list[int] = []
        self.patterns: list[IntArray] = []
        for c in range(len(self.capacity)):
            for f in range(len(nested.flavors)):
                weight = np.where(np.arange(len(nested.flavors)) == f, 1.0, 0.0)
                self._add(c, self._best(c, weight)[0])

    def solve(self, least: float | None = None) -> Relaxed | None:
        """Solve the first level, or the second with a utilisation of at least `least`; None without any answer."""
        found = None
        for _ in range(MOST_ROUNDS):
            if not self.keep_going() and found is not None:
                break
            answer = self._solve(least)
            if answer is None:
                break
            found, duals = answer
            if not self._generate(found.prices, duals):
                break
        return found

    def _generate(self, prices: NestPrices, host_price: FloatArray) -> bool:
        """Add the pattern of each host class that pays most; tell whether any does."""
        added = False
        for c, paid in enumerate(host_price.tolist()):
            cost = self.nested.cost if prices.costs else 0.0
            pattern, earned = self._best(c, self.nested.inside @ prices.inside[c] - prices.vms - cost)
            if earned > paid + PAYS * max(abs(paid), 1e-9):
                added |= self._add(c, pattern)
        return added

    def _add(self, host_class: int, pattern: IntArray) -> bool:
        key = (host_class, *pattern.tolist())
        if any((c, *p.tolist()) == key for c, p in zip(self.host_class, self.patterns, strict=True)):
            return False
        self.host_class.append(host_class)
        self.patterns.append(pattern)
        return True

    def _best(self, host_class: int, earned: FloatArray) -> tuple[IntArray, float]:
        """VMs that fit on a host of a class and earn most together: a small integer program."""
        size, room = self.nested.size, self.capacity[host_class]
        upper = np.where((size <= room).all(axis=1) & (earned > 0), self.most, 0)
        if not upper.any():
            return np.zeros(len(upper), dtype=np.int64), 0.0
        scale = float(earned.max())
        rows = LinearConstraint((size / self.unit).T, -np.inf, room / self.unit)
        whole = np.ones(len(upper), dtype=np.int64)
        answer = milp(-earned / scale, constraints=rows, bounds=Bounds(0, upper), integrality=whole)
        found = np.zeros(len(upper), dtype=np.int64) if answer.x is None else np.rint(answer.x).astype(np.int64)
        if (found @ size > room).any():
            return np.zeros_like(found), 0.0
        return found, float(found @ earned)

    def _solve(self, least: float | None) -> tuple[Relaxed, FloatArray] | None:
        nested, classes = self.nested, self.nested.cluster.vm_classes
        (n, m), (f, k), n_x = (len(classes), len(self.capacity)), nested.inside.shape, len(self.x_class)
        pattern, of = np.array(self.patterns).reshape(-1, f), np.array(self.host_class, dtype=np.int64)
        x, z, cell = np.arange(n_x), n_x + np.arange(len(of)), np.arange(k)
        width, value, cost = n_x + len(of), classes.value[self.x_class], pattern @ nested.cost
        used, offered = self.demand[self.x_class] / self.unit, pattern @ nested.inside / self.unit
        ones = np.ones(width)
        blocks = [
            _block(self.x_class, x, ones[:n_x], (n, width)),
            _block(
                (np.append(self.x_host, of)[:, None] * k + cell).ravel(),
                np.repeat(np.append(x, z), k),
                np.vstack([used, -offered]).ravel(),
                (m * k, width),
            ),
            _block(of, z, ones[: len(of)], (m, width)),
            _block(np.tile(np.arange(f), len(of)), np.repeat(z, f), pattern.ravel(), (f, width)),
        ]
        limits = [classes.count, np.zeros(m * k), nested.cluster.host_classes.count, self.most]
        objective = np.append(-value, np.zeros(len(of)))
        if least is not None:
            blocks.append(_block(np.zeros(n_x, dtype=np.int64), x, -value, (1, width)))
            limits.append(np.array([-least]))
            objective = np.append(np.zeros(n_x), cost)
        answer: Any = linprog(objective, sparse.vstack(blocks, format="csr"), np.concatenate(limits), method="highs")
        if answer.status != 0:
            return None
        dual = np.maximum(0.0, -answer.ineqlin.marginals)
        inside, host, vms = dual[n : n + m * k].reshape(m, k) / self.unit, *np.split(dual[n + m * k :][: m + f], [m])
        worth = 1.0 if least is None else float(dual[-1])
        prices = NestPrices(inside, vms, worth, least is not None)
        return Relaxed(abs(float(answer.fun)), prices, pattern, of, answer.x[n_x:]), host


def _block(row: Any, column: Any, entry: Any, shape: tuple[int, int]) -> Any:
    return sparse.csr_array((np.asarray(entry, dtype=np.float64), (row, column)), shape=shape)
