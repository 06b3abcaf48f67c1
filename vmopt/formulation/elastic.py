"""Elastic VMs in a program: how many run where, and what they get beyond their reservations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from vmopt.allocation import best_allocation
from vmopt.formulation.assignment import Assignment
from vmopt.formulation.counts import to_host_index
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.relaxation import ClassRelaxation, fitting_pairs, unit_of
from vmopt.model.classes import VMClasses
from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of an elastic program: first counts of pairs (VM class, where), then amounts beyond reservations.

    Attributes
    ----------
    vm_class, where : (n_pairs,) int arrays
        The pairs whose reservation fits; where is a host or a host class.
    pair, resource : (n_amounts,) int arrays
        What each amount belongs to.
    most : (n_amounts,) int array
        What one VM can take beyond its reservation, ``min(d, C) - r``, above 0.
    """

    vm_class: IntArray
    where: IntArray
    pair: IntArray
    resource: IntArray
    most: IntArray

    @classmethod
    def of(cls, vms: VMClasses, capacity: IntArray) -> Columns:
        """List the columns of VM classes on hosts (or host classes) of these capacities."""
        least = _reserved(vms)
        vm_class, where = fitting_pairs(least, capacity)
        most = np.minimum(vms.demand[vm_class], capacity[where]) - least[vm_class]
        pair, resource = np.nonzero(most)
        return cls(vm_class, where, pair, resource, most[pair, resource])

    @property
    def n_pairs(self) -> int:
        """Number of counts; the amounts come after them."""
        return len(self.vm_class)


def elastic_program(vms: VMClasses, capacity: IntArray, copies: IntArray, columns: Columns) -> LinearProgram:
    """Build the program over counts x and amounts y beyond reservations.

        maximise   sum_jb (value[j] - unit_value[j] . (d[j] - r[j])) x[j,b] + sum_jbk unit_value[j,k] y[j,b,k]
        subject to sum_b x[j,b] <= n[j]                                    for each VM class j
                   sum_j r[j,k] x[j,b] + y[j,b,k] <= m[b] C[b,k]           for each b and resource k
                   y[j,b,k] <= (min(d[j,k], C[b,k]) - r[j,k]) x[j,b]       for each amount
                   x integer, y integer

    What VMs of one class on one host get together can be split among them in any way, so one amount does for all.

    Parameters
    ----------
    capacity : (n_where, n_resources) array
    copies : (n_where,) array
        How many hosts each row stands for, m.
    """
    least, unit_value = _reserved(vms), _unit_value(vms)
    n_pairs, n_amounts, n_resources = columns.n_pairs, len(columns.pair), capacity.shape[1]
    pairs, amounts = np.arange(n_pairs), n_pairs + np.arange(n_amounts)
    supply = _rows(np.ones(n_pairs), columns.vm_class, pairs, (len(vms), n_pairs + n_amounts))
    row = columns.where[:, None] * n_resources + np.arange(n_resources)
    entry = np.concatenate([least[columns.vm_class].ravel(), np.ones(n_amounts, dtype=np.int64)])
    at = np.concatenate([row.ravel(), row[columns.pair, columns.resource]])
    column = np.concatenate([np.repeat(pairs, n_resources), amounts])
    room = _rows(entry[entry > 0], at[entry > 0], column[entry > 0], (capacity.size, n_pairs + n_amounts))
    each = np.arange(n_amounts)
    taken = _rows(np.ones(n_amounts), each, amounts, (n_amounts, n_pairs + n_amounts))
    allowed = _rows(columns.most, each, columns.pair, (n_amounts, n_pairs + n_amounts))
    base = vms.value - (unit_value * (vms.demand - least)).sum(axis=1)
    worth = unit_value[columns.vm_class[columns.pair], columns.resource]
    upper = _most_that_fit(vms, capacity, copies, columns)
    return LinearProgram.with_upper_rows(
        np.concatenate([base[columns.vm_class], worth]),
        sparse.vstack([supply, room, taken - allowed], format="csr"),
        np.concatenate([vms.count, (copies[:, None] * capacity).ravel(), np.zeros(n_amounts)]),
        upper=np.concatenate([upper, columns.most * upper[columns.pair]]),
        integer=True,
    )


