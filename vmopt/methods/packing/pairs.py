"""Exchanges in many pairs of hosts: bring a VM in from outside, and make room for it by up to two swaps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.moves import NOBODY, Boxes, Couples, Moves, Pairs, hosts_of_rows
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.methods.packing.offers import Offers, rank_within
from vmopt.methods.packing.parameters import DEFAULT, ExchangeParameters


def exchange(
    occupancy: Occupancy,
    losses: Losses,
    hosts: IntArray,
    rng: np.random.Generator,
    parameters: ExchangeParameters = DEFAULT.exchange,
) -> float:
    """Improve pairs of hosts; where nothing can be gained, shift VMs so that free capacity comes together on one.

    Parameters
    ----------
    hosts : (n_pairs, 2) int64 array
        No host twice.

    Returns
    -------
    float
        The gain in value, 0 where there is none.
    """
    pairs = Pairs.of(occupancy, hosts)
    moves = Moves(pairs, losses.weight, rng, parameters)
    offers = Offers.to(pairs, occupancy, losses, rng, parameters)
    changes = _Changes(pairs, moves)
    taken, couples = _best_offers(offers, moves, len(pairs), parameters.rounds)
    allowed = changes.allowed(occupancy, offers.boxes.pair[taken], couples, _coming(offers, taken))
    taken, couples = taken[allowed], couples.chosen(allowed)
    kept = _first_come(offers.entrant[taken], offers.gain[taken], occupancy.left)
    open_pairs = np.setdiff1d(np.arange(len(pairs)), offers.boxes.pair[taken])
    taken, couples = taken[kept], couples.chosen(kept)
    changes.move(offers.boxes.pair[taken], couples)
    changes.come(*_coming(offers, taken))
    out = offers.boxes.out[taken]
    np.subtract.at(occupancy.left, offers.entrant[taken], 1)
    np.add.at(occupancy.left, pairs.vm_class[out[out != NOBODY]], 1)
    which, couples = _concentrating(pairs, moves, open_pairs, occupancy, losses.weight)
    allowed = changes.allowed(occupancy, which, couples)
    changes.move(which[allowed], couples.chosen(allowed))
    changes.apply(occupancy)
    return float(offers.gain[taken].sum())


def _best_offers(offers: Offers, moves: Moves, n_pairs: int, rounds: tuple[int, ...]) -> tuple[IntArray, Couples]:
    """For each pair the best offer that fits, where one does, and the couple of moves that makes room for it."""
    waiting = np.ones(n_pairs, dtype=bool)
    none = np.zeros(0, dtype=np.int64)
    taken, found = [none], [Couples(none, none, none)]
    for begin, end in pairwise(rounds):
        part = np.flatnonzero((offers.rank >= begin) & (offers.rank < end) & waiting[offers.boxes.pair])
        if not len(part):
            break
        boxes = offers.boxes.chosen(part)
        couples = moves.couples(boxes)
        _, first = np.unique(boxes.pair[couples.box], return_index=True)
        couples = couples.chosen(first)
        taken.append(part[couples.box])
        found.append(couples)
        waiting[boxes.pair[couples.box]] = False
    columns = [np.concatenate([getattr(c, name) for c in found]) for name in ("box", "one", "two")]
    return np.concatenate(taken), Couples(*columns)


def _coming(offers: Offers, taken: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Position of the host, VM class that comes, and row that leaves, of these offers."""
    host = 2 * offers.boxes.pair[taken] + offers.to_b[taken]
    return host, offers.entrant[taken], offers.boxes.out[taken]


def _first_come(entrant: IntArray, gain: FloatArray, left: IntArray) -> IntArray:
    """Of offers to different pairs those that have their VM, where too few are left: the most gain first."""
    order = np.lexsort((-gain, entrant))
    return np.sort(order[rank_within(entrant[order]) < left[entrant[order]]])


def _concentrating(
    pairs: Pairs, moves: Moves, which: IntArray, occupancy: Occupancy, weight: FloatArray
) -> tuple[IntArray, Couples]:
    """For each pair the couple that makes the free capacities most unequal: small gaps everywhere are of no use."""
    free = occupancy.free[pairs.hosts[which]]
    couples = moves.couples(Boxes(which, -free[:, 0], free[:, 1], np.full(len(which), NOBODY)))
    shift = moves.shift[couples.one] + moves.shift[couples.two]
    after_a, after_b = free[couples.box, 0] + shift, free[couples.box, 1] - shift
    spread = ((after_a * weight) ** 2 + (after_b * weight) ** 2).sum(axis=1)
    best = np.lexsort((-spread, couples.box))
    best = best[rank_within(couples.box[best]) == 0]
    couples = couples.chosen(best)
    return which[couples.box], couples


class _Changes:
    """What comes to and goes from hosts; rows ``(position of the host, VM class, count)``, negative where VMs go."""

    def __init__(self, pairs: Pairs, moves: Moves) -> None:
        self.pairs, self.moves = pairs, moves
        self.rows: list[IntArray] = [np.column_stack([hosts_of_rows(pairs), pairs.vm_class, pairs.count])]

    def move(self, pair: IntArray, couples: Couples) -> None:
        """Let both moves of couples happen, one couple for a pair."""
        for step in (couples.one, couples.two):
            for source, row in ((0, self.moves.from_a[step]), (1, self.moves.from_b[step])):
                goes = row != NOBODY
                vm_class = self.pairs.vm_class[row[goes]]
                self._add(2 * pair[goes] + source, vm_class, -1)
                self._add(2 * pair[goes] + 1 - source, vm_class, 1)

    def come(self, host: IntArray, entrant: IntArray, out: IntArray) -> None:
        """Bring VMs in from outside, in place of a row or of nobody."""
        self._add(host, entrant, 1)
        leaves = out != NOBODY
        self._add(host[leaves], self.pairs.vm_class[out[leaves]], -1)

    def allowed(
        self,
        occupancy: Occupancy,
        pair: IntArray,
        couples: Couples,
        coming: tuple[IntArray, IntArray, IntArray] | None = None,
    ) -> BoolArray:
        """For each pair whether its hosts would run no more of any class than rules allow."""
        most = occupancy.vms.most
        if most is None:
            return np.ones(len(pair), dtype=bool)
        trial = _Changes(self.pairs, self.moves)
        trial.move(pair, couples)
        if coming is not None:
            trial.come(*coming)
        host, vm_class, total = trial.total(len(most))
        return ~np.isin(pair, host[total > most[vm_class]] // 2)

    def apply(self, occupancy: Occupancy) -> None:
        """Make the hosts run what is left of it all."""
        hosts = self.pairs.hosts.ravel()
        self.rows.append(occupancy.immobile(hosts))
        occupancy.refill_many(hosts, *self.total(len(occupancy.vms)))

    def total(self, n_classes: int) -> tuple[IntArray, IntArray, IntArray]:
        """Position of the host, VM class and number of all that stays or comes, in ascending order."""
        host, vm_class, count = np.concatenate(self.rows).T
        key, where = np.unique(host * n_classes + vm_class, return_inverse=True)
        total = np.bincount(where, count, len(key)).astype(np.int64)
        key, total = key[total > 0], total[total > 0]
        return (*np.divmod(key, n_classes), total)

    def _add(self, host: IntArray, vm_class: IntArray, count: int) -> None:
        self.rows.append(np.column_stack([host, vm_class, np.full(len(host), count)]))
