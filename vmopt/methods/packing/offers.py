"""Offers: unplaced VMs that would add value to one of two hosts, alone or in place of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.moves import NOBODY, Boxes, Pairs, hosts_of_rows, ranges
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.methods.packing.parameters import DEFAULT, ExchangeParameters

LEAST_GAIN = 1e-12
"""Part of a value that counts as a gain: less is rounding."""


@dataclass(frozen=True, eq=False)
class Offers:
    """What could be gained in some pairs of hosts, the most first in each.

    Attributes
    ----------
    boxes : Boxes
        The shift of demand from host a to host b that makes room.
    entrant : (n,) int64 array
        Class of the VM that comes from outside.
    to_b : (n,) int64 array
        Whether it goes to host b; 0 or 1.
    gain : (n,) float64 array
    rank : (n,) int64 array
        Number of better ones in the same pair.
    """

    boxes: Boxes
    entrant: IntArray
    to_b: IntArray
    gain: FloatArray
    rank: IntArray

    @classmethod
    def to(
        cls,
        pairs: Pairs,
        occupancy: Occupancy,
        losses: Losses,
        rng: np.random.Generator,
        parameters: ExchangeParameters = DEFAULT.exchange,
    ) -> Offers:
        """Offers for which the two hosts together have room; at most `most_offers` for each pair."""
        demand, value = occupancy.vms.demand, occupancy.vms.value
        pair, entrant = _entrants(pairs, occupancy, losses, rng, parameters.most_entrants)
        rows = pairs.size.sum(axis=1)
        which, row = ranges(pairs.first[2 * pair] - 1, rows[pair] + 1)
        out = np.where(row == pairs.first[2 * pair[which]] - 1, NOBODY, row)
        pair, entrant = pair[which], entrant[which]
        gain = value[entrant] - np.append(value[pairs.vm_class], 0.0)[out]
        keep = np.flatnonzero(gain > LEAST_GAIN * value[0])
        pair, entrant, out, gain = pair[keep], entrant[keep], out[keep], gain[keep]
        free = occupancy.free[pairs.hosts]
        needed = demand[entrant] - pairs.demand[out]
        keep = np.flatnonzero((needed <= free.sum(axis=1)[pair]).all(axis=1))
        keep = keep[np.lexsort((-gain[keep], pair[keep]))]
        rank = rank_within(pair[keep])
        few = rank < parameters.most_offers
        keep, rank = keep[few], rank[few]
        pair, entrant, out, gain, needed = pair[keep], entrant[keep], out[keep], gain[keep], needed[keep]
        to_b = np.append(hosts_of_rows(pairs) % 2, 0)[out]
        least = needed * (to_b == 0)[:, None] - free[pair, 0]
        most = free[pair, 1] - needed * (to_b == 1)[:, None]
        return cls(Boxes(pair, least, most, out), entrant, to_b, gain, rank)


def rank_within(group: IntArray) -> IntArray:
    """Count for each element of a sorted column how many equal ones come before it.

    Examples
    --------
    >>> rank_within(np.array([3, 3, 5, 8, 8, 8])).tolist()
    [0, 1, 0, 0, 1, 2]
    """
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else group
    return np.arange(len(group)) - np.repeat(first, np.diff(np.append(first, len(group))))


def _entrants(
    pairs: Pairs, occupancy: Occupancy, losses: Losses, rng: np.random.Generator, most: int
) -> tuple[IntArray, IntArray]:
    """Pair and class of unplaced VMs that could improve on what the two hosts lose now, about `most` for each pair."""
    loss = losses.of_hosts(occupancy, pairs.hosts.ravel()).reshape(-1, 2).sum(axis=1)
    unplaced = np.flatnonzero((occupancy.left > 0) & occupancy.mobile)
    host_class = losses.host_class[pairs.hosts].ravel()
    _, first, kind = np.unique(losses.price_row[host_class], return_index=True, return_inverse=True)
    reduced = np.array([losses.reduced(unplaced, int(c)) for c in host_class[first]])
    able = np.flatnonzero((reduced > -loss.max(initial=0.0)).any(axis=0))
    unplaced, reduced, kind = unplaced[able], reduced[:, able], kind.reshape(-1, 2)
    pair, entrant = np.nonzero(np.maximum(reduced[kind[:, 0]], reduced[kind[:, 1]]) > -loss[:, None])
    count = np.bincount(pair, minlength=len(pairs))
    if count.max(initial=0) > most:
        some = rng.random(len(pair)) * count[pair] < most
        pair, entrant = pair[some], entrant[some]
    return pair, unplaced[entrant]
