"""The assignment formulation: how many VMs of each class run on each host, in integers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.elastic.allocation import best_allocation
from vmopt.formulation.columns import Columns
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.rows import AMOUNT, CAPACITY, SUPPLY, amount_rows, capacity_rows, supply_rows
from vmopt.formulation.ruled import with_rules
from vmopt.formulation.symmetry import in_order, needed_pairs
from vmopt.model.classes import VMClasses, each_vm
from vmopt.problem import Dealer, Problem

LARGEST_OBJECTIVE = 2**50
"""Whole numbers up to this are sums that doubles hold with room to spare."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """The integer program over VM classes j and hosts h, with the pairs that fit as columns.

        maximise   sum_jh value[j] x[j,h]      less what it costs to break soft rules
        subject to sum_h x[j,h] <= n[j]                 for each VM class j
                   sum_j d[j,k] x[j,h] <= C[h,k]        for each host h and resource k
                   0 <= x[j,h] <= min(n[j], min_k C[h,k] // d[j,k]),  integer

    Elastic VMs count with what they must get, and have columns and rows for what they get beyond: see `rows`. Once the
    counts are integers, the best amounts are whole units by themselves (each host and resource is a knapsack with one
    row), so that a backend with continuous columns need not branch on them.

    Attributes
    ----------
    vms : VMClasses
        The classes j; every VM by itself in the plain formulation.
    columns : Columns
    program : LinearProgram
        Its blocks are supply, capacity and amount. Capacity rows are divided by their greatest common divisor; those
        that cannot bind are left out. The objective is in whole numbers of `unit` where these are known and not too
        large, else divided by the largest value.
    unit : float
        Value of one unit of the program's objective.
    row_host, row_resource, row_unit : (n_capacity_rows,) int64 arrays
        Host and resource of each capacity row, and the divisor it was divided by.
    ordered : bool
        Whether identical hosts are named in the order of their first VM: see `symmetry`.
    """

    problem: Problem
    vms: VMClasses
    columns: Columns
    program: LinearProgram
    unit: float
    row_host: IntArray
    row_resource: IntArray
    row_unit: IntArray
    ordered: bool

    @cached_property
    def dealer(self) -> Dealer:
        """Turns counts into VMs."""
        return Dealer(self.vms)

    def host_index(self, x: FloatArray) -> IntArray:
        """Placement of a point: host of each VM, -1 where it runs nowhere. Counts are rounded to integers."""
        count = np.rint(x[: self.columns.n_pairs]).astype(np.int64)
        return self.dealer.deal(self.columns.vm_class, self.columns.where, count)

    @property
    def n_own(self) -> int:
        """Number of columns at the end that belong to rules."""
        return self.program.n_columns - len(self.columns)

    def padded(self, entries: FloatArray) -> FloatArray:
        """Entries for all columns of the program: 0 for those of rules."""
        return np.append(entries, np.zeros(self.program.n_columns - len(entries)))

    def start(self, host_index: IntArray) -> FloatArray | None:
        """Point of a placement, to start from; None where rules have columns of their own, which it does not tell."""
        return None if self.n_own else self.point(host_index)

    def point(self, host_index: IntArray) -> FloatArray:
        """Point of a placement: the number of VMs of each pair and, where VMs are elastic, its best allocation."""
        columns, n_hosts = self.columns, self.problem.n_hosts
        host = in_order(self.problem, host_index) if self.ordered else host_index
        placed = np.flatnonzero(host >= 0)
        key = self.vms.of[placed] * n_hosts + host[placed]
        pair = np.searchsorted(columns.vm_class * n_hosts + columns.where, key)
        count = np.bincount(pair, minlength=columns.n_pairs).astype(np.float64)
        if not self.problem.elastic:
            return count
        beyond = (best_allocation(self.problem.instance, host) - self.problem.least)[placed]
        together = np.zeros((columns.n_pairs, self.problem.n_resources), dtype=np.int64)
        np.add.at(together, pair, beyond)
        return np.concatenate([count, together[columns.pair, columns.resource]])


def assignment_size(problem: Problem) -> int:
    """Most columns that the assignment formulation can have: VM classes times hosts."""
    return len(problem.vms) * problem.n_hosts


def assignment(problem: Problem, *, plain: bool = False, whole_amounts: bool = True) -> Assignment:
    """Build the assignment formulation.

    Parameters
    ----------
    problem : Problem
    plain : bool
        The formulation as a textbook has it: no VMs merged, identical hosts in any order, nothing elastic.
    whole_amounts : bool
        Whether amounts are integer columns, for backends that know no others.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[4]] * 3 + [[6]], [[8], [8]], value=[4, 4, 4, 6]))
    >>> assignment(cluster).program.matrix.toarray().tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0], [3.0, 2.0, 0.0]]
    >>> model = assignment(compile(Instance.from_arrays([[6]], [[5]], value=[6], reservation=[[4]])))
    >>> model.program.matrix.toarray().tolist(), model.point(np.array([0])).tolist()
    ([[1.0, 0.0], [-1.0, 1.0]], [1.0, 1.0])
    """
    vms = each_vm(problem.demand, problem.value) if plain else problem.vms
    columns = Columns.of(vms, problem.capacity)
    ordered = not (plain or problem.elastic)
    if ordered:
        columns = columns.kept(needed_pairs(problem, columns.vm_class, columns.where))
    upper = columns.fitting(vms, problem.capacity)
    capacity = capacity_rows(vms, columns, problem.capacity)
    binding = np.flatnonzero(capacity.matrix @ upper.astype(np.float64) > capacity.upper)
    capacity, divisor = capacity.kept(binding).divided()
    objective, unit = _objective(problem, vms, columns)
    program = LinearProgram.of_blocks(
        objective,
        {SUPPLY: supply_rows(vms, columns), CAPACITY: capacity, AMOUNT: amount_rows(columns)},
        upper=upper,
        integer=np.append(np.ones(columns.n_pairs, dtype=bool), np.full(len(columns.pair), whole_amounts)),
    )
    program = with_rules(problem, program, vms, columns, upper, unit=unit)
    host, resource = np.divmod(binding, problem.n_resources)
    return Assignment(problem, vms, columns, program, unit, host, resource, divisor, ordered)


def _class_units(problem: Problem, vms: VMClasses) -> list[int] | None:
    """Units of worth of each of these classes, merged or not; None where worth is not known exactly."""
    if problem.worth is None:
        return None
    number = problem.worth.number
    return list(number) if vms is problem.vms else [number[j] for j in problem.vms.of.tolist()]


def unit_of(value: FloatArray) -> float:
    """Return the largest value, or 1 when nothing is worth anything."""
    return float(value.max(initial=0.0)) or 1.0


def _objective(problem: Problem, vms: VMClasses, columns: Columns) -> tuple[FloatArray, float]:
    """Objective of each column, whole numbers where they are not too large, and the value of one unit of it."""
    units = _class_units(problem, vms)
    if units is None or problem.worth is None or problem.worth.total >= LARGEST_OBJECTIVE:
        unit = unit_of(vms.value[columns.vm_class])
        return columns.value(vms) / unit, unit
    return np.array(units, dtype=np.float64)[columns.vm_class], float(problem.worth.unit)
