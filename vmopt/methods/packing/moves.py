"""Moves between the two hosts of many pairs at once, and the couples of moves that fit.

A *move* between hosts a and b sends one VM from a to b, or one from b to a, or swaps two. All moves of a pair are
enumerated once; two of them together fit exactly when their joint shift of demand from a to b lies in a box. Sorting
the moves by one resource turns the search for such a couple into binary searches: half a million couples in a few
milliseconds. Where VMs are all different this finds fits that a general solver needs a hundred times longer for.

Pairs share no host, so all of them take one pass: where hosts hold few VMs, that is what the time goes into.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.methods.packing.parameters import DEFAULT, ExchangeParameters

NOBODY = -1
APART = 4.0
"""How far keys of different pairs lie apart: two shifts add up to 2 at most, either way."""
ROUNDING = 1e-9
"""What is looked beyond a limit, in keys, so that rounding leaves none out; shifts are compared exactly afterwards."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of hosts, no host twice, and what they run: one row for each host and VM class on it.

    Attributes
    ----------
    hosts : (n_pairs, 2) int64 array
    first : (2 n_pairs + 1,) int64 array
        Where the rows of each host begin, host a and b of the first pair, then of the second, ...
    vm_class, count : (n_rows,) int64 arrays
    demand : (n_rows + 1, n_resources) int64 array
        Of one VM; the last row asks for nothing and stands for NOBODY.
    """

    hosts: IntArray
    first: IntArray
    vm_class: IntArray
    count: IntArray
    demand: IntArray

    @classmethod
    def of(cls, occupancy: Occupancy, hosts: IntArray) -> Pairs:
        """Gather what of that which these hosts run may change hosts."""
        on = [rows[occupancy.mobile[rows[:, 0]]] for rows in (occupancy.on[h] for h in hosts.ravel().tolist())]
        rows = np.concatenate(on)
        demand = np.zeros((len(rows) + 1, occupancy.free.shape[1]), dtype=np.int64)
        demand[:-1] = occupancy.vms.demand[rows[:, 0]]
        return cls(hosts, np.cumsum([0, *map(len, on)]), rows[:, 0], rows[:, 1], demand)

    def __len__(self) -> int:
        return len(self.hosts)

    @property
    def size(self) -> IntArray:
        """Number of rows of hosts a and b, ``(n_pairs, 2)``."""
        return np.diff(self.first).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class Couples:
    """Two moves that fit a box together."""

    box: IntArray
    one: IntArray
    two: IntArray

    def chosen(self, index: IntArray | BoolArray) -> Couples:
        """Some of them."""
        return Couples(self.box[index], self.one[index], self.two[index])


@dataclass(frozen=True, eq=False)
class Boxes:
    """Shifts of demand that are allowed, ``least <= shift <= most``.

    Attributes
    ----------
    pair : (n,) int64 array
    least, most : (n, n_resources) int64 arrays
    out : (n,) int64 array
        Row that may not move because the box reckons with its leaving; NOBODY for none.
    """

    pair: IntArray
    least: IntArray
    most: IntArray
    out: IntArray

    def chosen(self, index: IntArray | BoolArray) -> Boxes:
        """Some of them."""
        return Boxes(self.pair[index], self.least[index], self.most[index], self.out[index])


class Moves:
    """All moves (or `most_moves` of each pair), sorted by pair and then by their shift in the scarcest resource.

    Attributes
    ----------
    shift : (n_moves, n_resources) int64 array
        Demand that leaves host a for host b.
    from_a, from_b : (n_moves,) int64 arrays
        Row of the class that goes, NOBODY where none does.

    Examples
    --------
    >>> from vmopt.problem import Problem
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> occupancy = Occupancy(compile(Instance.from_arrays([[5], [3]], [[8], [8]])), np.array([0, 1]))
    >>> moves = Moves(Pairs.of(occupancy, np.array([[0, 1]])), np.ones(1), np.random.default_rng(0))
    >>> moves.shift.ravel().tolist()
    [-3, 0, 2, 5]
    """

    def __init__(
        self,
        pairs: Pairs,
        weight: FloatArray,
        rng: np.random.Generator,
        parameters: ExchangeParameters = DEFAULT.exchange,
    ) -> None:
        self._most_couples = parameters.most_couples
        pair, from_a, from_b = _all_moves(pairs, rng, parameters.most_moves)
        shift = pairs.demand[from_a] - pairs.demand[from_b]
        self.lead = int(np.argmax(weight * np.abs(shift).mean(axis=0))) if shift.size else 0
        self._unit = 1.0 / max(int(np.abs(shift[:, self.lead]).max(initial=0)), 1)
        key = APART * pair + self._unit * shift[:, self.lead]
        order = np.argsort(key, kind="stable")
        self.shift, self.from_a, self.from_b, self._key = shift[order], from_a[order], from_b[order], key[order]
        self._count = np.bincount(pair, minlength=len(pairs))
        self._begin = np.cumsum(self._count) - self._count

    def couples(self, boxes: Boxes) -> Couples:
        """Couples of moves that fit a box, in the order of the boxes."""
        box, one = ranges(self._begin[boxes.pair], self._count[boxes.pair])
        low = np.searchsorted(self._key, self._sought(boxes.least, boxes.pair, box, one, -ROUNDING), "left")
        high = np.searchsorted(self._key, self._sought(boxes.most, boxes.pair, box, one, ROUNDING), "right")
        low = np.maximum(low, one)  # each couple once
        found, two = ranges(low, _limited(np.maximum(high - low, 0), box, len(boxes.pair), self._most_couples))
        couples = Couples(box[found], one[found], two)
        for k in range(self.shift.shape[1]):
            shift = self.shift[couples.one, k] + self.shift[couples.two, k]
            inside = (boxes.least[couples.box, k] <= shift) & (shift <= boxes.most[couples.box, k])
            couples = couples.chosen(inside)
        out = boxes.out[couples.box]
        return couples.chosen(_apart(self.from_a, couples, out) & _apart(self.from_b, couples, out))

    def _sought(self, limit: IntArray, pair: IntArray, box: IntArray, one: IntArray, margin: float) -> FloatArray:
        """Key of the second move with which the first just reaches a limit; a little on the safe side."""
        alone = self._unit * (limit[box, self.lead] - self.shift[one, self.lead])
        return np.asarray(APART * pair[box] + np.clip(alone, -1.5, 1.5) + margin)


def ranges(begin: IntArray, size: IntArray) -> tuple[IntArray, IntArray]:
    """Every (i, p) with ``begin[i] <= p < begin[i] + size[i]``.

    Examples
    --------
    >>> [column.tolist() for column in ranges(np.array([5, 7, 0]), np.array([2, 0, 1]))]
    [[0, 0, 2], [5, 6, 0]]
    """
    which = np.repeat(np.arange(len(size)), size)
    return which, np.arange(len(which)) + (begin - np.cumsum(size) + size)[which]


def hosts_of_rows(pairs: Pairs) -> IntArray:
    """Position of the host of each row in ``pairs.hosts.ravel()``."""
    return np.repeat(np.arange(2 * len(pairs)), np.diff(pairs.first))


def _all_moves(pairs: Pairs, rng: np.random.Generator, most: int) -> tuple[IntArray, IntArray, IntArray]:
    """Pair, row from a and row from b of every move; the first of a pair moves nobody and stays in any choice."""
    n_a, n_b = pairs.size.T
    pair, within = ranges(np.zeros(len(pairs), dtype=np.int64), (n_a + 1) * (n_b + 1))
    many = np.flatnonzero((n_a + 1) * (n_b + 1) > most)
    if len(many):
        keep = ~np.isin(pair, many)
        for p in many.tolist():
            mine = np.flatnonzero(pair == p)
            keep[mine[0]] = True
            keep[rng.choice(mine[1:], most - 1, replace=False)] = True
        pair, within = pair[keep], within[keep]
    i, j = np.divmod(within, (n_b + 1)[pair])
    from_a = np.where(i > 0, pairs.first[2 * pair] + i - 1, NOBODY)
    from_b = np.where(j > 0, pairs.first[2 * pair + 1] + j - 1, NOBODY)
    return pair, from_a, from_b


def _limited(size: IntArray, box: IntArray, n_boxes: int, most: int) -> IntArray:
    """Lower the numbers of couples so far that no box has more than `most`."""
    before = np.cumsum(size) - size
    start = before[np.searchsorted(box, np.arange(n_boxes))] if len(box) else before
    return np.asarray(np.minimum(size, np.maximum(most - (before - start[box]), 0)))


def _apart(rows: IntArray, couples: Couples, out: IntArray) -> BoolArray:
    """Whether neither move takes the row that leaves, nor both the same row."""
    one, two = rows[couples.one], rows[couples.two]
    return np.asarray(((one != two) | (one == NOBODY)) & ((out == NOBODY) | ((one != out) & (two != out))))
