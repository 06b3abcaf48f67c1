"""The pricing knapsack of a host with parts as an integer program: where its VMs land are rows of it.

Partial patterns say little of what the parts will hold in the end, and a beam of them proves little where a host holds
many VMs. The program is small, and CP-SAT mostly proves its optimum in a moment.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.formulation.linear_program import LinearProgram
from vmopt.methods.patterns.knapsack import TOLERANCE, Priced, RelaxedKnapsack, nothing
from vmopt.rules.inside.rows import write_rows
from vmopt.rules.program import Cells, RuleRows

BACKEND = "cp-sat"


class _StoppedError(Exception):
    """There is no time left."""


def solve(relaxed: RelaxedKnapsack, threshold: float, seconds: float, stop: Callable[[], bool]) -> Priced:
    """Find patterns worth more than `threshold`, and a bound on all patterns, or `threshold` where that is higher.

    Parameters
    ----------
    relaxed : RelaxedKnapsack
        Of a host with parts.
    seconds : float
        What the solver may take: the bound is what it has proven by then.
    """
    if relaxed.top <= threshold:
        return nothing(relaxed.knapsack, relaxed.top)
    found: list[IntArray] = []
    program, n = _program(relaxed), len(relaxed.use)

    def keep(x: FloatArray, _bound: float = 0.0) -> None:
        found.append(np.rint(x[:n]).astype(np.int64))

    def check() -> None:
        if stop():
            raise _StoppedError

    options = LPOptions(
        time_limit=seconds,
        gap=0.0,
        on_incumbent=keep,
        on_tick=check,
    )
    try:
        result = registry.get(BACKEND).solve(program, options)
    except _StoppedError:
        return nothing(relaxed.knapsack, relaxed.top)
    if result.x is not None:
        keep(result.x)
    return _priced(relaxed, found, threshold, result.bound)


def _priced(relaxed: RelaxedKnapsack, found: list[IntArray], threshold: float, bound: float) -> Priced:
    """The patterns found that are worth more than the threshold and land, best first."""
    taken = np.unique(np.array(found).reshape(-1, len(relaxed.use)), axis=0)
    profit = taken @ relaxed.profit
    best = np.argsort(-profit, kind="stable")
    best = best[profit[best] > threshold + TOLERANCE]
    counts = np.zeros((len(best), len(relaxed.knapsack.demand)), dtype=np.int64)
    counts[:, relaxed.use] = taken[best]
    lands = relaxed.states(counts) >= 0
    known = float(profit[best].max(initial=threshold))
    return Priced(counts[lands], profit[best][lands], max(known, min(relaxed.top, bound + TOLERANCE)))


def _program(relaxed: RelaxedKnapsack) -> LinearProgram:
    """How many VMs of each class run on the host, and where their pieces are."""
    knapsack, use = relaxed.knapsack, relaxed.use
    holding = knapsack.holding
    assert holding is not None
    number, nobody, book = np.arange(len(use)), np.full(len(use), -1), holding.shelf.book
    cells = Cells(number, 0 * number, relaxed.limit, number, relaxed.limit, nobody, number)
    rows = RuleRows(len(use))
    write_rows(holding.ask[use], np.array([holding.kind]), book.hosts, book.asks, cells, rows)
    lower, upper = rows.limits()
    n_columns, n_resources = len(use) + len(rows.own_upper), len(knapsack.capacity)
    profit: FloatArray = np.zeros(n_columns)
    profit[: len(use)] = relaxed.profit
    loads = sparse.hstack(
        [sparse.csr_array(knapsack.demand[use].T), sparse.csr_array((n_resources, len(rows.own_upper)))]
    )
    return LinearProgram(
        objective=profit,
        matrix=sparse.vstack([loads, rows.matrix()], format="csr"),
        row_lower=np.concatenate([np.full(n_resources, -np.inf), lower]),
        row_upper=np.concatenate([knapsack.capacity, upper]).astype(np.float64),
        lower=np.zeros(n_columns),
        upper=np.concatenate([relaxed.limit, rows.own_upper]).astype(np.float64),
        integer=np.full(n_columns, True),
    )
