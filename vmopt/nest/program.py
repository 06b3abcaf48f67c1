"""The program of containers in VMs on hosts: slots that may be opened, and how many of each class run in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.ruled import with_rules_on
from vmopt.model.classes import members_of
from vmopt.nest.nested import Nested
from vmopt.rules.program import Cells


@dataclass(frozen=True, eq=False)
class Slots:
    """VMs that may be opened: as many of each flavour on each host as it could hold of that flavour alone.

    Attributes
    ----------
    flavor, host : (n_slots,) int64 arrays
    follows : (n_slots,) bool array
        Whether the slot before is of the same flavour on the same host; it is opened first.
    """

    flavor: IntArray
    host: IntArray
    follows: Any

    @classmethod
    def of(cls, nested: Nested) -> Slots:
        """Lay them out, host by host."""
        size, capacity = nested.size[None], nested.capacity[:, None]
        fits = np.where(size > 0, capacity // np.maximum(size, 1), nested.cluster.n_vms).min(axis=2)
        limits = [nested.cluster.n_vms if f.most is None else f.most for f in nested.flavors]
        number = np.minimum(np.minimum(fits, nested.cluster.n_vms), np.array(limits, dtype=np.int64))
        host, flavor = np.divmod(np.repeat(np.arange(number.size), number.ravel()), max(len(nested.flavors), 1))
        follows = np.append(False, (np.diff(host) == 0) & (np.diff(flavor) == 0))[: len(host)]
        return cls(flavor, host, follows)


@dataclass(frozen=True, eq=False)
class NestProgram:
    """Containers of class j on host h (``X``), in slot u (``x``), and whether the slot is open (``y``).

        maximise   sum_jh value[j] X[j,h],           then minimise  sum_u cost[u] y[u]
        subject to X[j,h] = sum_(u on h) x[j,u]
                   sum_h X[j,h] <= n[j]
                   sum_j d[j,k] x[j,u] <= inside[u,k] y[u]
                   x[j,u] <= min(n[j], fitting) y[u]
                   sum_(u on h) size[u,k] y[u] <= C[h,k]
                   sum_(u of f) y[u] <= most[f],     y[u+1] <= y[u] for slots alike on one host

    Rules are rows over X, as they are where containers run on hosts without VMs.

    Attributes
    ----------
    program : LinearProgram
        With the objective of the first level, in units of `worth`.
    cell_class, cell_host, x_class, x_slot : int64 arrays
        Class and host of each X, class and slot of each x.
    """

    nested: Nested
    slots: Slots
    program: LinearProgram
    cell_class: IntArray
    cell_host: IntArray
    x_class: IntArray
    x_slot: IntArray

    @property
    def first_x(self) -> int:
        """Column of the first x."""
        return len(self.cell_class)

    @property
    def first_y(self) -> int:
        """Column of the first y."""
        return self.first_x + len(self.x_class)

    def cheapest(self, units: int) -> LinearProgram:
        """Return the program of the second level: worth at least so many units, as cheap as can be."""
        program, cost = self.program, np.zeros(self.program.n_columns)
        cost[self.first_y : self.first_y + len(self.slots.host)] = self.nested.cost[self.slots.flavor]
        return replace(
            program,
            objective=-cost,
            matrix=sparse.vstack([program.matrix, sparse.csr_array(program.objective[None])], format="csr"),
            row_lower=np.append(program.row_lower, float(units)),
            row_upper=np.append(program.row_upper, np.inf),
        )

    def read(self, x: FloatArray) -> IntArray:
        """Slot of each container, -1 where it does not run."""
        count = np.rint(x[self.first_x : self.first_y]).astype(np.int64)
        classes = self.nested.cluster.vm_classes
        members, taken = members_of(classes.of, len(classes)), np.zeros(len(classes), dtype=np.int64)
        slot = np.full(self.nested.cluster.n_vms, -1, dtype=np.int64)
        for j, u, n in zip(self.x_class.tolist(), self.x_slot.tolist(), count.tolist(), strict=True):
            slot[members[j][taken[j] : taken[j] + n]] = u
            taken[j] += n
        return slot


def nest_program(nested: Nested, units: IntArray) -> NestProgram:
    """Build the program; `units` is what a container of each class is worth."""
    slots, classes = Slots.of(nested), nested.cluster.vm_classes
    member = np.unique(classes.of, return_index=True)[1]
    demand, inside = nested.demand[member], nested.inside[slots.flavor]
    copies = np.where(demand[:, None] > 0, inside[None] // np.maximum(demand[:, None], 1), nested.cluster.n_vms)
    most = np.minimum(copies.min(axis=2), classes.count[:, None])
    x_class, x_slot = np.nonzero(most)
    key = x_class * nested.cluster.n_hosts + slots.host[x_slot]
    cells, cell = np.unique(key, return_inverse=True)
    cell_class, cell_host = np.divmod(cells, max(nested.cluster.n_hosts, 1))
    upper = np.concatenate([classes.count[cell_class], most[x_class, x_slot], np.ones(len(slots.host))])
    rows = _Rows(len(upper))
    n_cells, first_y, n_x = len(cells), len(cells) + len(x_class), len(x_class)
    x, y, each = n_cells + np.arange(n_x), first_y + np.arange(len(slots.host)), np.arange(n_x)
    rows.add(cell_class, np.arange(n_cells), 1, classes.count)
    rows.add(
        np.append(np.arange(n_cells), cell),
        np.append(np.arange(n_cells), x),
        np.append(np.ones(n_cells), -np.ones(n_x)),
        np.zeros(n_cells),
        equal=True,
    )
    rows.add(
        np.append(each, each), np.append(x, y[x_slot]), np.append(np.ones(n_x), -most[x_class, x_slot]), np.zeros(n_x)
    )
    for k in range(len(nested.cluster.resources)):
        rows.add(
            np.append(x_slot, np.arange(len(y))),
            np.append(x, y),
            np.append(demand[x_class, k], -inside[:, k]),
            np.zeros(len(y)),
        )
        rows.add(slots.host, y, nested.size[slots.flavor, k], nested.capacity[:, k])
    rows.add(slots.flavor, y, 1, np.array([np.inf if f.most is None else f.most for f in nested.flavors]))
    later = np.flatnonzero(slots.follows)
    rows.add(
        np.tile(np.arange(len(later)), 2),
        np.append(y[later], y[later - 1]),
        np.repeat([1, -1], len(later)),
        np.zeros(len(later)),
    )
    program = rows.program(np.append(units[cell_class], np.zeros(len(upper) - n_cells)), upper)
    over = Cells(
        member[cell_class],
        cell_host,
        classes.count[cell_class],
        cell_class,
        classes.count,
        np.full(nested.cluster.n_vms, -1, dtype=np.int64),
        member,
    )
    program = with_rules_on(over, nested.cluster.rules_in_force, program)
    return NestProgram(nested, slots, program, cell_class, cell_host, x_class, x_slot)


class _Rows:
    """Blocks of rows with upper limits, stacked."""

    def __init__(self, n_columns: int) -> None:
        self.n_columns = n_columns
        self.blocks: list[Any] = []
        self.lower: list[FloatArray] = []
        self.upper: list[FloatArray] = []

    def add(self, row: Any, column: Any, entry: Any, upper: Any, *, equal: bool = False) -> None:
        """Add ``len(upper)`` rows."""
        entries = np.broadcast_to(np.asarray(entry, dtype=np.float64), np.shape(row))
        self.blocks.append(sparse.csr_array((entries, (row, column)), shape=(len(upper), self.n_columns)))
        self.upper.append(np.asarray(upper, dtype=np.float64))
        self.lower.append(self.upper[-1] if equal else np.full(len(upper), -np.inf))

    def program(self, objective: FloatArray, upper: FloatArray) -> LinearProgram:
        """Put them together; all columns are integers."""
        matrix, n = sparse.vstack(self.blocks, format="csr"), self.n_columns
        limits = np.concatenate(self.lower), np.concatenate(self.upper)
        whole = np.ones(n, dtype=bool)
        return LinearProgram(objective.astype(np.float64), matrix, *limits, np.zeros(n), upper.astype(float), whole)
