"""The rules of an instance as rows of a program over placements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from vmopt.arrays import IntArray
from vmopt.formulation.columns import Columns
from vmopt.formulation.linear_program import LinearProgram
from vmopt.model.classes import VMClasses
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem
from vmopt.rules.program import Cells, RuleRows

RULES = "rules"


def with_rules(
    problem: Problem,
    program: LinearProgram,
    vms: VMClasses,
    columns: Columns,
    upper: IntArray,
    outside: IntArray | None = None,
    supply: IntArray | None = None,
    unit: float = 1.0,
) -> LinearProgram:
    """Add the rows that the rules translate to, their own integer columns at the end, and what it costs to break them.

    Parameters
    ----------
    program : LinearProgram
        Whose first columns are those of `columns`.
    vms : VMClasses
        The classes that these speak of.
    upper : (n_pairs,) int array
        Most of each count.
    outside : (n_vms,) int array, optional
        Hosts of the VMs that stay where they are; default: none does.
    supply : (n_vm_classes,) int array, optional
        VMs of each class that there are to be put; default: all.
    unit : float
        Value of one unit of the program's objective.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.formulation.assignment import assignment
    >>> from vmopt.problem import compile
    >>> apart = vmopt.Spread(["vm-0", "vm-1"])
    >>> model = assignment(compile(vmopt.Instance.from_arrays([[1], [2]], [[4]], rules=[apart])))
    >>> model.program.matrix[model.program.blocks["rules"]].toarray().tolist(), model.program.row_upper.tolist()
    ([[1.0, 1.0]], [1.0, 1.0, 1.0])
    """
    if not problem.rules:
        return program
    cells = cells_of(problem, vms, columns, upper, outside, supply)
    return with_rules_on(cells, problem.counted_rules, program, unit)


def cells_of(
    problem: Problem,
    vms: VMClasses,
    columns: Columns,
    upper: IntArray,
    outside: IntArray | None = None,
    supply: IntArray | None = None,
) -> Cells:
    """The pairs of these columns, as rules see them: see `with_rules`."""
    member = vms.first
    return Cells(
        vm=member[columns.vm_class],
        host=columns.where,
        upper=upper[: columns.n_pairs],
        vm_class=columns.vm_class,
        supply=vms.count if supply is None else supply,
        outside=np.full(problem.n_vms, -1, dtype=np.int64) if outside is None else outside,
        member=member,
    )


def with_rules_on(
    cells: Cells, rules: Sequence[RuleInForce], program: LinearProgram, unit: float = 1.0
) -> LinearProgram:
    """Add the same to a program whose first columns are these cells."""
    if not rules:
        return program
    rows = RuleRows(program.n_columns)
    for rule in rules:
        rule.translate(cells, rows)
    return _joined(program, rows, unit)


def _joined(program: LinearProgram, rows: RuleRows, unit: float) -> LinearProgram:
    own, (lower, upper) = len(rows.own_upper), rows.limits()
    wider = sparse.hstack([program.matrix, sparse.csr_array((program.n_rows, own))], format="csr")
    return replace(
        program,
        objective=np.append(program.objective, np.zeros(own)) - rows.cost / unit,
        matrix=sparse.vstack([wider, rows.matrix()], format="csr", dtype=np.float64),
        row_lower=np.append(program.row_lower, lower),
        row_upper=np.append(program.row_upper, upper),
        lower=np.append(program.lower, np.zeros(own)),
        upper=np.append(program.upper, rows.own_upper),
        integer=np.append(program.integer, np.ones(own, dtype=bool)),
        blocks={**program.blocks, RULES: slice(program.n_rows, program.n_rows + rows.n_rows)},
    )
