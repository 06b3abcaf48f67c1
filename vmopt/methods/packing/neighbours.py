"""Neighbourhoods: which hosts to free together, and the sub-problem that they make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.methods.packing.parameters import DEFAULT, ChoiceParameters
from vmopt.methods.packing.refill import Refill

TOLERANCE = 1e-9
"""What rounding may make of a loss, and the chance of what has none."""


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

    def __init__(
        self,
        occupancy: Occupancy,
        losses: Losses,
        rng: np.random.Generator,
        parameters: ChoiceParameters = DEFAULT.choice,
    ) -> None:
        self.occupancy, self.losses, self.rng, self.parameters = occupancy, losses, rng, parameters
        self.loss = losses.of_hosts(occupancy, np.arange(len(occupancy.on)))
        self.busy = np.zeros(len(self.loss), dtype=bool)
        self.penalty = 0.0
        """What the placement loses by breaking rules, which a better one may not."""
        self.slack = 0.0
        """What limits of rules leave unused, at their prices."""

    def refresh(self, hosts: IntArray) -> None:
        """Account for what changed on these hosts."""
        self.loss[hosts] = self.losses.of_hosts(self.occupancy, hosts)

    def choose(self, count: int) -> list[int]:
        """Choose up to `count` hosts that are not busy."""
        idle = np.flatnonzero(~self.busy)
        if len(idle) <= count:
            return [int(h) for h in self.rng.permutation(idle)]
        if (
            not self.losses.prices.any()
            and self.occupancy.left.any()
            and self.rng.random() < self.parameters.by_waiting
        ):
            return self._for_one_that_waits(idle, count)
        first = self._draw(idle, self.loss[idle])
        rest = idle[idle != first]
        way = self.rng.random()
        if way < self.parameters.by_complement:
            return [first, *self._complements(first, rest, count - 1)]
        by_loss = way < self.parameters.by_complement + self.parameters.by_loss
        chance = self.loss[rest] if by_loss else np.ones(len(rest))
        return [first, *(self._draw_many(rest, chance, count - 1))]

    def choose_many(self, count: int, by_loss: float) -> IntArray:
        """Choose up to `count` hosts that are not busy, with some chance by their loss, else at random."""
        idle = np.flatnonzero(~self.busy)
        chance = self.loss[idle] if self.rng.random() < by_loss else np.ones(len(idle))
        return np.array(self._draw_many(idle, chance, min(count, len(idle))))

    def choose_pairs(self) -> IntArray:
        """Choose pairs of hosts that are not busy, no host twice, ``(n_pairs, 2)``; as many as make a pass worth it."""
        idle = np.flatnonzero(~self.busy)
        way = self.rng.random(self._pairs_at_once(len(idle)))
        chances = self.parameters
        n_complements = int((way < chances.by_complement).sum())
        n_by_loss = int((way < chances.by_complement + chances.by_loss).sum()) - n_complements
        drawn: IntArray = np.array(self._draw_many(idle, self.loss[idle], len(way) + n_by_loss))
        first, second = drawn[: len(way)], drawn[len(way) :]
        rest = np.setdiff1d(idle, drawn, assume_unique=True)
        first, others, alone = np.split(first, [n_by_loss, n_by_loss + n_complements])
        found = self._one_complement_each(others, rest)
        rest = np.setdiff1d(rest, found)
        alone = np.append(alone, others[found < 0])
        anybody = self.rng.choice(rest, len(alone), replace=False)
        return np.column_stack(
            [np.concatenate([first, others[found >= 0], alone]), np.concatenate([second, found[found >= 0], anybody])]
        )

    def _pairs_at_once(self, n_idle: int) -> int:
        """Fewer pairs where hosts are few or run much, or much is unplaced."""
        limits = self.parameters
        some = self.occupancy.on[:: max(1, len(self.loss) // limits.sample)]
        rows = sum(map(len, some)) / len(some)
        unplaced = np.count_nonzero(self.occupancy.left) + 1
        by_work = min(limits.couples_at_once / (1 + rows) ** 4, limits.outside_at_once / unplaced)
        return max(1, int(min(limits.pairs_at_once, by_work, n_idle / limits.hosts_a_pair)))

    def _one_complement_each(self, first: IntArray, rest: IntArray) -> IntArray:
        """For each host one out of a sample that complements it; -1 where another host has taken it."""
        found = np.full(len(first), -1)
        if len(first) and len(rest):
            some = self.rng.choice(rest, min(len(rest), self.parameters.sample), replace=False)
            bundles = self._bundles(np.concatenate([first, some]))
            mine, theirs = bundles[: len(first), None], bundles[len(first) :]
            extra = (mine + theirs).min(axis=2) - mine.min(axis=2) - theirs.min(axis=1)
            score = np.log(np.maximum(extra, 0.0) + TOLERANCE) + self.rng.gumbel(size=extra.shape)
            best, once = np.unique(score.argmax(axis=1), return_index=True)
            found[once] = some[best]
        return found

    def _bundles(self, hosts: IntArray) -> FloatArray:
        """Free capacity in the scarce resources, in parts of the cluster's."""
        scarce = np.flatnonzero(self.losses.scarcity)
        return np.asarray(self.occupancy.free[hosts][:, scarce] / np.maximum(self.occupancy.problem.total[scarce], 1))

    def _draw(self, hosts: IntArray, chance: FloatArray) -> int:
        return self._draw_many(hosts, chance, 1)[0]

    def _draw_many(self, hosts: IntArray, chance: FloatArray, count: int) -> list[int]:
        chance = chance + self.parameters.everybody * chance.mean()
        total = chance.sum()
        share = chance / total if total > 0 else None
        return [int(h) for h in self.rng.choice(hosts, count, replace=False, p=share)]

    def _for_one_that_waits(self, idle: IntArray, count: int) -> list[int]:
        """A host that some VM that waits would fit, the likelier the less it is short of, and hosts with most room."""
        waiting = np.flatnonzero(self.occupancy.left)
        demand = self.occupancy.vms.demand[waiting[int(self.rng.integers(len(waiting)))]]
        part = 1 / np.maximum(self.occupancy.problem.total, 1)
        large = idle[(self.occupancy.problem.capacity[idle] >= demand).all(axis=1)]
        if not len(large):
            return self._draw_many(idle, np.ones(len(idle)), count)
        free = self.occupancy.free
        short = np.maximum(demand - free[large], 0) @ part
        rank = np.argsort(np.argsort(short, kind="stable"))
        first = self._draw(large, 1 / (1 + rank) ** 2)
        rest = idle[idle != first]
        useful = np.minimum(free[rest], demand) @ part
        return [first, *self._draw_many(rest, useful, count - 1)]

    def _complements(self, first: int, rest: IntArray, count: int) -> list[int]:
        """Hosts whose free capacity, put together with that of the others, makes more balanced bundles than apart."""
        bundles = self._bundles(np.arange(len(self.loss)))
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
    base = float(chooser.loss[hosts].sum()) + chooser.penalty + chooser.slack
    capacity = occupancy.problem.capacity[hosts]
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
        most=None if occupancy.vms.most is None else occupancy.vms.most[classes],
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
    most = chooser.parameters.candidates
    if len(outside) <= most:
        return outside, True
    appeal = (reduced + base) * chooser.rng.uniform(chooser.parameters.least_appeal, 1.0, len(outside))
    return np.sort(outside[np.argsort(-appeal, kind="stable")[:most]]), False


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
