"""The core of an assignment formulation: what a placement can look like that is better than a known one.

At given prices, bound minus objective of any placement is a sum of losses, none of them negative: capacity that stays
free, VMs on hosts where they are worth less than at best, VMs worth their price that run nowhere (see
`methods.packing.losses`). In a better placement they add up to less than the gap, and so each of them is less: that
fixes most of the columns of a good placement (reduced-cost fixing; Balas and Zemel 1980 for the knapsack problem).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds import RulePrices
from vmopt.bounds.best_profit import best_profit, gain
from vmopt.bounds.tolls import Tolls
from vmopt.formulation.assignment import Assignment
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.rows import CAPACITY, SUPPLY
from vmopt.rules.eligible import must_run

SLACK = 1e-9


def core(model: Assignment, prices: FloatArray, gap: float, rule_prices: RulePrices | None = None) -> LinearProgram:
    """Narrow the program of an assignment to the placements that lose at most `gap` at the prices.

    Parameters
    ----------
    model : Assignment
    prices : (n_host_classes, n_resources) array
    gap : float
        What the prices prove, less the objective that is to be reached.
    rule_prices : RulePrices, optional
        Prices of limits of rules that help to prove it.

    Examples
    --------
    >>> from vmopt.formulation.assignment import assignment
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> model = assignment(compile(Instance.from_arrays([[4], [3], [2]], [[6]], value=[8, 3, 2])))
    >>> program = core(model, np.array([[1.0]]), gap=1.0)
    >>> program.row_lower.tolist(), program.upper.tolist()
    ([1.0, 0.0, 0.0, 5.0], [1.0, 1.0, 1.0])
    """
    program, vms = model.program, model.vms
    best, regret = _losses(model, prices, rule_prices)
    row_lower = program.row_lower.copy()
    row_lower[program.blocks[SUPPLY]] = vms.count - _at_most(gap, best, vms.count)
    row_lower[program.blocks[CAPACITY]] = _least_loads(model, prices, gap)
    upper = program.upper.copy()
    upper[: len(regret)] = _at_most(gap, regret, upper[: len(regret)])
    return replace(program, row_lower=row_lower, upper=upper)


def doubts(model: Assignment, prices: FloatArray) -> FloatArray:
    """Gap from which on a core leaves each column in doubt: it may be used, and so may something else in its place.

    Parameters
    ----------
    model : Assignment
    prices : (n_host_classes, n_resources) array

    Returns
    -------
    (n_columns,) array
        The greater of what a column loses and what the second best choice for its VM class does, running nowhere being
        one of them.

    Examples
    --------
    >>> from vmopt.formulation.assignment import assignment
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> model = assignment(compile(Instance.from_arrays([[4], [3], [2]], [[6]], value=[8, 3, 1])))
    >>> doubts(model, np.array([[1.0]])).tolist()
    [4.0, 0.0, 1.0]
    """
    best, regret = _losses(model, prices, None)
    of = np.append(model.columns.vm_class[: len(regret)], np.arange(len(best)))
    loss = np.append(regret, best)
    order = np.lexsort((loss, of))
    first = np.searchsorted(of[order], np.arange(len(best)))
    second = loss[order][np.minimum(first + 1, len(order) - 1)]
    return np.asarray(np.maximum(regret, second[of[: len(regret)]]))


def at_least(program: LinearProgram, value: FloatArray, least: float) -> LinearProgram:
    """Add the row ``value @ x >= least``."""
    return replace(
        program,
        matrix=sparse.vstack([program.matrix, sparse.csr_array(value[None, :])], format="csr"),
        row_lower=np.append(program.row_lower, least),
        row_upper=np.append(program.row_upper, np.inf),
    )


def _losses(model: Assignment, prices: FloatArray, rule_prices: RulePrices | None) -> tuple[FloatArray, FloatArray]:
    """What a VM of each class loses where it runs nowhere, and what it loses on the host of each column."""
    vms, vm_class, hosts = model.vms, model.columns.vm_class, model.problem.hosts
    where, tolls = hosts.of[model.columns.where], Tolls.of(model.problem.instance, rule_prices)
    best = gain(vms, best_profit(vms, hosts.capacity, prices, tolls)[0], must_run(model.problem.instance))
    paid = (vms.demand[vm_class] * prices[where]).sum(axis=1)
    if tolls is not None:
        member = vms.first
        paid += tolls.on(member, np.arange(len(hosts)))[vm_class, where]
    return best, np.asarray(best[vm_class] - (vms.value[vm_class] - paid))


def _least_loads(model: Assignment, prices: FloatArray, gap: float) -> FloatArray:
    """Least load of each capacity row, in its own units."""
    problem = model.problem
    host, resource = model.row_host, model.row_resource
    capacity = problem.capacity[host, resource]
    price = prices[problem.hosts.of[host], resource]
    return np.asarray(np.ceil((capacity - _at_most(gap, price, capacity)) / model.row_unit))


def _at_most(gap: float, loss: FloatArray, most: IntArray | FloatArray) -> FloatArray:
    """How many units of a loss each the gap allows, rounded up where that is in doubt."""
    allowed = np.divide(gap, loss, out=np.full(len(loss), np.inf), where=loss > 0)
    return np.asarray(np.minimum(np.floor(allowed * (1 + SLACK) + SLACK), most))
