"""The sub-problem of the neighbourhood search: fill a few hosts anew, as well as can be, from the VMs at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.backends.small import Column, Effort, SmallProgram
from vmopt.rules.program import RuleRows

Translation = Callable[[IntArray, IntArray], RuleRows]
MAX_ROW_SUM = 2**31 - 1
"""Greatest sum of a row of capacity."""
MAX_OBJECTIVE = 2**50
"""Greatest sum of weights: doubles tell them apart exactly."""
MAX_LIMIT = 2**60
"""What stands for no limit."""
STEPS = 2**16
"""How finely what may still be gained is told apart."""
ROOM_STEPS = 2**8
"""How many of these steps may be given up for bringing free capacity together."""


@dataclass(frozen=True, eq=False)
class Refill:
    """A small packing problem over VM classes and hosts: at most `supply`, at least `least` VMs of each class.

    Attributes
    ----------
    demand : (n_classes, n_resources) int64 array
    value : (n_classes,) array
    supply, least : (n_classes,) int64 arrays
    capacity : (n_hosts, n_resources) int64 array
    allowed : (n_classes, n_hosts) bool array
        Where it can pay to run a class.
    start : (n_classes, n_hosts) int64 array
        What runs there now.
    loss : float
        No filling is worth more than this above the present one.
    most : (n_classes,) int64 array or None
        How many of a class rules allow on a host.
    room : (n_classes,) array
        How much capacity a VM of the class takes, adding up to 1 over a full host: the first host is to be left as
        empty as it can be, where nothing better is at stake.
    rules : callable or None
        Writes the rules as rows over cells, given class and host of each and the most that it can be.
    """

    demand: IntArray
    value: FloatArray
    supply: IntArray
    least: IntArray
    capacity: IntArray
    allowed: BoolArray
    start: IntArray
    loss: float
    room: FloatArray
    most: IntArray | None = None
    rules: Translation | None = None


@dataclass(frozen=True, eq=False)
class Refilled:
    """What came of a sub-problem: counts ``(n_classes, n_hosts)`` or None, whether proven best, and the work."""

    counts: IntArray | None
    proven: bool
    work: float


def solve(problem: Refill, effort: Effort) -> Refilled:
    """Fill the hosts with CP-SAT, one thread, from the present filling."""
    most = _most(problem)
    cells = np.argwhere(most > 0)
    program = SmallProgram()
    columns = [program.column(n) for n in most[most > 0].tolist()]
    _add_capacity(program, problem, most, cells, columns)
    _add_supply(program, problem, most, cells, columns)
    rows = RuleRows(len(columns)) if problem.rules is None else problem.rules(cells, most[most > 0])
    every = [*columns, *(program.column(upper) for upper in rows.own_upper.tolist())]
    _add_rules(program, rows, every)
    program.maximise(every, _weights(problem, most, cells, rows).tolist())
    program.hint(columns, problem.start[cells[:, 0], cells[:, 1]])
    found = program.solve(columns, effort)
    if found.values is None:
        return Refilled(None, False, found.work)
    counts = np.zeros(most.shape, dtype=np.int64)
    counts[cells[:, 0], cells[:, 1]] = found.values
    return Refilled(counts, found.proven, found.work)


def _most(problem: Refill) -> IntArray:
    """How many VMs of each class fit each host by themselves, 0 where it cannot pay."""
    supply = problem.supply if problem.most is None else np.minimum(problem.supply, problem.most)
    most = np.where(problem.allowed, supply[:, None], 0)
    for k in range(problem.demand.shape[1]):
        asked = problem.demand[:, k, None]
        most = np.where(asked > 0, np.minimum(most, problem.capacity[:, k] // np.maximum(asked, 1)), most)
    return most


def _weights(problem: Refill, most: IntArray, cells: IntArray, rows: RuleRows) -> IntArray:
    """Values, and what breaking rules costs, in steps: fine enough to tell gains, coarse enough to add up exactly."""
    upper = np.append(most[cells[:, 0], cells[:, 1]], rows.own_upper)
    cost = np.where(upper > 0, rows.cost, 0.0)
    total = float(most.sum(axis=1) @ problem.value + cost @ upper)
    step = max(problem.loss / STEPS, total / MAX_OBJECTIVE, np.finfo(np.float64).tiny)
    weights = -cost / step
    mine = weights[: len(cells)]
    mine += problem.value[cells[:, 0]] / step
    mine -= np.where(cells[:, 1] == 0, ROOM_STEPS * problem.room[cells[:, 0]], 0.0)
    return np.asarray(np.rint(weights).astype(np.int64))


def safe_row(asked: IntArray, most: IntArray, room: int) -> tuple[IntArray, int]:
    """Divide a capacity row so that its sum stays below 2^31: by the gcd, else demand rounded up and capacity down.

    Examples
    --------
    >>> asked, room = safe_row(np.array([4, 6]), np.array([1, 1]), 9)
    >>> asked.tolist(), room
    ([2, 3], 4)
    """
    divisor = max(int(np.gcd.reduce(asked)), 1) if asked.size else 1
    asked, room = asked // divisor, room // divisor
    total = int(asked @ most)
    if total > MAX_ROW_SUM:
        shrink = -(-total // (MAX_ROW_SUM // 2))
        asked, room = -(-asked // shrink), room // shrink
    return asked, room


def _add_capacity(
    program: SmallProgram, problem: Refill, most: IntArray, cells: IntArray, columns: list[Column]
) -> None:
    for h in range(len(problem.capacity)):
        mine = np.flatnonzero(cells[:, 1] == h)
        classes = cells[mine, 0]
        row = [columns[i] for i in mine.tolist()]
        for k in range(problem.demand.shape[1]):
            asked, room = safe_row(problem.demand[classes, k], most[classes, h], int(problem.capacity[h, k]))
            if int(asked @ most[classes, h]) > room:
                program.at_most(row, asked.tolist(), room)


def _add_supply(program: SmallProgram, problem: Refill, most: IntArray, cells: IntArray, columns: list[Column]) -> None:
    edges = np.searchsorted(cells[:, 0], np.arange(len(problem.supply) + 1)).tolist()
    bound = most.sum(axis=1) > problem.supply
    for j in np.flatnonzero(bound | (problem.least > 0)).tolist():
        group, supply, least = columns[edges[j] : edges[j + 1]], int(problem.supply[j]), int(problem.least[j])
        if supply == 1:
            program.one_of(group, exactly=bool(least))
        elif group:
            program.sum_between(group, least, supply)


def _add_rules(program: SmallProgram, rows: RuleRows, every: list[Column]) -> None:
    matrix, (lower, upper) = rows.matrix(), rows.limits()
    limits = np.clip(lower, -MAX_LIMIT, MAX_LIMIT), np.clip(upper, -MAX_LIMIT, MAX_LIMIT)
    least, most = (limit.astype(np.int64).tolist() for limit in limits)
    for row in range(rows.n_rows):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        terms = [every[column] for column in matrix.indices[part].tolist()]
        program.between(terms, matrix.data[part].tolist(), least[row], most[row])
