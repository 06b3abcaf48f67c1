"""The language of translations: cells of a program over placements, and rows of them with columns of their own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray

Limits = IntArray | FloatArray
DIGIT = 2**10
"""What a slack is counted in, by one column: those beyond count this many each, and so on."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Columns ``x`` of a program: how many VMs of a class are put on a host, while other placed VMs stay.

    Attributes
    ----------
    vm : (n_cells,) int64 array
        A VM of the class: all of a class are alike to every rule.
    host : (n_cells,) int64 array
    upper : (n_cells,) int64 array
        The most that a column can be.
    vm_class : (n_cells,) int64 array
    supply : (n_vm_classes,) int64 array
        How many VMs of each class there are to be put.
    outside : (n_vms,) int64 array
        Hosts of the VMs that stay, -1 for all others. They are where they may be: a translation does not look for VMs
        outside that are on hosts, or in domains, where no other VM could make up for it.
    member : (n_vm_classes,) int64 array
        A VM of each class, also of those that have no cell.
    """

    vm: IntArray
    host: IntArray
    upper: IntArray
    vm_class: IntArray
    supply: IntArray
    outside: IntArray
    member: IntArray

    def __len__(self) -> int:
        return len(self.vm)


@dataclass(frozen=True, eq=False)
class Slack:
    """By how much rows may be exceeded: what a unit of that costs, and the most that can be of use in each row."""

    cost: float
    most: IntArray

    @classmethod
    def of(cls, cost: float | None, most: IntArray) -> Slack | None:
        """Make a slack where there is a cost; None where rows are hard."""
        return None if cost is None else cls(cost, np.maximum(most, 0))


@dataclass(eq=False)
class RuleRows:
    """Rows ``lower <= A (x, z) <= upper`` that a translation writes down, and its own integer columns z.

    Of a soft rule a row may be exceeded, by a column of its own that costs something: what a point costs is what the
    placement breaks, times the penalty, but for a constant.

    Examples
    --------
    >>> rows = RuleRows(2)
    >>> z = rows.columns(np.array([1]))
    >>> rows.at_most(np.array([0, 0, 0]), np.array([0, 1, z[0]]), np.array([1, 1, -2]), np.array([0.0]))
    >>> rows.matrix().toarray().tolist(), rows.own_upper.tolist()
    ([[1, 1, -2]], [1])
    >>> soft = RuleRows(2)
    >>> soft.at_most(np.array([0, 0]), np.array([0, 1]), np.array([1, 1]), np.array([1.0]), Slack(5.0, np.array([3])))
    >>> soft.matrix().toarray().tolist(), soft.own_upper.tolist(), soft.cost.tolist()
    ([[1, 1, -1]], [3], [0.0, 0.0, 5.0])
    """

    n_cells: int
    own_upper: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    _own_cost: FloatArray = field(default_factory=lambda: np.zeros(0))
    _charges: list[tuple[IntArray, float]] = field(default_factory=list)
    _entries: list[tuple[IntArray, IntArray, IntArray]] = field(default_factory=list)
    _limits: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)
    n_rows: int = 0

    def columns(self, upper: IntArray, cost: float | None = None) -> IntArray:
        """Make integer columns from 0 to `upper`, each of which costs so much per unit, and return their numbers."""
        first = self.n_cells + len(self.own_upper)
        self.own_upper = np.append(self.own_upper, upper).astype(np.int64)
        self._own_cost = np.append(self._own_cost, np.full(len(upper), cost or 0.0))
        return np.arange(first, first + len(upper))

    def add(self, row: IntArray, column: IntArray, entry: IntArray, lower: Limits, upper: Limits) -> None:
        """Add ``len(upper)`` rows; `row` counts from 0 for the first of them."""
        self._entries.append((row + self.n_rows, column, entry))
        self._limits.append((np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)))
        self.n_rows += len(upper)

    def at_most(
        self, row: IntArray, column: IntArray, entry: IntArray, upper: Limits, slack: Slack | None = None
    ) -> None:
        """Add rows without a lower limit; with a slack they may be exceeded."""
        row, column, entry = self._slackened(row, column, entry, -1, slack)
        self.add(row, column, entry, np.full(len(upper), -np.inf), np.asarray(upper, dtype=np.float64))

    def at_least(
        self, row: IntArray, column: IntArray, entry: IntArray, lower: Limits, slack: Slack | None = None
    ) -> None:
        """Add rows without an upper limit; with a slack they may be missed."""
        row, column, entry = self._slackened(row, column, entry, 1, slack)
        self.add(row, column, entry, np.asarray(lower, dtype=np.float64), np.full(len(lower), np.inf))

    def _slackened(
        self, row: IntArray, column: IntArray, entry: IntArray, sign: int, slack: Slack | None
    ) -> tuple[IntArray, IntArray, IntArray]:
        """Add the columns of a slack to rows, a digit each, so that none of them is long."""
        if slack is None:
            return row, column, entry
        most, worth = slack.most, 1
        while most.any():
            some = np.flatnonzero(most)
            own = self.columns(np.minimum(most[some], DIGIT - 1), slack.cost * worth)
            row, column = np.concatenate([row, some]), np.concatenate([column, own])
            entry = np.concatenate([entry, np.full(len(some), sign * worth)])
            most, worth = most // DIGIT, worth * DIGIT
        return row, column, entry

    def forbid(self, cell: IntArray, cost: float | None = None) -> None:
        """Keep cells at 0, or where that has a cost, have each VM in them cost that."""
        if cost is not None:
            self._charges.append((cell, cost))
        elif cell.size:
            n = len(cell)
            self.at_most(np.arange(n), cell, np.ones(n, dtype=np.int64), np.zeros(n))

    @property
    def cost(self) -> FloatArray:
        """What a unit of each column costs, ``(n_cells + n_own,)``."""
        cost = np.append(np.zeros(self.n_cells), self._own_cost)
        for cell, each in self._charges:
            np.add.at(cost, cell, each)
        return cost

    def matrix(self) -> sparse.csr_array:
        """Return the rows, with columns for the cells and then for what is their own; entries of a place add up."""
        shape = (self.n_rows, self.n_cells + len(self.own_upper))
        if not self._entries:
            return sparse.csr_array(shape, dtype=np.int64)
        row, column, entry = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        made = sparse.csr_array((entry.astype(np.int64), (row, column)), shape=shape)
        made.eliminate_zeros()
        return made

    def limits(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper limits of the rows."""
        if not self._limits:
            return np.zeros(0), np.zeros(0)
        lower, upper = (np.concatenate(part) for part in zip(*self._limits, strict=True))
        return lower, upper


