"""Column generation for covering: patterns priced at what their VMs are worth, against the cost of their host.

The dual is stabilised by in-out separation (Ben-Ameur and Neto 2007) from the best valid point. A point becomes valid
by the bounds of its knapsacks, and where no class of hosts is short it is scaled until no host earns more than it costs
(Farley 1990).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.formulation.patterns import Patterns
from vmopt.methods.goals.packing.master import Cover, CoverMaster, Requirement
from vmopt.methods.goals.packing.parameters import DEFAULT, CoverParameters
from vmopt.methods.patterns.capacity_table import CapacityTable
from vmopt.methods.patterns.knapsack import Knapsack
from vmopt.methods.patterns.pricing import Pricing, Stop

CLOSED = 1e-7
"""What linear programs may be off, in parts of a cost."""
ROUNDING = 1e-10
"""Part by which profits are raised, so that rounding makes no proof fail."""


@dataclass(frozen=True, eq=False)
class Point:
    """Prices: what a VM of each class is worth, what hosts earn at most by their patterns, what a floor counts for."""

    worth: FloatArray
    profit: FloatArray
    per_floor: FloatArray


@dataclass(frozen=True, eq=False)
class Knapsacks:
    """What does not change while patterns are generated.

    Attributes
    ----------
    knapsacks : tuple of Knapsack
        Of the host classes.
    table : CapacityTable or None
        All of them at once, where that is quick and only capacity says who may run where.
    cost : (n_host_classes,) float64 array
    demand : (n_vm_classes, n_resources) int64 array
    capacity : (n_host_classes, n_resources) int64 array
    allowed : (n_vm_classes, n_host_classes) bool array
    parameters : CoverParameters
    """

    knapsacks: tuple[Knapsack, ...]
    table: CapacityTable | None
    cost: FloatArray
    demand: IntArray
    capacity: IntArray
    allowed: BoolArray
    parameters: CoverParameters = DEFAULT.cover


class Covering:
    """Patterns found so far, the master over them, and the best valid point.

    Parameters
    ----------
    kinds : Knapsacks
    need : Requirement
    valid : Point
        To start from.
    pool : Patterns
        Collects every pattern that is found.
    unit : float
        Costs are whole numbers of it.

    Attributes
    ----------
    closed : bool
        Whether no bound over patterns is better by a unit.
    effort : int
        Least effort in pricing, an index of the efforts: where knapsacks are easy, exact ones make every point valid.
    """

    def __init__(self, kinds: Knapsacks, need: Requirement, valid: Point, pool: Patterns, unit: float) -> None:
        self.kinds, self.need, self.valid, self.pool, self.unit = kinds, need, valid, pool, unit
        self.patterns, self.master = Patterns(len(need.count)), CoverMaster(need)
        self.pricing = Pricing(kinds.knapsacks, np.zeros(len(need.count)))
        self.closed, self.effort = False, 0

    @property
    def bound(self) -> float:
        """What is needed costs at least so much."""
        return self.bound_of(self.valid)

    def bound_of(self, point: Point) -> float:
        """Cost that a point proves, where its profits bound the knapsacks."""
        need = self.need
        each = point.worth - point.per_floor @ need.value
        least = point.per_floor @ need.limit + need.required @ each
        least += (need.count - need.required) @ np.minimum(0.0, each)
        return float(least + need.hosts @ np.minimum(0.0, self.kinds.cost - point.profit))

    def add(self, host_class: int, counts: IntArray) -> int:
        """Add patterns; tell how many are new."""
        new = self.patterns.add(host_class, counts)
        self.master.add(host_class, new, float(self.kinds.cost[host_class]))
        self.pool.add(host_class, new)
        return len(new)

    def generate(self, rounds: int, hardest: int, stop: Stop) -> Cover:
        """Add patterns until no bound can become better by a unit, little is gained, or nothing more is found."""
        limits, gaps = self.kinds.parameters, list[float]()
        for _ in range(rounds):
            cover = self.master.solve()
            gaps.append(cover.cost - self.bound)
            tailing = len(gaps) > 2 * limits.tail and gaps[-1] > limits.tailing * gaps[-1 - limits.tail]
            self.closed = self._whole(cover.cost) <= self._whole(self.bound)
            if self.closed or tailing or stop():
                return cover
            each = cover.per_floor @ self.need.value + cover.worth
            outer = Point(np.maximum(each, 0.0), self.kinds.cost + cover.per_host, cover.per_floor)
            if not any(self.separate(outer, part, hardest, stop) for part in limits.outward):
                return cover
        return self.master.solve()

    def separate(self, outer: Point, part: float, hardest: int, stop: Stop) -> int:
        """Price every host class part of the way to `outer`; return how many patterns were added."""
        inner = self.valid
        self.pricing.level = np.maximum(self.pricing.level, min(self.effort, hardest))
        worth = (1 - part) * inner.worth + part * outer.worth
        floor = (1 - part) * inner.per_floor + part * outer.per_floor
        threshold = np.maximum(self.kinds.cost, (1 - part) * inner.profit + part * outer.profit)
        before = len(self.patterns)
        table = self.kinds.table
        profit = (
            self._search(worth, threshold, hardest, stop) if table is None else self._look_up(table, worth, threshold)
        )
        if profit is not None:
            self._take(Point(worth, profit * (1 + ROUNDING), floor), threshold)
        return len(self.patterns) - before

    def _search(self, worth: FloatArray, threshold: FloatArray, hardest: int, stop: Stop) -> FloatArray | None:
        """Search the knapsacks one after the other; return bounds of their profits, None where it was stopped."""
        profit = np.zeros(len(threshold))
        for c in np.flatnonzero(self.need.hosts).tolist():
            supply = np.where(self.kinds.allowed[:, c], self.need.count, 0)
            found = self.pricing.price(c, -worth, float(threshold[c]), supply, hardest, stop)
            profit[c] = found.bound
            self.add(c, found.counts)
            if stop():
                return None
        return profit

    def _look_up(self, table: CapacityTable, worth: FloatArray, threshold: FloatArray) -> FloatArray:
        """Look up the best patterns and their profits; each is added to all classes of hosts that would earn by it."""
        best = table.best(worth, self.need.count)
        counts = np.unique(best.counts, axis=0)
        fits = (counts @ self.kinds.demand)[:, None, :] <= self.kinds.capacity
        earns = fits.all(axis=2) & ((counts @ worth)[:, None] > threshold + CLOSED)
        for c in np.flatnonzero(self.need.hosts).tolist():
            self.add(c, counts[earns[:, c]])
        return best.worth

    def _take(self, point: Point, threshold: FloatArray) -> None:
        """Keep the point as it is, or scaled, if it proves more than the best so far."""
        asked = point.profit > 0
        ratio = float((threshold[asked] / point.profit[asked]).min(initial=1.0))
        scaled = Point(ratio * point.worth, ratio * point.profit, ratio * point.per_floor)
        for made in (point, scaled):
            if self.bound_of(made) > self.bound:
                self.valid = made

    def _whole(self, cost: float) -> float:
        return float(np.ceil(cost / self.unit - CLOSED * max(1.0, cost / self.unit) ** 0.5))

    def part(self, supply: IntArray, hosts: IntArray, most: int) -> Covering:
        """Make the program for other numbers of VMs, all of which run, from the best `most` patterns that fit."""
        need = Requirement.of_all(supply, hosts)
        program = Covering(self.kinds, need, replace(self.valid, per_floor=np.zeros(0)), self.pool, self.unit)
        counts, host_class = self.pool.counts, self.pool.host_class
        chosen = np.flatnonzero((hosts[host_class] > 0) & (np.minimum(counts, supply) > 0).any(axis=1))
        rows, of = np.minimum(counts[chosen], supply), host_class[chosen]
        if len(chosen) > most:
            loss = np.maximum(self.kinds.cost, self.valid.profit)[of] - rows @ self.valid.worth
            best = np.argpartition(loss, most)[:most]
            rows, of = rows[best], of[best]
        for c in np.unique(of).tolist():
            program.add(c, rows[of == c])
        return program

    def take(self, index: int, times: int) -> int:
        """Use a pattern on up to `times` hosts, as long as it covers what is still needed; return how often."""
        row, c, supply = self.patterns.counts[index], int(self.patterns.host_class[index]), self.need.required
        used = row > 0
        whole = int((supply[used] // row[used]).min(initial=times))
        most = int(min(times, self.need.hosts[c], max(whole, int((supply[used] > 0).any()))))
        hosts = self.need.hosts.copy()
        hosts[c] -= most
        self.need = Requirement.of_all(np.maximum(supply - most * row, 0), hosts)
        return most

    def shrink(self) -> None:
        """Tell the master what is left, and forget the patterns that cover none of it."""
        useful = (np.minimum(self.patterns.counts, self.need.required) > 0).any(axis=1)
        useful &= self.need.hosts[self.patterns.host_class] > 0
        self.master.select(useful)
        self.patterns.select(useful)
        self.master.resize(self.need.required, self.need.hosts)
