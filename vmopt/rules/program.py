"""The language of translations: cells of a program over placements, and rows of them with columns of their own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray

Limits = IntArray | FloatArray


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


@dataclass(eq=False)
class RuleRows:
    """Rows ``lower <= A (x, z) <= upper`` that a translation writes down, and its own integer columns z.

    Examples
    --------
    >>> rows = RuleRows(2)
    >>> z = rows.columns(np.array([1]))
    >>> rows.at_most(np.array([0, 0, 0]), np.array([0, 1, z[0]]), np.array([1, 1, -2]), np.array([0.0]))
    >>> rows.matrix().toarray().tolist(), rows.own_upper.tolist()
    ([[1, 1, -2]], [1])
    """

    n_cells: int
    own_upper: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    _entries: list[tuple[IntArray, IntArray, IntArray]] = field(default_factory=list)
    _limits: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)
    n_rows: int = 0

    def columns(self, upper: IntArray) -> IntArray:
        """Make integer columns from 0 to `upper`, and return their numbers."""
        first = self.n_cells + len(self.own_upper)
        self.own_upper = np.append(self.own_upper, upper).astype(np.int64)
        return np.arange(first, first + len(upper))

    def add(self, row: IntArray, column: IntArray, entry: IntArray, lower: Limits, upper: Limits) -> None:
        """Add ``len(upper)`` rows; `row` counts from 0 for the first of them."""
        self._entries.append((row + self.n_rows, column, entry))
        self._limits.append((np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)))
        self.n_rows += len(upper)

    def at_most(self, row: IntArray, column: IntArray, entry: IntArray, upper: Limits) -> None:
        """Add rows without a lower limit."""
        self.add(row, column, entry, np.full(len(upper), -np.inf), np.asarray(upper, dtype=np.float64))

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
