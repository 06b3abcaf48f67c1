"""What a unit of each column of an assignment formulation adds to the objective, in whole numbers of any length."""

from __future__ import annotations

import numpy as np

from vmopt.formulation.assignment import Assignment
from vmopt.formulation.ruled import cells_of
from vmopt.problem.units import Units
from vmopt.rules.counted import counted
from vmopt.rules.program import RuleRows


def column_units(model: Assignment, units: Units) -> list[int]:
    """The objective of each column in these units, those of rules last.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.formulation.assignment import assignment
    >>> from vmopt.problem import compile
    >>> from vmopt.problem.units import units_of
    >>> soft = vmopt.Spread("vm-*", penalty=0.1)
    >>> cluster = vmopt.Instance.from_arrays([[1], [2]], [[9]], value=[1e9, 3], rules=[soft])
    >>> column_units(assignment(compile(cluster)), units_of(cluster))
    [10000000000, 30, -1]
    """
    columns = model.columns
    merged = range(len(model.vms)) if model.vms is model.problem.vms else model.problem.vms.of.tolist()
    of = [merged[j] for j in columns.vm_class.tolist()]
    number = [units.vm[j] for j in of]
    if units.amount:
        missed = (model.problem.vms.demand - model.problem.vms.least).tolist()
        lost = [sum(n * each for n, each in zip(missed[j], units.amount[j], strict=True)) for j in range(len(missed))]
        number = [have - lost[j] for have, j in zip(number, of, strict=True)]
        beyond = zip(columns.pair.tolist(), columns.resource.tolist(), strict=True)
        number += [units.amount[of[pair]][k] for pair, k in beyond]
    number += [0] * model.n_own
    return _less_penalties(model, units, number) if units.penalty else number


def _less_penalties(model: Assignment, units: Units, number: list[int]) -> list[int]:
    """Take off what broken rules cost: each is translated once more, at a penalty of a whole number."""
    problem, n = model.problem, len(model.columns)
    cells = cells_of(problem, model.vms, model.columns, model.columns.fitting(model.vms, problem.capacity))
    prices = iter(zip(problem.instance.once(counted), units.penalty, strict=True))
    first = n
    for rule in problem.counted_rules:
        rows, each = RuleRows(n), 0
        if rule.penalty:
            one, each = next(prices)
            rule = one.rule
        rule.translate(cells, rows)
        cost = np.rint(rows.cost).astype(np.int64)
        for column in np.flatnonzero(cost).tolist() if each else []:
            number[column if column < n else column - n + first] -= each * int(cost[column])
        first += len(rows.own_upper)
    return number