@dataclass(frozen=True, eq=False)
class Sums:
    """Cells by group and domain, and what stands outside of them: ``n(g,d) = outside + sum of the cells``.

    Attributes
    ----------
    group, domain : (n,) int64 arrays
        The pairs that have a cell, or a VM outside, ordered.
    cell, pair : (n_entries,) int64 arrays
        Which cells belong to which pair.
    outside : (n,) int64 array
    most : (n,) int64 array
        What the cells of each pair can add up to.
    """

    group: IntArray
    domain: IntArray
    cell: IntArray
    pair: IntArray
    outside: IntArray
    most: IntArray

    def __len__(self) -> int:
        return len(self.group)

    @property
    def ones(self) -> IntArray:
        """Entries of 1 for the cells."""
        return np.ones(len(self.cell), dtype=np.int64)

    def in_play(self) -> Sums:
        """Return the sums of groups that have a cell: nothing is decided about the others."""
        kept = np.isin(self.group, self.group[self.pair])
        number = np.cumsum(kept) - 1
        parts = (self.outside[kept], self.most[kept])
        return Sums(self.group[kept], self.domain[kept], self.cell, number[self.pair], *parts)

    def outside_by_group(self, n_groups: int) -> IntArray:
        """VMs of each group outside, in any domain."""
        return np.bincount(self.group, self.outside, n_groups).astype(np.int64)


def sums(cells: Cells, group: IntArray, domain: IntArray, n_domains: int) -> Sums:
    """Sort cells by the group of their VMs and the domain of their hosts; both -1 for none.

    Parameters
    ----------
    group : (n_vms,) int64 array
    domain : (n_hosts,) int64 array
    """
    n_domains = max(n_domains, 1)
    g, d = group[cells.vm], domain[cells.host]
    inside = np.flatnonzero((g >= 0) & (d >= 0))
    stays = np.flatnonzero((cells.outside >= 0) & (group >= 0))
    stays = stays[domain[cells.outside[stays]] >= 0]
    held = group[stays] * n_domains + domain[cells.outside[stays]]
    key = g[inside] * n_domains + d[inside]
    pairs = np.unique(np.concatenate([key, held]))
    pair = np.searchsorted(pairs, key)
    outside = np.bincount(np.searchsorted(pairs, held), minlength=len(pairs)).astype(np.int64)
    supply = _supply(cells, group)
    most = np.bincount(pair, cells.upper[inside], minlength=len(pairs)).astype(np.int64)
    return Sums(
        pairs // n_domains, pairs % n_domains, inside, pair, outside, np.minimum(most, supply[pairs // n_domains])
    )


def _supply(cells: Cells, group: IntArray) -> IntArray:
    """VMs of each group that there are to be put."""
    of = group[cells.member]
    return np.bincount(of[of >= 0], cells.supply[of >= 0], int(group.max(initial=-1)) + 1).astype(np.int64)