@dataclass(frozen=True, eq=False)
class ElasticAssignment(Assignment):
    """The assignment formulation with allocations: `elastic_program` over VM classes and hosts.

    Once the counts are integers, the best amounts are whole units by themselves (each host and resource is a knapsack
    with one row), so that a backend with continuous columns need not branch on them.
    """

    columns: Columns

    def host_index(self, x: FloatArray) -> IntArray:
        """Placement of a point; what its VMs get follows from it, see `best_allocation`."""
        count = np.rint(x[: self.columns.n_pairs]).astype(np.int64)
        return to_host_index(self.instance, self.vm_class, self.host, count)

    def point(self, host_index: IntArray) -> FloatArray:
        """Point of a placement, with its best allocation."""
        placed = np.flatnonzero(host_index >= 0)
        n_hosts, columns = self.instance.n_hosts, self.columns
        key = self.instance.vm_classes.of[placed] * n_hosts + host_index[placed]
        pair = np.searchsorted(columns.vm_class * n_hosts + columns.where, key)
        beyond = (best_allocation(self.instance, host_index) - self.instance.reserved)[placed]
        together = np.zeros((columns.n_pairs, beyond.shape[1]), dtype=np.int64)
        np.add.at(together, pair, beyond)
        count = np.bincount(pair, minlength=columns.n_pairs)
        return np.concatenate([count, together[columns.pair, columns.resource]]).astype(np.float64)


def elastic_assignment(instance: Instance, *, whole_amounts: bool = True) -> ElasticAssignment:
    """Build the assignment formulation of an elastic instance; the objective is divided by the largest value.

    Parameters
    ----------
    whole_amounts : bool
        Whether amounts are integer columns, for backends that know no others.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[6]], [[8]], value=[6], reservation=[[4]])
    >>> model = elastic_assignment(cluster)
    >>> model.program.matrix.toarray().tolist(), model.point(np.array([0])).tolist()
    ([[1.0, 0.0], [4.0, 1.0], [-2.0, 1.0]], [1.0, 2.0])
    """
    vms = instance.vm_classes
    columns = Columns.of(vms, instance.capacity)
    program = elastic_program(vms, instance.capacity, np.ones(instance.n_hosts, dtype=np.int64), columns)
    unit = unit_of(vms.value[columns.vm_class])
    integer = np.append(np.ones(columns.n_pairs, dtype=bool), np.full(len(columns.pair), whole_amounts))
    scaled = LinearProgram(
        program.objective / unit,
        program.matrix,
        program.row_lower,
        program.row_upper,
        program.lower,
        program.upper,
        integer,
    )
    return ElasticAssignment(instance, scaled, unit, columns.vm_class, columns.where, columns)


def elastic_relaxation(instance: Instance) -> ClassRelaxation:
    """Build the class relaxation of an elastic instance, in parts of each host's capacity to keep numbers near 1.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[6]], [[8]], value=[6], reservation=[[4]])
    >>> elastic_relaxation(cluster).program.matrix.toarray().tolist()
    [[1.0, 0.0], [0.5, 1.0], [-0.25, 1.0]]
    """
    vms, hosts = instance.vm_classes, instance.host_classes
    columns = Columns.of(vms, hosts.capacity)
    program = elastic_program(vms, hosts.capacity, hosts.count, columns)
    unit = unit_of(vms.value[columns.vm_class])
    part = np.maximum(hosts.capacity, 1).astype(np.float64)
    amount = part[columns.where[columns.pair], columns.resource]
    row = np.concatenate([np.ones(len(vms)), part.ravel(), amount])
    column = np.concatenate([np.ones(columns.n_pairs), amount])
    scaled = LinearProgram.with_upper_rows(
        program.objective * column / unit,
        sparse.diags_array(1 / row) @ program.matrix @ sparse.diags_array(column),
        program.row_upper / row,
        upper=program.upper / column,
    )
    return ClassRelaxation(instance, scaled, unit, columns.vm_class, columns.where)


def _most_that_fit(vms: VMClasses, capacity: IntArray, copies: IntArray, columns: Columns) -> IntArray:
    """How many VMs of the class fit by their reservations, for each pair."""
    upper = vms.count[columns.vm_class]
    for k in range(capacity.shape[1]):
        least = _reserved(vms)[columns.vm_class, k]
        room = copies[columns.where] * capacity[columns.where, k] // np.maximum(least, 1)
        upper = np.where(least > 0, np.minimum(upper, room), upper)
    return upper


def _rows(entry: Any, row: Any, column: Any, shape: tuple[int, int]) -> Any:
    return sparse.csr_array((np.asarray(entry, dtype=np.float64), (row, column)), shape=shape)


def _reserved(vms: VMClasses) -> IntArray:
    return vms.demand if vms.reservation is None else vms.reservation


def _unit_value(vms: VMClasses) -> FloatArray:
    return np.zeros(vms.demand.shape) if vms.unit_value is None else vms.unit_value
