"""The program of containers in VMs on hosts: slots that may be opened, and how many of each class run in them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.ruled import with_rules_on
from vmopt.nesting.free import Answer, Free
from vmopt.nesting.nested import Nested
from vmopt.nesting.rows import Rows
from vmopt.nesting.slots import Slots
from vmopt.rules.program import Cells


@dataclass(frozen=True, eq=False)
class NestColumns:
    """Containers of class j on host h (``X``), in slot u (``x``), and whether the slot is open (``y``).

        maximise   sum_jh value[j] X[j,h],           then minimise  sum_u cost[u] y[u]
        subject to X[j,h] = sum_(u on h) x[j,u]
                   sum_h X[j,h] <= n[j]
                   sum_j d[j,k] x[j,u] <= inside[u,k] y[u]
                   x[j,u] <= min(n[j], fitting) y[u]
                   sum_(u on h) size[u,k] y[u] <= C[h,k]
                   sum_(u of f) y[u] <= most[f],     y[u+1] <= y[u] for slots alike on one host

    Rules are rows over X, as they are where containers run on hosts without VMs. Where not all is free, n, h, and most
    are what is left beside the rest.

    Attributes
    ----------
    supply : (n_classes,) int64 array
        Free containers of each class.
    cell_class, cell_host, x_class, x_slot, x_cell : int64 arrays
        Class and host of each X; class, slot, and X of each x.
    x_most : (n_x,) int64 array
        Most of each x.
    """

    nested: Nested
    free: Free
    slots: Slots
    supply: IntArray
    cell_class: IntArray
    cell_host: IntArray
    x_class: IntArray
    x_slot: IntArray
    x_cell: IntArray
    x_most: IntArray

    @classmethod
    def of(cls, nested: Nested, free: Free) -> NestColumns:
        """Lay out the columns, one for each class that fits in a slot."""
        slots, supply = Slots.of(nested, free), free.supply(nested)
        member, n = _members(nested), len(free.containers)
        demand, inside = nested.demand[member], nested.inside[slots.flavor]
        copies = np.where(demand[:, None] > 0, inside[None] // np.maximum(demand[:, None], 1), n)
        most = np.minimum(copies.min(axis=2, initial=n), supply[:, None])
        x_class, x_slot = np.nonzero(most)
        key = x_class * nested.cluster.n_hosts + slots.host[x_slot]
        cells, x_cell = np.unique(key, return_inverse=True)
        cell_class, cell_host = np.divmod(cells, max(nested.cluster.n_hosts, 1))
        return cls(nested, free, slots, supply, cell_class, cell_host, x_class, x_slot, x_cell, most[x_class, x_slot])

    @property
    def first_x(self) -> int:
        """Column of the first x."""
        return len(self.cell_class)

    @property
    def first_y(self) -> int:
        """Column of the first y."""
        return self.first_x + len(self.x_class)

    @property
    def upper(self) -> IntArray:
        """Most of each column."""
        return np.concatenate(
            [self.supply[self.cell_class], self.x_most, np.ones(len(self.slots.host), dtype=np.int64)]
        )

    def point(self, n_columns: int, answer: Answer) -> FloatArray:
        """Values of the columns for an answer, to start from; columns that rules add are 0."""
        x, (vms, vm_of) = np.zeros(n_columns), answer
        here = [vm for vm, (_, host) in enumerate(vms) if np.isin(host, self.free.hosts)]
        slot = np.full(len(vms) + 1, -1, dtype=np.int64)
        slot[here] = self.slots.of_vms([vms[vm] for vm in here], self.nested.cluster.n_hosts)
        x[self.first_y + slot[here]] = 1.0
        u, runs = len(self.slots.host), self.free.containers[slot[vm_of[self.free.containers]] >= 0]
        key, count = np.unique(self.nested.cluster.vm_classes.of[runs] * u + slot[vm_of[runs]], return_counts=True)
        column = np.searchsorted(self.x_class * u + self.x_slot, key)
        x[self.first_x + column] = count
        np.add.at(x, self.x_cell[column], count)
        return x

    def answer(self, x: FloatArray) -> Answer:
        """VMs that run something, by flavour and host, and the VM of each container: of what is free."""
        count = np.rint(x[self.first_x : self.first_y]).astype(np.int64)
        slot, taken = np.full(self.nested.cluster.n_vms, -1, dtype=np.int64), np.zeros_like(self.supply)
        order = np.argsort(self.nested.cluster.vm_classes.of[self.free.containers], kind="stable")
        members = np.split(self.free.containers[order], np.cumsum(self.supply)[:-1])
        some = np.flatnonzero(count)
        for j, u, n in zip(self.x_class[some].tolist(), self.x_slot[some].tolist(), count[some].tolist(), strict=True):
            slot[members[j][taken[j] : taken[j] + n]] = u
            taken[j] += n
        used = np.unique(slot[slot >= 0])
        vms = zip(self.slots.flavor[used].tolist(), self.slots.host[used].tolist(), strict=True)
        return tuple(vms), np.where(slot >= 0, np.searchsorted(used, slot), -1)


@dataclass(frozen=True, eq=False)
class NestProgram:
    """The program, with the objective of the first level in units of `worth`, and what its columns mean."""

    columns: NestColumns
    program: LinearProgram

    def cheapest(self, units: int) -> LinearProgram:
        """Return the program of the second level: worth at least so many units, as cheap as can be."""
        program, cost, columns = self.program, np.zeros(self.program.n_columns), self.columns
        slots = columns.slots
        cost[columns.first_y : columns.first_y + len(slots.host)] = columns.nested.cost[slots.flavor]
        return replace(
            program,
            objective=-cost,
            matrix=sparse.vstack([program.matrix, sparse.csr_array(program.objective[None])], format="csr"),
            row_lower=np.append(program.row_lower, float(units)),
            row_upper=np.append(program.row_upper, np.inf),
        )


def nest_program(nested: Nested, units: IntArray, free: Free) -> NestProgram:
    """Build the program; `units` is what a container of each class is worth."""
    columns = NestColumns.of(nested, free)
    rows = Rows(len(columns.upper))
    _containers(rows, columns)
    _vms(rows, columns)
    objective = np.append(units[columns.cell_class].astype(np.float64), np.zeros(len(columns.upper) - columns.first_x))
    program = rows.program(objective, columns.upper)
    return NestProgram(columns, with_rules_on(_cells(columns), nested.cluster.rules_in_force, program))


def _containers(rows: Rows, columns: NestColumns) -> None:
    """No more of a class than there are, those on a host are those in its slots, and only open slots run any."""
    n_cells, n_x = columns.first_x, len(columns.x_class)
    cell, each, x = np.arange(n_cells), np.arange(n_x), columns.first_x + np.arange(n_x)
    rows.add(columns.cell_class, cell, 1, columns.supply)
    sums = np.append(cell, columns.x_cell), np.append(cell, x), np.append(np.ones(n_cells), -np.ones(n_x))
    rows.add(*sums, np.zeros(n_cells), equal=True)
    opened = np.append(x, columns.first_y + columns.x_slot), np.append(np.ones(n_x), -columns.x_most)
    rows.add(np.append(each, each), *opened, np.zeros(n_x))


def _vms(rows: Rows, columns: NestColumns) -> None:
    """Containers fit in their slot, open slots on their host, and there are only so many of each flavour."""
    nested, slots, x_slot = columns.nested, columns.slots, columns.x_slot
    x, y = (first + np.arange(n) for first, n in ((columns.first_x, len(x_slot)), (columns.first_y, len(slots.host))))
    demand, slot = nested.demand[_members(nested)][columns.x_class], np.arange(len(y))
    row = np.searchsorted(columns.free.hosts, slots.host)
    for k in range(len(nested.cluster.resources)):
        held = np.append(demand[:, k], -nested.inside[slots.flavor, k])
        rows.add(np.append(x_slot, slot), np.append(x, y), held, np.zeros(len(y)))
        rows.add(row, y, nested.size[slots.flavor, k], nested.capacity[columns.free.hosts, k])
    rows.add(slots.flavor, y, 1, columns.free.left)
    later = np.flatnonzero(slots.follows)
    pairs = np.tile(np.arange(len(later)), 2), np.append(y[later], y[later - 1]), np.repeat([1, -1], len(later))
    rows.add(*pairs, np.zeros(len(later)))


def _cells(columns: NestColumns) -> Cells:
    member, supply = _members(columns.nested), columns.supply
    klass = columns.cell_class
    return Cells(member[klass], columns.cell_host, supply[klass], klass, supply, columns.free.outside, member)


def _members(nested: Nested) -> IntArray:
    """A container of each class."""
    return nested.cluster.vm_classes.first
