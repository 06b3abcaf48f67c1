"""Walk: the best exchange at a host that costs something, over and over."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.goals.balance.costs import Cost
from vmopt.methods.goals.balance.ground import Ground, HostExchanges
from vmopt.methods.goals.balance.parameters import WALK, WalkParameters

NOTICEABLE = 1e-9
"""Less is rounding, whatever it is a part of."""


class Walk:
    """Exchanges of VMs that lower a sum of costs of hosts.

    Attributes
    ----------
    ground : Ground
    costs : (n_hosts,) float64 array
        What each host costs now.
    """

    def __init__(
        self,
        ground: Ground,
        cost: Cost,
        held: list[tuple[Cost, float]],
        rng: np.random.Generator,
        parameters: WalkParameters = WALK,
    ) -> None:
        self.ground, self.rng, self.parameters, self._held = ground, rng, parameters, held
        self._every = np.arange(len(ground.load))
        self.aim(cost)

    def aim(self, cost: Cost) -> None:
        """Walk by another cost from here on."""
        self.cost = cost
        self._left = [limit - float(each(self._every, self.ground.load).sum()) for each, limit in self._held]
        self.costs: FloatArray = cost(self._every, self.ground.load)

    def step(self, host: int, least_gain: float = NOTICEABLE) -> int | None:
        """Make the best exchange at a host that gains so much; return the other host, None where there is none."""
        offers = self.ground.offers(host, self.rng, self.parameters.partners)
        change = self._changes(offers)
        out, come = np.divmod(self._best(change, offers, least_gain), change.shape[1])
        if not len(out):
            return None
        i, j = int(out[0]), int(come[0])
        self._make(host, int(offers.out[i]), int(offers.come[j]), int(offers.other[j]))
        return int(offers.other[j])

    def held_changes(self, host: IntArray, here: IntArray, other: IntArray, there: IntArray) -> FloatArray:
        """What exchanges cost more of each level above, ``(n, n_levels)``, given what the two hosts hold then."""
        load, changes = self.ground.load, np.zeros((len(host), len(self._held)))
        for column, (each, _) in enumerate(self._held):
            before = each(host, load[host]) + each(other, load[other])
            changes[:, column] = each(host, here) + each(other, there) - before
        return changes

    def affordable(self, held: FloatArray) -> IntArray:
        """The first of some exchanges that levels above can afford together."""
        left = np.array(self._left)
        within: BoolArray = (np.cumsum(held, axis=0) <= left + NOTICEABLE * np.abs(left)).all(axis=1)
        return np.arange(len(held) if within.all() else int(within.argmin()))

    def refresh(self, hosts: IntArray, held: FloatArray) -> None:
        """Take note that some hosts hold something else."""
        self._left = [left - float(more) for left, more in zip(self._left, held, strict=True)]
        self.costs[hosts] = self.cost(hosts, self.ground.load[hosts])

    def _changes(self, offers: HostExchanges) -> FloatArray:
        """What each exchange costs more, ``(n_out, n_in)``; infinite where it is impossible."""
        ground, host, other = self.ground, offers.host, offers.other
        swap = ground.demand_of(offers.come)[None, :, :] - ground.demand_of(offers.out)[:, None, :]
        here, there = ground.load[host] + swap, ground.load[other][None, :, :] - swap
        fits = ground.fits(host, here) & ground.fits(other, there)
        change = self.cost(host, here) + self.cost(other, there) - self.costs[host] - self.costs[other]
        for (each, _), left in zip(self._held, self._left, strict=True):
            before = each(host, ground.load[host]) + each(other, ground.load[other])
            fits &= each(host, here) + each(other, there) - before <= left + NOTICEABLE * abs(left)
        nothing = (offers.out < 0)[:, None] & (offers.come < 0)[None, :]
        return np.asarray(np.where(fits & ~nothing, change, np.inf))

    def _best(self, change: FloatArray, offers: HostExchanges, least_gain: float) -> IntArray:
        """The best of the exchanges that gain enough and that rules permit, as a place in the table; none: empty."""
        flat = change.ravel()
        good = np.flatnonzero(flat <= -least_gain)
        asked = self.parameters.asked
        if len(good) > asked:
            good = good[np.argpartition(flat[good], asked)[:asked]]
        good = good[np.argsort(flat[good], kind="stable")]
        i, j = np.divmod(good, change.shape[1])
        permitted = self.ground.permitted(offers.host, offers.out[i], offers.come[j], offers.other[j])
        good = good[permitted]
        if not len(good):
            return good
        equal = np.flatnonzero(flat[good] <= flat[good[0]] + NOTICEABLE)
        return good[[int(self.rng.choice(equal))]]

    def _make(self, host: int, out: int, come: int, other: int) -> None:
        ground, both = self.ground, np.array([host, other])
        before = ground.load[both]
        ground.exchange(host, out, come, other)
        after = ground.load[both]
        held = [float((each(both, after) - each(both, before)).sum()) for each, _ in self._held]
        self.refresh(both, np.array(held))
