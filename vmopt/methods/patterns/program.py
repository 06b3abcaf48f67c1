"""The linear program over patterns of what is left to place, solved by column generation.

The dual is stabilised by in-out separation (Ben-Ameur and Neto 2007): patterns are priced not at the dual point of the
master program but between it and the best point known to be valid, at first the point of the class relaxation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds import PatternBound
from vmopt.formulation.patterns import Patterns
from vmopt.methods.patterns.knapsack import Knapsack, Priced
from vmopt.methods.patterns.master import Master, MasterSolution
from vmopt.methods.patterns.parameters import DEFAULT, PricingLimits, PricingParameters
from vmopt.methods.patterns.pricing import CLOSED, Pricing, Stop

ROUNDING = 1e-11
"""What is added to prices of hosts, in units of about what one earns, so that rounding makes no proof fail."""


@dataclass(frozen=True, eq=False)
class DualPoint:
    """Prices of VM classes and of host classes; valid when no pattern of what is left is worth more than its prices."""

    vms: FloatArray
    hosts: FloatArray

    def towards(self, other: DualPoint, part: float) -> DualPoint:
        """Go a part of the way to another point."""
        return DualPoint((1 - part) * self.vms + part * other.vms, (1 - part) * self.hosts + part * other.hosts)


@dataclass(frozen=True, eq=False)
class Classes:
    """What does not change while patterns are generated.

    Attributes
    ----------
    demand : (n_vm_classes, n_resources) int64 array
    value : (n_vm_classes,) float64 array
        In units of `unit`, of the order of 1 per host, so that tolerances mean something.
    knapsacks : tuple of Knapsack
        One per host class.
    unit : float
        What 1 is worth in the units of the problem.
    pricing : PricingParameters
        How hard patterns are looked for.
    """

    demand: IntArray
    value: FloatArray
    knapsacks: tuple[Knapsack, ...]
    unit: float
    pricing: PricingParameters = DEFAULT.pricing


class PatternProgram:
    """Patterns found so far, the master program over them, and the best valid dual point.

    Parameters
    ----------
    classes : Classes
    supply, hosts : int64 arrays
        VMs and hosts of each class that are left.
    valid : DualPoint
        A valid dual point to start from.
    pool : Patterns
        Collects every pattern that is found.
    """

    def __init__(self, classes: Classes, supply: IntArray, hosts: IntArray, valid: DualPoint, pool: Patterns) -> None:
        self.classes, self.supply, self.hosts = classes, supply.copy(), hosts.copy()
        self.valid, self.pool = valid, pool
        self.patterns = Patterns(len(supply))
        self.master = Master(supply, hosts)
        self.pricing = Pricing(classes.knapsacks, classes.value, classes.pricing)
        self.gap = np.inf

    @property
    def bound(self) -> float:
        """What is left cannot be worth more."""
        return self.bound_of(self.valid)

    def bound_of(self, point: DualPoint) -> float:
        """Bound that a valid point proves for what is left."""
        return float(self.supply @ point.vms + self.hosts @ point.hosts)

    def part(self, supply: IntArray, hosts: IntArray, most: int) -> PatternProgram:
        """Make the program of other numbers of VMs and hosts, from the best `most` patterns of the pool that fit."""
        program = PatternProgram(self.classes, supply, hosts, self.valid, self.pool)
        counts, host_class = self.pool.counts, self.pool.host_class
        chosen = np.flatnonzero((hosts[host_class] > 0) & (counts <= supply).all(axis=1))
        if len(chosen) > most:
            profit = counts[chosen] @ (self.classes.value - self.valid.vms) - self.valid.hosts[host_class[chosen]]
            chosen = chosen[np.argpartition(-profit, most)[:most]]
        for c in np.unique(host_class[chosen]).tolist():
            program.add(c, counts[chosen[host_class[chosen] == c]])
        return program

    def add(self, host_class: int, counts: IntArray) -> int:
        """Add patterns; tell how many are new."""
        new = self.patterns.add(host_class, counts)
        self.master.add(host_class, new, new @ self.classes.value)
        self.pool.add(host_class, new)
        return len(new)

    def generate(self, limits: PricingLimits, stop: Stop) -> MasterSolution:
        """Add patterns until the master program meets the bound, gains little, or nothing more is found."""
        gaps: list[float] = []
        parts = dict.fromkeys((limits.outward, (1 + limits.outward) / 2, 1.0))
        for _ in range(limits.rounds):
            master = self.master.solve()
            self.gap = self.bound - master.objective
            gaps.append(self.gap)
            tailing = len(gaps) > 2 * limits.tail and self.gap > limits.tailing * gaps[-1 - limits.tail]
            if self.gap <= CLOSED * self.bound or tailing or stop():
                return master
            outer = DualPoint(master.vm_prices, master.host_prices)
            if not any(self.separate(outer, part, limits, stop) for part in parts):
                return master
        return self.master.solve()

    def separate(self, outer: DualPoint, part: float, limits: PricingLimits, stop: Stop) -> int:
        """Price every host class part of the way to `outer`; return how many patterns were added.

        With the proven bounds of the knapsacks in place of the host prices the point becomes valid, and is kept if it
        proves more than the best so far. If it only would, were no pattern better than those found, that is looked
        into as well.
        """
        point = self.valid.towards(outer, part)
        added, known, profit = 0, point.hosts.copy(), np.zeros(len(self.hosts))
        for c in np.flatnonzero(self.hosts).tolist():
            found = self.price(c, point.vms, float(point.hosts[c]), limits.hardest, stop)
            known[c], profit[c] = max(known[c], found.profit.max(initial=0.0)), found.bound
            added += self.add(c, found.counts)
            if stop():
                return added
        goal = self.bound - limits.promising * self.gap
        if limits.hardest == self.pricing.parameters.hardest and self.bound_of(replace(point, hosts=known)) < goal:
            added += self._prove(point.vms, known, profit, stop)
        made = replace(point, hosts=profit)
        if self.bound_of(made) < self.bound:
            self.valid = made
        return added

    def price(self, c: int, vms: FloatArray, threshold: float, hardest: int, stop: Stop) -> Priced:
        """Price one host class."""
        return self.pricing.price(c, vms, threshold, self.supply, hardest, stop)

    def _prove(self, vms: FloatArray, known: FloatArray, profit: FloatArray, stop: Stop) -> int:
        """Lower the bounds `profit` of the knapsacks towards the best patterns known; return how many were added."""
        added = 0
        for c in np.flatnonzero((profit > known + CLOSED) & (self.hosts > 0)).tolist():
            found = self.pricing.prove(c, vms, float(known[c]), self.supply, stop)
            profit[c] = min(profit[c], found.bound)
            added += self.add(c, found.counts)
        return added

    def take(self, index: int, times: int) -> int:
        """Use a pattern on up to `times` hosts, as often as what is left allows; return how often."""
        row, c = self.patterns.counts[index], self.patterns.host_class[index]
        used = row > 0
        most = int(min(times, self.hosts[c], (self.supply[used] // row[used]).min(initial=times)))
        self.supply -= most * row
        self.hosts[c] -= most
        return most

    def shrink(self) -> None:
        """Tell the master program what is left, and forget the patterns that do not fit it."""
        fits = (self.patterns.counts <= self.supply).all(axis=1) & (self.hosts[self.patterns.host_class] > 0)
        self.master.select(fits)
        self.patterns.select(fits)
        self.master.resize(self.supply, self.hosts)

    def certificate(self) -> PatternBound:
        """What proves the bound, in the units of the problem."""
        return PatternBound(self.valid.vms * self.classes.unit, (self.valid.hosts + ROUNDING) * self.classes.unit)
