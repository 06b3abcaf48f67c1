"""The class relaxation: how many VMs of each class run on hosts of each class, fractions allowed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray
from vmopt.formulation.assignment import unit_of
from vmopt.formulation.columns import Columns
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.rows import AMOUNT, CAPACITY, SUPPLY, amount_rows, capacity_rows, supply_rows
from vmopt.problem import Problem


@dataclass(frozen=True, eq=False)
class ClassRelaxation:
    """The relaxation over VM classes j and host classes c, with the pairs that fit as columns.

        maximise   sum_jc value[j] x[j,c]
        subject to sum_c x[j,c] <= n[j]                      for each VM class j
                   sum_j d[j,k] x[j,c] <= m[c] C[c,k]        for each host class c and resource k
                   0 <= x[j,c] <= n[j]

    Every placement, summed over the hosts of each class, is a point of it, so its optimum is an upper bound. Elastic
    VMs have columns and rows for what they get beyond the least: see `rows`.

    Attributes
    ----------
    program : LinearProgram
        Its blocks are supply, capacity and amount. Each capacity row, and each amount, is divided by the capacity of
        one host, the objective by `unit`, to keep numbers near 1.
    unit : float
        Value of one unit of the program's objective.
    columns : Columns
    """

    problem: Problem
    program: LinearProgram
    unit: float
    columns: Columns

    def prices(self, row_prices: FloatArray) -> FloatArray:
        """Prices per host class and resource, ``(n_host_classes, n_resources)``, from the dual values of the rows."""
        capacity = self.problem.hosts.capacity
        rows = row_prices[self.program.blocks[CAPACITY]].reshape(capacity.shape)
        scaled = np.divide(rows, capacity, out=np.zeros(capacity.shape), where=capacity > 0)
        return np.maximum(scaled * self.unit, 0.0)

    def placement(self, x: FloatArray) -> sparse.csr_array:
        """Fractional number of VMs by VM class and host class, ``(n_vm_classes, n_host_classes)``."""
        shape, columns = (len(self.problem.vms), len(self.problem.hosts)), self.columns
        return sparse.csr_array((x[: columns.n_pairs], (columns.vm_class, columns.where)), shape=shape)


def class_relaxation(problem: Problem) -> ClassRelaxation:
    """Build the class relaxation.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[4]] * 3 + [[6]], [[8], [8]], value=[4, 4, 4, 6]))
    >>> class_relaxation(cluster).program.matrix.toarray().tolist()
    [[1.0, 0.0], [0.0, 1.0], [0.75, 0.5]]
    >>> elastic = compile(Instance.from_arrays([[6]], [[8]], value=[6], reservation=[[4]]))
    >>> class_relaxation(elastic).program.matrix.toarray().tolist()
    [[1.0, 0.0], [0.5, 1.0], [-0.25, 1.0]]
    """
    vms, hosts = problem.vms, problem.hosts
    columns = Columns.of(vms, hosts.capacity)
    part = np.maximum(hosts.capacity, 1).astype(np.float64)
    amount = part[columns.where[columns.pair], columns.resource]
    by_column = np.concatenate([np.ones(columns.n_pairs), amount])
    blocks = {
        SUPPLY: supply_rows(vms, columns),
        CAPACITY: capacity_rows(vms, columns, hosts.capacity, hosts.count).scaled(part.ravel(), by_column),
        AMOUNT: amount_rows(columns).scaled(amount, by_column),
    }
    unit = unit_of(vms.value[columns.vm_class])
    value = columns.value(vms) * by_column / unit
    program = LinearProgram.of_blocks(value, blocks, upper=columns.supply(vms) / by_column)
    return ClassRelaxation(problem, program, unit, columns)
