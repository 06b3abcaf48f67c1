"""Exchanges between two hosts: bring a VM in from outside, and make room for it by up to two swaps.

A *move* between hosts a and b sends one VM from a to b, or one from b to a, or swaps two. All moves of a pair are
enumerated once; two of them together fit exactly when their joint shift of demand from a to b lies in a box. Sorting
the moves by one resource turns the search for such a couple into binary searches: half a million couples in a few
milliseconds. Where VMs are all different this finds fits that a general solver needs a hundred times longer for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.model.objective import FloatArray, IntArray

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

MAX_MOVES = 1024
MAX_ENTRANTS = 1024
MAX_OFFERS = 256
AT_ONCE = 16
MAX_COUPLES = 1 << 16
NOBODY = -1


@dataclass(frozen=True, eq=False)
class Moves:
    """The moves between two hosts, sorted by their shift in the leading resource.

    Attributes
    ----------
    shift : (n_moves, n_resources) int64 array
        Demand that leaves host a for host b.
    from_a, from_b : (n_moves,) int64 arrays
        Row of the class that goes, NOBODY where none does.
    order : (n_resources,) int64 array
        Resources, the scarcest first.
    """

    shift: IntArray
    from_a: IntArray
    from_b: IntArray
    order: IntArray

    @classmethod
    def between(cls, a: IntArray, b: IntArray, weight: FloatArray, rng: np.random.Generator) -> Moves:
        """All moves (or MAX_MOVES of them) between hosts that run classes of demand `a` and `b`, one row a class."""
        nothing = np.zeros((1, a.shape[1]), dtype=np.int64)
        from_a, from_b = np.divmod(np.arange((len(a) + 1) * (len(b) + 1)), len(b) + 1)
        if len(from_a) > MAX_MOVES:  # the first one moves nobody and stays
            some = np.append(0, 1 + rng.choice(len(from_a) - 1, MAX_MOVES - 1, replace=False))
            from_a, from_b = from_a[some], from_b[some]
        shift = np.vstack([nothing, a])[from_a] - np.vstack([nothing, b])[from_b]
        order = np.argsort(-weight * np.abs(shift).mean(axis=0), kind="stable")
        rank = np.argsort(shift[:, order[0]], kind="stable")
        return cls(shift[rank], from_a[rank] - 1, from_b[rank] - 1, order)

    def couples(
        self, least: IntArray, most: IntArray, out_a: IntArray, out_b: IntArray
    ) -> tuple[IntArray, IntArray, IntArray]:
        """Couples of moves whose joint shift lies in one of the boxes, ``least <= shift <= most``.

        Parameters
        ----------
        least, most : (n_boxes, n_resources) int64 arrays
        out_a, out_b : (n_boxes,) int64 arrays
            Rows that may not move because the box reckons with their leaving; NOBODY for none.

        Returns
        -------
        tuple of three int64 arrays
            Box, first move and second move of each couple; in the order of the boxes.
        """
        lead, keys = self.order[0], self.shift[:, self.order[0]]
        low = np.searchsorted(keys, (least[:, lead, None] - keys).ravel(), "left")
        high = np.searchsorted(keys, (most[:, lead, None] - keys).ravel(), "right")
        low = np.maximum(low, np.tile(np.arange(len(keys)), len(least)))  # each couple once
        which, second = _ranges(low, high)
        box, first = np.divmod(which, len(keys))
        for k in self.order[1:]:
            shift = self.shift[first, k] + self.shift[second, k]
            inside = (least[box, k] <= shift) & (shift <= most[box, k])
            box, first, second = box[inside], first[inside], second[inside]
        apart = _apart(self.from_a, first, second, out_a[box]) & _apart(self.from_b, first, second, out_b[box])
        return box[apart], first[apart], second[apart]


@dataclass(frozen=True, eq=False)
class Offers:
    """VMs from outside that would add value to one of two hosts, alone or in place of another; the best come first."""

    entrant: IntArray
    out_a: IntArray
    out_b: IntArray
    to_a: BoolArray
    gain: FloatArray
    least: IntArray
    most: IntArray

    def batches(self) -> Iterator[slice]:
        """Slices of AT_ONCE offers."""
        return (slice(start, start + AT_ONCE) for start in range(0, len(self.gain), AT_ONCE))


def exchange(occupancy: Occupancy, losses: Losses, a: int, b: int, rng: np.random.Generator) -> float:
    """Improve two hosts; where nothing can be gained, shift VMs so that free capacity comes together on one of them.

    Returns the gain in value, 0 where there is none.
    """
    demand = occupancy.vms.demand
    rows_a, rows_b = occupancy.on[a][:, 0], occupancy.on[b][:, 0]
    moves = Moves.between(demand[rows_a], demand[rows_b], losses.weight, rng)
    offers = _offers(occupancy, losses, a, b, rng)
    for part in offers.batches():
        box, first, second = moves.couples(
            offers.least[part], offers.most[part], offers.out_a[part], offers.out_b[part]
        )
        if len(box):
            chosen = part.start + int(box[0])
            _apply(occupancy, moves, (a, b), (int(first[0]), int(second[0])), offers, chosen)
            return float(offers.gain[chosen])
    _concentrate(occupancy, losses, moves, a, b)
    return 0.0


def _offers(occupancy: Occupancy, losses: Losses, a: int, b: int, rng: np.random.Generator) -> Offers:
    demand, value = occupancy.vms.demand, occupancy.vms.value
    rows_a, rows_b = occupancy.on[a][:, 0], occupancy.on[b][:, 0]
    entrants = _entrants(occupancy, losses, a, b, rng)
    leaving = np.concatenate([rows_a, rows_b])
    gone = np.vstack([np.zeros((1, demand.shape[1]), dtype=np.int64), demand[leaving]])
    gain = value[entrants] - np.append(0.0, value[leaving])[:, None]
    room = occupancy.free[a] + occupancy.free[b] + gone
    fits = gain > 1e-12 * value[0]
    for k in range(demand.shape[1]):
        fits &= demand[entrants, k] <= room[:, k, None]
    out, entrant = np.nonzero(fits)
    best = np.argsort(-gain[out, entrant], kind="stable")[:MAX_OFFERS]
    out, entrant = out[best], entrant[best]
    to_a = out <= len(rows_a)
    needed = demand[entrants[entrant]] - gone[out]
    return Offers(
        entrant=entrants[entrant],
        out_a=np.where(to_a, out - 1, NOBODY),
        out_b=np.where(to_a, NOBODY, out - 1 - len(rows_a)),
        to_a=to_a,
        gain=gain[out, entrant],
        least=np.where(to_a[:, None], needed, 0) - occupancy.free[a],
        most=occupancy.free[b] - np.where(to_a[:, None], 0, needed),
    )


def _entrants(occupancy: Occupancy, losses: Losses, a: int, b: int, rng: np.random.Generator) -> IntArray:
    """Unplaced classes that could improve on what the two hosts lose now."""
    loss = losses.of_host(occupancy, a) + losses.of_host(occupancy, b)
    unplaced = np.flatnonzero(occupancy.left)
    reduced = losses.reduced(unplaced, int(losses.host_class[a]))
    if losses.host_class[a] != losses.host_class[b]:
        reduced = np.maximum(reduced, losses.reduced(unplaced, int(losses.host_class[b])))
    able: IntArray = unplaced[reduced > -loss]
    return able if len(able) <= MAX_ENTRANTS else np.sort(rng.choice(able, MAX_ENTRANTS, replace=False))


def _concentrate(occupancy: Occupancy, losses: Losses, moves: Moves, a: int, b: int) -> None:
    """Apply the couple of moves that makes the free capacities most unequal: small gaps everywhere are of no use."""
    free_a, free_b = occupancy.free[a], occupancy.free[b]
    nobody = np.array([NOBODY])
    _, first, second = moves.couples(-free_a[None], free_b[None], nobody, nobody)
    if not len(first):  # of very many couples only some were looked at, and none of them fits
        return
    shift = moves.shift[first] + moves.shift[second]
    spread = (((free_a + shift) * losses.weight) ** 2 + ((free_b - shift) * losses.weight) ** 2).sum(axis=1)
    best = int(np.argmax(spread))
    _apply(occupancy, moves, (a, b), (int(first[best]), int(second[best])))


def _apply(
    occupancy: Occupancy,
    moves: Moves,
    hosts: tuple[int, int],
    couple: tuple[int, int],
    offers: Offers | None = None,
    chosen: int = 0,
) -> None:
    before = [occupancy.on[h] for h in hosts]
    running = [dict(rows.tolist()) for rows in before]
    for source, leaving in ((0, moves.from_a), (1, moves.from_b)):
        for row in leaving[list(couple)].tolist():
            if row != NOBODY:
                _shift(running[source], int(before[source][row, 0]), -1)
                _shift(running[1 - source], int(before[source][row, 0]), 1)
    if offers is not None:
        target, rows = (0, offers.out_a) if offers.to_a[chosen] else (1, offers.out_b)
        entrant, row = int(offers.entrant[chosen]), int(rows[chosen])
        _shift(running[target], entrant, 1)
        occupancy.left[entrant] -= 1
        if row != NOBODY:
            _shift(running[target], int(before[target][row, 0]), -1)
            occupancy.left[before[target][row, 0]] += 1
    for host, counts in zip(hosts, running, strict=True):
        occupancy.refill(host, np.array(sorted(counts.items()), dtype=np.int64).reshape(-1, 2))


def _shift(counts: dict[int, int], vm_class: int, by: int) -> None:
    counts[vm_class] = counts.get(vm_class, 0) + by
    if counts[vm_class] == 0:
        del counts[vm_class]


def _apart(rows: IntArray, first: IntArray, second: IntArray, out: IntArray) -> BoolArray:
    """Whether neither move takes the row that leaves, nor both the same row."""
    one, two = rows[first], rows[second]
    return np.asarray(((one != two) | (one == NOBODY)) & ((out == NOBODY) | ((one != out) & (two != out))))


def _ranges(low: IntArray, high: IntArray) -> tuple[IntArray, IntArray]:
    """Every (i, p) with ``low[i] <= p < high[i]``, at most MAX_COUPLES of them."""
    size = np.maximum(high - low, 0)
    end = np.cumsum(size)
    if len(end) and end[-1] > MAX_COUPLES:
        size = np.minimum(size, np.maximum(MAX_COUPLES - (end - size), 0))
        end = np.cumsum(size)
    which = np.repeat(np.arange(len(size)), size)
    position = np.arange(len(which)) - np.repeat(end - size, size) + np.repeat(low, size)
    return which, position
