"""The assignment formulation: how many VMs of each class run on each host, in integers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vmopt.formulation.counts import to_counts, to_host_index
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.relaxation import fitting_pairs, unit_of
from vmopt.formulation.symmetry import in_order, needed_pairs
from vmopt.model.classes import VMClasses, each_vm
from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray, IntArray

LARGEST_OBJECTIVE = 2**50
"""Whole numbers up to this are sums that doubles hold with room to spare."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """The integer program over VM classes j and hosts h, with the pairs that fit as columns.

        maximise   sum_jh value[j] x[j,h]
        subject to sum_h x[j,h] <= n[j]                 for each VM class j
                   sum_j d[j,k] x[j,h] <= C[h,k]        for each host h and resource k
                   0 <= x[j,h] <= min(n[j], min_k C[h,k] // d[j,k]),  integer

    Attributes
    ----------
    vms : VMClasses
        The classes j; every VM by itself in the plain formulation.
    program : LinearProgram
        Supply rows first, then capacity rows divided by their greatest common divisor; rows that cannot bind are left
        out. The objective is in whole numbers of `unit` where these are not too large, else divided by the largest.
    unit : float
        Value of one unit of the program's objective.
    vm_class, host : (n_columns,) int arrays
        The pair each column stands for.
    row_host, row_resource, row_unit : (n_capacity_rows,) int64 arrays
        Host and resource of each capacity row, and the divisor it was divided by.
    ordered : bool
        Whether identical hosts are named in the order of their first VM: see `symmetry`.
    """

    instance: Instance
    vms: VMClasses
    program: LinearProgram
    unit: float
    vm_class: IntArray
    host: IntArray
    row_host: IntArray
    row_resource: IntArray
    row_unit: IntArray
    ordered: bool

    def host_index(self, x: FloatArray) -> IntArray:
        """Placement of a point: host of each VM, -1 where it runs nowhere. Counts are rounded to integers."""
        count = np.rint(x).astype(np.int64)
        return to_host_index(self.vms, self.vm_class, self.host, count)

    def point(self, host_index: IntArray) -> FloatArray:
        """Point of a placement: the number of VMs for each column."""
        n_hosts = self.instance.n_hosts
        counts = to_counts(self.vms, in_order(self.instance, host_index) if self.ordered else host_index)
        position = np.searchsorted(self.vm_class * n_hosts + self.host, counts.vm_class * n_hosts + counts.host)
        x = np.zeros(self.program.n_columns)
        x[position] = counts.number
        return x


def assignment_size(instance: Instance) -> int:
    """Most columns that the assignment formulation can have: VM classes times hosts."""
    return len(instance.vm_classes) * instance.n_hosts


def assignment(instance: Instance, *, plain: bool = False) -> Assignment:
    """Build the assignment formulation of an instance.

    Parameters
    ----------
    instance : Instance
    plain : bool
        The formulation as a textbook has it: no VMs merged, identical hosts in any order.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4]] * 3 + [[6]], [[8], [8]], value=[4, 4, 4, 6])
    >>> assignment(cluster).program.matrix.toarray().tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0], [3.0, 2.0, 0.0]]
    """
    vms = each_vm(instance.demand, instance.value) if plain else instance.vm_classes
    vm_class, host = fitting_pairs(vms.demand, instance.capacity)
    if not plain:
        needed = needed_pairs(instance, vm_class, host)
        vm_class, host = vm_class[needed], host[needed]
    upper = _most_that_fit(vms, instance.capacity, vm_class, host)
    supply = sparse.coo_array((np.ones(len(host)), (vm_class, np.arange(len(host)))), shape=(len(vms), len(host)))
    capacity_rows, of_rows = _capacity_rows(instance, vms.demand[vm_class], host, upper)
    objective, unit = _objective(instance, vms, vm_class)
    program = LinearProgram.with_upper_rows(
        objective,
        sparse.vstack([supply, capacity_rows], format="csr"),
        np.concatenate([vms.count, instance.capacity[of_rows[0], of_rows[1]] // of_rows[2]]),
        upper=upper,
        integer=True,
    )
    return Assignment(instance, vms, program, unit, vm_class, host, of_rows[0], of_rows[1], of_rows[2], not plain)


def units_of(instance: Instance, vms: VMClasses) -> list[int] | None:
    """Units of worth of each of these classes, merged or not; None where worth is not known exactly."""
    if instance.worth is None:
        return None
    number = instance.worth.number
    return list(number) if vms is instance.vm_classes else [number[j] for j in instance.vm_classes.of.tolist()]


def _objective(instance: Instance, vms: VMClasses, vm_class: IntArray) -> tuple[FloatArray, float]:
    """Objective of each column, whole numbers where they are not too large, and the value of one unit of it."""
    units = units_of(instance, vms)
    if units is None or instance.worth is None or instance.worth.total >= LARGEST_OBJECTIVE:
        unit = unit_of(vms.value[vm_class])
        return vms.value[vm_class] / unit, unit
    return np.array(units, dtype=np.float64)[vm_class], float(instance.worth.unit)


def _most_that_fit(vms: VMClasses, capacity: IntArray, vm_class: IntArray, host: IntArray) -> IntArray:
    upper = vms.count[vm_class]
    for k in range(capacity.shape[1]):
        demand = vms.demand[vm_class, k]
        room = capacity[host, k] // np.maximum(demand, 1)
        upper = np.where(demand > 0, np.minimum(upper, room), upper)
    return upper


def _capacity_rows(
    instance: Instance, demand: IntArray, host: IntArray, upper: IntArray
) -> tuple[sparse.csr_array, IntArray]:
    """Capacity rows that can bind, each divided by its greatest common divisor; host, resource, divisor of each."""
    matrices, of_rows = [sparse.csr_array((0, len(host)))], [np.zeros((3, 0), dtype=np.int64)]
    for k in range(len(instance.resources)):
        asks = np.flatnonzero(demand[:, k])
        at, amount = host[asks], demand[asks, k]
        most = np.bincount(at, amount.astype(np.float64) * upper[asks], minlength=instance.n_hosts)
        divisor = np.zeros(instance.n_hosts, dtype=np.int64)
        np.gcd.at(divisor, at, amount)
        binds = np.flatnonzero(most > instance.capacity[:, k])
        row_of = np.full(instance.n_hosts, -1)
        row_of[binds] = np.arange(len(binds))
        kept = row_of[at] >= 0
        entry = (amount[kept] // divisor[at[kept]]).astype(np.float64)
        matrices.append(sparse.csr_array((entry, (row_of[at[kept]], asks[kept])), shape=(len(binds), len(host))))
        of_rows.append(np.stack([binds, np.full(len(binds), k), divisor[binds]]))
    return sparse.vstack(matrices, format="csr"), np.concatenate(of_rows, axis=1)
