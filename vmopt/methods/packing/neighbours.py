"""Neighbourhoods: which hosts to free together, and the sub-problem that they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.methods.packing.refill import Refill
from vmopt.model.objective import FloatArray, IntArray

MAX_CANDIDATES = 100
BY_COMPLEMENT, BY_LOSS = 0.4, 0.8
"""Cumulated chances of the ways to choose the companions of a host; random for the rest."""
EVERYBODY = 0.1
"""Chance, against the mean loss, of a host that loses nothing."""
TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Some hosts, the VM classes in play, how many of each come from outside, and the sub-problem.

    `complete` tells that nothing was left out that could improve these hosts.
    """

    hosts: list[int]
    classes: IntArray
    taken: IntArray
    problem: Refill
    complete: bool


class Chooser:
    """Chooses hosts: the first by its loss, the others because they complement it, by loss, or at random."""

    def __init__(self, occupancy: Occupancy, losses: Losses, rng: np.random.Generator) -> None:
        self.occupancy, self.losses, self.rng = occupancy, losses, rng
        self.loss = np.array([losses.of_host(occupancy, h) for h in range(len(occupancy.on))])
        self.busy = np.zeros(len(self.loss), dtype=bool)

    def refresh(self, hosts: list[int]) -> None:
        """Account for what changed on these hosts."""
        for host in hosts:
            self.loss[host] = self.losses.of_host(self.occupancy, host)

    def choose(self, count: int) -> list[int]:
        """Choose up to `count` hosts that are not busy."""
        idle = np.flatnonzero(~self.busy)
        if len(idle) <= count:
            return [int(h) for h in self.rng.permutation(idle)]
        first = self._draw(idle, self.loss[idle])
        rest = idle[idle != first]
        way = self.rng.random()
        if way < BY_COMPLEMENT:
            return [first, *self._complements(first, rest, count - 1)]
        chance = self.loss[rest] if way < BY_LOSS else np.ones(len(rest))
        return [first, *(self._draw_many(rest, chance, count - 1))]

    def _draw(self, hosts: IntArray, chance: FloatArray) -> int:
        return self._draw_many(hosts, chance, 1)[0]

    def _draw_many(self, hosts: IntArray, chance: FloatArray, count: int) -> list[int]:
        chance = chance + EVERYBODY * chance.mean()
        total = chance.sum()
        share = chance / total if total > 0 else None
        return [int(h) for h in self.rng.choice(hosts, count, replace=False, p=share)]

    def _complements(self, first: int, rest: IntArray, count: int) -> list[int]:
        """Hosts whose free capacity, put together with that of the others, makes more balanced bundles than apart."""
        scarce = np.flatnonzero(self.losses.scarcity)
        bundles = self.occupancy.free[:, scarce] / np.maximum(self.occupancy.instance.total[scarce], 1)
        together, found = bundles[first], []
        for _ in range(count):
            extra = (together + bundles[rest]).min(axis=1) - together.min() - bundles[rest].min(axis=1)
            host = self._draw(rest, np.maximum(extra, 0.0) + TOLERANCE)
            found.append(host)
            together, rest = together + bundles[host], rest[rest != host]
        return found


def free_hosts(chooser: Chooser, hosts: list[int]) -> Neighbourhood:
    """Make the sub-problem of filling `hosts` anew from what they run and from unplaced VMs that could be of use."""
    occupancy, losses = chooser.occupancy, chooser.losses
    kinds = np.unique(losses.host_class[hosts])
    base = float(chooser.loss[hosts].sum())
    capacity = occupancy.instance.capacity[hosts]
    running = occupancy.gathered(hosts)
    outside, complete = _candidates(chooser, kinds, base, capacity)
    taken = np.minimum(occupancy.left[outside], _packed_alone(occupancy.vms.demand[outside], capacity))
    classes = np.union1d(running[:, 0], outside)
    placed, extra = _spread(classes, running[:, 0], running[:, 1]), _spread(classes, outside, taken)
    loss = (base + float(extra @ losses.best[classes])) * (1 + TOLERANCE)
    start = np.column_stack([_spread(classes, *occupancy.on[h].T) for h in hosts])
    regret = {c: losses.regret(classes, c) for c in kinds.tolist()}
    allowed = np.column_stack([regret[int(losses.host_class[h])] <= loss for h in hosts]) | (start > 0)
    problem = Refill(
        demand=occupancy.vms.demand[classes],
        value=occupancy.vms.value[classes],
        supply=placed + extra,
        least=np.where(losses.best[classes] > loss, placed, 0),
        capacity=capacity,
        allowed=allowed,
        start=start,
        loss=loss,
        room=occupancy.vms.demand[classes] @ (losses.scarcity / np.maximum(capacity[0], 1)),
    )
    return Neighbourhood(hosts, classes, extra, problem, complete)


def _candidates(chooser: Chooser, kinds: IntArray, base: float, capacity: IntArray) -> tuple[IntArray, bool]:
    """Unplaced classes that could improve the hosts, the likeliest first where there are many."""
    occupancy, losses = chooser.occupancy, chooser.losses
    outside = np.flatnonzero(occupancy.left)
    reduced = np.max([losses.reduced(outside, c) for c in kinds.tolist()], axis=0)
    useful = reduced > -base - TOLERANCE
    outside, reduced = outside[useful], reduced[useful]
    fits = _packed_alone(occupancy.vms.demand[outside], capacity) > 0
    outside, reduced = outside[fits], reduced[fits]
    if len(outside) <= MAX_CANDIDATES:
        return outside, True
    appeal = (reduced + base) * chooser.rng.uniform(0.3, 1.0, len(outside))
    return np.sort(outside[np.argsort(-appeal, kind="stable")[:MAX_CANDIDATES]]), False


def _packed_alone(demand: IntArray, capacity: IntArray) -> IntArray:
    """How many VMs of each class these hosts could run if they ran nothing else."""
    per_host = np.full((len(demand), len(capacity)), np.iinfo(np.int64).max // (len(capacity) + 1))
    for k in range(demand.shape[1]):
        asked = demand[:, k, None]
        per_host = np.where(asked > 0, np.minimum(per_host, capacity[:, k] // np.maximum(asked, 1)), per_host)
    return np.asarray(per_host.sum(axis=1))


def _spread(classes: IntArray, some: IntArray, count: IntArray) -> IntArray:
    """Lay out the counts of `some` of the classes, as a column over all of them."""
    column = np.zeros(len(classes), dtype=np.int64)
    column[np.searchsorted(classes, some)] = count
    return column
