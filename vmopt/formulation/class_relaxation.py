"""The class relaxation: how many VMs of each class run on hosts of each class, fractions allowed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray
from vmopt.bounds import RulePrices
from vmopt.formulation.assignment import unit_of
from vmopt.formulation.columns import Columns
from vmopt.formulation.limits import Limits, limits_of
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.rows import AMOUNT, CAPACITY, SUPPLY, amount_rows, capacity_rows, supply_rows
from vmopt.formulation.ruled import RULES
from vmopt.problem import Problem
from vmopt.rules.eligible import eligible, must_run


@dataclass(frozen=True, eq=False)
class ClassRelaxation:
    """The relaxation over VM classes j and host classes c, with the pairs that fit as columns.

        maximise   sum_jc value[j] x[j,c]
        subject to sum_c x[j,c] <= n[j]                      for each VM class j
                   sum_j d[j,k] x[j,c] <= m[c] C[c,k]        for each host class c and resource k
                   0 <= x[j,c] <= n[j]

    Every placement, summed over the hosts of each class, is a point of it, so its optimum is an upper bound. Elastic
    VMs have columns and rows for what they get beyond the least: see `rows`. Of rules it has who may run where, who
    has to run, and the limits of groups in domains: see `limits`.

    Attributes
    ----------
    program : LinearProgram
        Its blocks are supply, capacity, amount and rules. Each capacity row, and each amount, is divided by the
        capacity of one host, each row of a rule by its largest weight, the objective by `unit`, to keep numbers near 1.
    unit : float
        Value of one unit of the program's objective.
    columns : Columns
    limits : Limits
        What the rows of rules are of.
    """

    problem: Problem
    program: LinearProgram
    unit: float
    columns: Columns
    limits: Limits

    def prices(self, row_prices: FloatArray) -> FloatArray:
        """Prices per host class and resource, ``(n_host_classes, n_resources)``, from the dual values of the rows."""
        capacity = self.problem.hosts.capacity
        rows = row_prices[self.program.blocks[CAPACITY]].reshape(capacity.shape)
        scaled = np.divide(rows, capacity, out=np.zeros(capacity.shape), where=capacity > 0)
        return np.maximum(scaled * self.unit, 0.0)

    def rule_prices(self, row_prices: FloatArray) -> RulePrices | None:
        """Prices of limits of rules from the dual values of the rows; None where all of them are 0."""
        price = np.maximum(row_prices[self.program.blocks[RULES]] / self.limits.weight * self.unit, 0.0)
        kept, limits = np.flatnonzero(price), self.limits
        if not len(kept):
            return None
        return RulePrices(limits.rule[kept], limits.group[kept], limits.domain[kept], price[kept])

    def placement(self, x: FloatArray) -> sparse.csr_array:
        """Fractional number of VMs by VM class and host class, ``(n_vm_classes, n_host_classes)``."""
        shape, columns = (len(self.problem.vms), len(self.problem.hosts)), self.columns
        return sparse.csr_array((x[: columns.n_pairs], (columns.vm_class, columns.where)), shape=shape)


def class_relaxation(problem: Problem, *, limits: bool = True, by_host: bool = True) -> ClassRelaxation:
    """Build the class relaxation.

    Parameters
    ----------
    limits : bool
        Whether it has the limits of rules, and who has to run; prices of capacity that are to stand by themselves are
        made without.
    by_host : bool
        Whether it has also those that each host has by itself.

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
    columns = Columns.of(vms, hosts.capacity, eligible(problem.instance, problem.members))
    part = np.maximum(hosts.capacity, 1).astype(np.float64)
    amount = part[columns.where[columns.pair], columns.resource]
    by_column = np.concatenate([np.ones(columns.n_pairs), amount])
    of_rules = limits_of(problem, columns, by_host=by_host) if limits else Limits.none(columns)
    blocks = {
        SUPPLY: supply_rows(vms, columns),
        CAPACITY: capacity_rows(vms, columns, hosts.capacity, hosts.count).scaled(part.ravel(), by_column),
        AMOUNT: amount_rows(columns).scaled(amount, by_column),
        RULES: of_rules.rows.scaled(of_rules.weight, by_column),
    }
    unit = unit_of(vms.value[columns.vm_class])
    value = columns.value(vms) * by_column / unit
    program = LinearProgram.of_blocks(value, blocks, upper=columns.supply(vms) / by_column)
    return ClassRelaxation(problem, _running(problem, program) if limits else program, unit, columns, of_rules)


def _running(problem: Problem, program: LinearProgram) -> LinearProgram:
    """Supply as much as there is of the VMs that have to run."""
    must = must_run(problem.instance)
    if must is None:
        return program
    classes, lower = np.flatnonzero(must[problem.members]), program.row_lower.copy()
    lower[program.blocks[SUPPLY]][classes] = problem.vms.count[classes]
    return replace(program, row_lower=lower)
