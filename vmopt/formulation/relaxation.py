"""The class relaxation: how many VMs of each class run on hosts of each class, fractions allowed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vmopt.formulation.linear_program import LinearProgram
from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class ClassRelaxation:
    """The relaxation over VM classes j and host classes c, with the pairs that fit as columns.

        maximise   sum_jc value[j] x[j,c]
        subject to sum_c x[j,c] <= n[j]                      for each VM class j
                   sum_j d[j,k] x[j,c] <= m[c] C[c,k]        for each host class c and resource k
                   0 <= x[j,c] <= n[j]

    Every placement, summed over the hosts of each class, is a point of it, so its optimum is an upper bound.

    Attributes
    ----------
    program : LinearProgram
        Supply rows first, then capacity rows; each capacity row is divided by the capacity of one host, the objective
        by `unit`, to keep numbers near 1.
    unit : float
        Value of one unit of the program's objective.
    vm_class, host_class : (n_columns,) int arrays
        The pair each column stands for.
    """

    instance: Instance
    program: LinearProgram
    unit: float
    vm_class: IntArray
    host_class: IntArray

    def prices(self, row_prices: FloatArray) -> FloatArray:
        """Prices per host class and resource, ``(n_host_classes, n_resources)``, from the dual values of the rows."""
        capacity = self.instance.host_classes.capacity
        rows = row_prices[len(self.instance.vm_classes) :][: capacity.size].reshape(capacity.shape)
        scaled = np.divide(rows, capacity, out=np.zeros(capacity.shape), where=capacity > 0)
        return np.maximum(scaled * self.unit, 0.0)

    def placement(self, x: FloatArray) -> sparse.csr_array:
        """Fractional number of VMs by VM class and host class, ``(n_vm_classes, n_host_classes)``."""
        shape = (len(self.instance.vm_classes), len(self.instance.host_classes))
        return sparse.csr_array((x[: len(self.vm_class)], (self.vm_class, self.host_class)), shape=shape)


def class_relaxation(instance: Instance) -> ClassRelaxation:
    """Build the class relaxation of an instance.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4]] * 3 + [[6]], [[8], [8]], value=[4, 4, 4, 6])
    >>> class_relaxation(cluster).program.matrix.toarray().tolist()
    [[1.0, 0.0], [0.0, 1.0], [0.75, 0.5]]
    """
    vms, hosts = instance.vm_classes, instance.host_classes
    vm_class, host_class = fitting_pairs(vms.demand, hosts.capacity)
    n_resources = len(instance.resources)
    columns = np.arange(len(vm_class))
    row = [vm_class]
    column = [columns]
    entry = [np.ones(len(columns))]
    for k in range(n_resources):
        asks = np.flatnonzero(vms.demand[vm_class, k])
        row.append(len(vms) + host_class[asks] * n_resources + k)
        column.append(columns[asks])
        entry.append(vms.demand[vm_class[asks], k] / hosts.capacity[host_class[asks], k])
    shape = (len(vms) + len(hosts) * n_resources, len(columns))
    matrix = sparse.coo_array(
        (np.concatenate(entry), (np.concatenate(row), np.concatenate(column))), shape=shape
    ).tocsr()
    unit = unit_of(vms.value[vm_class])
    supply, offered = vms.count.astype(np.float64), np.repeat(hosts.count.astype(np.float64), n_resources)
    program = LinearProgram.with_upper_rows(
        vms.value[vm_class] / unit, matrix, np.concatenate([supply, offered]), upper=supply[vm_class]
    )
    return ClassRelaxation(instance, program, unit, vm_class, host_class)


def fitting_pairs(demand: IntArray, capacity: IntArray) -> tuple[IntArray, IntArray]:
    """All pairs (row of `demand`, row of `capacity`) with the demand within the capacity, ordered by demand row."""
    fits = np.ones((len(demand), len(capacity)), dtype=bool)
    for k in range(demand.shape[1]):
        fits &= demand[:, k, None] <= capacity[:, k]
    rows, columns = np.nonzero(fits)
    return rows.astype(np.int64), columns.astype(np.int64)


def unit_of(value: FloatArray) -> float:
    """Return the largest value, or 1 when nothing is worth anything."""
    return float(value.max(initial=0.0)) or 1.0
