"""Descent: the move that saves most, one after the other, while any saves something and the rules have moves left."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.goals.balance.costs import Cost, cost_of, held_costs
from vmopt.methods.goals.balance.ground import Ground
from vmopt.methods.goals.balance.parameters import DESCENT, DescentParameters
from vmopt.methods.goals.balance.walk import NOTICEABLE
from vmopt.methods.goals.stage import Stage
from vmopt.methods.locality.seating import Exchanges
from vmopt.model.classes import merge_rows
from vmopt.rules import MostMoves
from vmopt.rules.hard import hard_ones

METHOD = "descent"


def serves(stage: Stage) -> bool:
    """Whether moves are limited: then each has to count."""
    return any(hard_ones(stage.instance, MostMoves))


def run(stage: Stage, parameters: DescentParameters = DESCENT) -> None:
    """Descend, where the level is a sum over hosts; then give up moves for others that save more."""
    cost = cost_of(stage.instance, stage.level)
    if cost is None or stage.finished or stage.problem.elastic:
        return
    held = held_costs(stage.instance, stage.holds)
    descent = Descent(Ground(stage.instance, stage.holds, stage.host_index), cost, held, parameters)
    while not stage.finished and (descent.step() or descent.exchange()):
        pass
    if descent.gained:
        stage.offer(descent.ground.placement(), METHOD)


class Descent:
    """What every move of a single VM would change, kept up to date.

    A move changes what two hosts cost, each by what the VM asks for alone: what joining a host adds is held for each
    demand and host, what leaving saves for each VM.

    Attributes
    ----------
    ground : Ground
    gained : bool
        Whether anything was.
    """

    def __init__(
        self,
        ground: Ground,
        cost: Cost,
        held: list[tuple[Cost, float]],
        parameters: DescentParameters = DESCENT,
    ) -> None:
        self.ground, self._cost, self._held, self.gained = ground, cost, held, False
        self._parameters = parameters
        first, self._kind, _ = merge_rows(ground.demand)
        self._every = np.arange(len(ground.load))
        self._costs: FloatArray = cost(self._every, ground.load)
        self._leave: FloatArray = np.zeros(len(ground.vms))
        self._value_leaving(np.arange(len(ground.vms)))
        self._demand = ground.demand[first]
        self._known = self._promising(len(first))
        self._join: FloatArray = np.full((len(first), len(self._every)), np.inf)
        self._value_joining(self._every)
        self._home = ground.instance.current[ground.vms]

    def step(self) -> bool:
        """Make the move that saves most, if any saves something; tell whether one was made."""
        found = self._best()
        if found is None:
            return False
        self._make(*found)
        self.gained = True
        return True

    def exchange(self) -> bool:
        """Take a move back for another that saves more than that loses; tell whether one was found."""
        away = np.flatnonzero((self._home >= 0) & (self._home != self.ground.at))
        loses = self._leave[away] + self._join[self._kind[away], self._home[away]]
        for place in np.argsort(loses, kind="stable")[: self._parameters.returns].tolist():
            vm, left = int(away[place]), int(self.ground.at[away[place]])
            if not np.isfinite(loses[place]) or not self._permitted([vm], [self._home[vm]]).all():
                continue
            self._make(vm, int(self._home[vm]))
            found = self._best()
            if found is not None and self._change(*found) + loses[place] < -NOTICEABLE:
                self._make(*found)
                self.gained = True
                return True
            self._make(vm, left)
        return False

    def _best(self) -> tuple[int, int] | None:
        """The permitted move that saves most: who, and where to."""
        if not len(self._leave):
            return None
        most = self._leave + self._join.min(axis=1)[self._kind]
        few = min(self._parameters.looked_at, len(most))
        movers = np.argpartition(most, few - 1)[:few]
        change = self._leave[movers, None] + self._join[self._kind[movers]]
        change[np.arange(few), self.ground.at[movers]] = np.inf
        flat = change.ravel()
        good = np.flatnonzero(flat < -NOTICEABLE)
        asked = self._parameters.asked
        if len(good) > asked:
            good = good[np.argpartition(flat[good], asked)[:asked]]
        who, to = np.divmod(good[np.argsort(flat[good], kind="stable")], change.shape[1])
        permitted = np.flatnonzero(self._permitted(movers[who], to))
        return (int(movers[who[permitted[0]]]), int(to[permitted[0]])) if len(permitted) else None

    def _permitted(self, movers: IntArray | list[int], to: IntArray | list[int]) -> np.ndarray:
        """Which moves rules and levels above let through."""
        who, where = np.asarray(movers, dtype=np.int64), np.asarray(to, dtype=np.int64)
        ground, source = self.ground, self.ground.at[who]
        permitted = np.ones(len(who), dtype=bool)
        if ground.guards is not None and len(who):
            permitted &= ground.guards.permits(ground.at, Exchanges(who, where, np.full(len(who), -1)))
        here, there = ground.load[source] - ground.demand[who], ground.load[where] + ground.demand[who]
        for cost, limit in self._held:
            now = float(cost(self._every, ground.load).sum())
            more = cost(source, here) + cost(where, there) - cost(source, ground.load[source])
            permitted &= now + more - cost(where, ground.load[where]) <= limit + NOTICEABLE * abs(limit)
        return permitted

    def _change(self, vm: int, to: int) -> float:
        return float(self._leave[vm] + self._join[self._kind[vm], to])

    def _make(self, vm: int, to: int) -> None:
        source = int(self.ground.at[vm])
        self.ground.exchange(source, vm, -1, to)
        both = np.array([source, to])
        self._costs[both] = self._cost(both, self.ground.load[both])
        self._value_joining(both)
        self._value_leaving(np.flatnonzero((self.ground.at == source) | (self.ground.at == to)))

    def _value_leaving(self, vms: IntArray) -> None:
        """What hosts cost less, or more, without each of these VMs."""
        at = self.ground.at[vms]
        load = self.ground.load[at] - self.ground.demand[vms]
        change = self._cost(at, load) - self._costs[at]
        self._leave[vms] = np.where(self.ground.fits(at, load), change, np.inf)

    def _value_joining(self, hosts: IntArray) -> None:
        """What these hosts cost more with one more VM of each demand that is known."""
        step = max(1, self._parameters.parts // len(hosts))
        for start in range(0, len(self._known), step):
            kinds = self._known[start : start + step]
            load = self.ground.load[hosts][None, :, :] + self._demand[kinds][:, None, :]
            change = self._cost(hosts, load) - self._costs[hosts]
            fits = self.ground.fits(hosts, load) & self.ground.open[hosts]
            self._join[kinds[:, None], hosts] = np.where(fits, change, np.inf)

    def _promising(self, n_kinds: int) -> IntArray:
        """Demands of the VMs whose leaving saves most, as many as there is room for."""
        saves = np.full(n_kinds, np.inf)
        np.minimum.at(saves, self._kind, self._leave)
        most = max(1, self._parameters.most_pairs // max(len(self._every), 1))
        return np.argsort(saves, kind="stable")[:most]
