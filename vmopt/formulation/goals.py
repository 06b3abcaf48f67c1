"""A level of an objective as an integer program over all hosts, or over some while all others stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from scipy import sparse

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.formulation.columns import Columns, fitting_pairs
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.rows import CAPACITY, SUPPLY, capacity_rows, supply_rows
from vmopt.formulation.symmetry import needed_pairs
from vmopt.goals.holds import Hold
from vmopt.goals.measure import Measure
from vmopt.goals.sums import measure_of
from vmopt.model.goal_level import GoalLevel
from vmopt.problem import Problem
from vmopt.rules.eligible import eligible
from vmopt.rules.program import Cells, RuleRows

TOLERANCE = 1e-6
"""Part of a unit by which a backend's bound may be off: values are whole numbers of units."""


@dataclass(frozen=True, eq=False)
class GoalProgram:
    """The program, and what its columns and its objective mean.

    Attributes
    ----------
    program : LinearProgram
        Its first columns are counts of VMs of a class on a host; its objective is in units, less is better turned
        around.
    columns : Columns
    measure : Measure
        Of the level.
    maximised : bool
    """

    program: LinearProgram
    columns: Columns
    measure: Measure
    maximised: bool

    def bound(self, claimed: float) -> Fraction:
        """What no placement is better than, by a backend's bound of the objective."""
        units = claimed if self.maximised else -claimed
        slack = TOLERANCE * max(1.0, abs(units))
        whole = int(np.floor(units + slack)) if self.maximised else int(np.ceil(units - slack))
        error = self.measure.error if self.maximised else -self.measure.error
        return self.measure.unit * (self.measure.constant + whole) + error

    def counts(self, x: FloatArray) -> IntArray:
        """How many VMs of each pair."""
        return np.rint(x[: self.columns.n_pairs]).astype(np.int64)


def whole_program(problem: Problem, level: GoalLevel, holds: Sequence[Hold]) -> GoalProgram:
    """The level over all hosts and VMs.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> cluster = compile(vmopt.Instance.from_arrays([[2], [2]], [[4], [4]], rules=[vmopt.MustRun("vm-*")]))
    >>> whole = whole_program(cluster, GoalLevel.of(vmopt.FewestHosts()), ())
    >>> whole.program.objective.tolist(), whole.bound(-1.2)
    ([0.0, 0.0, -1.0, -1.0], Fraction(2, 1))
    """
    columns = Columns.of(problem.vms, problem.capacity, _allowed(problem)).counts_only
    if problem.current is None:  # where hosts that are alike do not run the same now, they are not alike
        columns = columns.kept(needed_pairs(problem, columns.vm_class, columns.where))
    nobody = np.full(problem.n_vms, -1, dtype=np.int64)
    return _program(problem, columns, problem.vms.count, nobody, False, level, holds)


def part_program(
    problem: Problem,
    hosts: IntArray,
    outside: IntArray,
    supply: IntArray,
    level: GoalLevel,
    holds: Sequence[Hold],
    *,
    all_run: bool = True,
    below: Fraction | None = None,
) -> GoalProgram:
    """The level over some hosts, on which `supply` VMs of each class are to be put.

    Parameters
    ----------
    outside : (n_vms,) int64 array
        Hosts of the VMs that stay.
    all_run : bool
        Whether all of the supply has to run.
    below : Fraction, optional
        Points are better than this value; default: any.
    """
    there = np.flatnonzero(supply)
    vm_class, where = fitting_pairs(problem.vms.demand[there], problem.capacity[hosts])
    vm_class, where = there[vm_class], hosts[where]
    allowed = eligible(problem.instance)
    if allowed is not None:
        kept = allowed[vm_class, problem.hosts.of[where]]
        vm_class, where = vm_class[kept], where[kept]
    nothing = np.zeros(0, dtype=np.int64)
    columns = Columns(vm_class, where, nothing, nothing, nothing)
    model = _program(problem, columns, supply, outside, all_run, level, holds)
    return model if below is None else _better(model, below)


def _better(model: GoalProgram, value: Fraction) -> GoalProgram:
    """The program of points that are better than a value by a unit, but for what the measure may be off."""
    measure, sign = model.measure, 1 if model.maximised else -1
    now = sign * (value / measure.unit - measure.constant)
    least = float((now - 2 * measure.error / measure.unit) // 1 + 1)
    program = model.program
    row = sparse.csr_array(program.objective[None, :])
    return replace(
        model,
        program=replace(
            program,
            matrix=sparse.vstack([program.matrix, row], format="csr"),
            row_lower=np.append(program.row_lower, least),
            row_upper=np.append(program.row_upper, np.inf),
        ),
    )


def _allowed(problem: Problem) -> BoolArray | None:
    """Which VM classes rules let run on which hosts."""
    known = eligible(problem.instance)
    return None if known is None else known[:, problem.hosts.of]


def _program(
    problem: Problem,
    columns: Columns,
    supply: IntArray,
    outside: IntArray,
    all_run: bool,
    level: GoalLevel,
    holds: Sequence[Hold],
) -> GoalProgram:
    vms, instance = problem.vms, problem.instance
    upper = np.minimum(columns.fitting(vms, problem.capacity), supply[columns.vm_class])
    program = _base(problem, columns, upper, supply, all_run)
    member = vms.first
    cells = Cells(member[columns.vm_class], columns.where, upper, columns.vm_class, supply, outside, member)
    rows = RuleRows(columns.n_pairs)
    for rule in problem.rules:
        if rule.penalty is None:
            rule.translate(cells, rows)
    measure = measure_of(level, instance, cells, rows)
    for hold in holds:
        hold.write(instance, cells, rows)
    sign = 1 if level.maximised else -1
    objective = (sign * measure.dense(columns.n_pairs + len(rows.own_upper))).astype(np.float64)
    return GoalProgram(_joined(program, rows, objective), columns, measure, level.maximised)


def _base(problem: Problem, columns: Columns, upper: IntArray, supply: IntArray, all_run: bool) -> LinearProgram:
    """Supply and capacity."""
    run = supply_rows(problem.vms, columns)
    asked = np.flatnonzero(supply)
    run = run.kept(asked)
    capacity = capacity_rows(problem.vms, columns, problem.capacity)
    binding = np.flatnonzero(capacity.matrix @ upper.astype(np.float64) > capacity.upper)
    capacity, _ = capacity.kept(binding).divided()
    program = LinearProgram.of_blocks(
        np.zeros(columns.n_pairs), {SUPPLY: (run.matrix, supply[asked]), CAPACITY: capacity}, upper=upper, integer=True
    )
    if not all_run:
        return program
    least = np.where(np.arange(program.n_rows) < len(asked), program.row_upper, -np.inf)
    return replace(program, row_lower=least)


def _joined(program: LinearProgram, rows: RuleRows, objective: FloatArray) -> LinearProgram:
    """Add the rows of rules, goals and holds, with their own columns."""
    own, (lower, upper) = len(rows.own_upper), rows.limits()
    wider = sparse.hstack([program.matrix, sparse.csr_array((program.n_rows, own))], format="csr")
    return replace(
        program,
        objective=objective,
        matrix=sparse.vstack([wider, rows.matrix()], format="csr", dtype=np.float64),
        row_lower=np.append(program.row_lower, lower),
        row_upper=np.append(program.row_upper, upper),
        lower=np.append(program.lower, np.zeros(own)),
        upper=np.append(program.upper, rows.own_upper),
        integer=np.append(program.integer, np.ones(own, dtype=bool)),
    )
