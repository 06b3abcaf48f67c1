"""The class relaxation of a level of goals: what host classes hold, how many hosts are in use, fractions allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds import GoalPrices
from vmopt.formulation.builder import ProgramBuilder
from vmopt.formulation.columns import Columns
from vmopt.formulation.linear_program import LinearProgram
from vmopt.goals.forced import capacity_left, forced
from vmopt.goals.holds import Hold
from vmopt.goals.minorant import Minorant
from vmopt.goals.terms import Weighted, held_terms, level_terms
from vmopt.model.goal_level import GoalLevel
from vmopt.model.shapes import Fullest, alone
from vmopt.problem import Problem
from vmopt.rules.eligible import eligible

CAPACITY = "capacity"
ROOM = 1 + 1e-12
"""By how much slopes that add up to 1 are lowered, so that rounding does not take them above."""


@dataclass(frozen=True, eq=False)
class _Placed:
    """A term in the program: its weight, its minorant, the block of its pieces, and what these are divided by."""

    weight: float
    minorant: Minorant
    block: str
    scale: FloatArray


@dataclass(frozen=True, eq=False)
class GoalRelaxation:
    """The relaxation over counts ``x[j,c]`` of VM classes on host classes, what these hold, and hosts in use.

        minimise   the sum of the minorants of the level's goals
        subject to sum_c x[j,c] <= n[j]               for each VM class j, with equality where it has to run
                   sum_j d[j,k] x[j,c] <= C[c,k] u[c]  for each host class c and resource k
                   u[c] <= m[c]
                   what the holds demand

    With `below`, what is minimised is by how much these rows are missed where hosts stay below a part of them.

    Attributes
    ----------
    program : LinearProgram
    unit : float
        Cost of one unit of the program's objective.
    used : (n_host_classes,) int64 array
        Columns of the part of each class that is in use.
    """

    program: LinearProgram
    unit: float
    below: Fraction | None
    part: FloatArray
    holds: tuple[tuple[float, tuple[_Placed, ...]], ...]
    level: tuple[_Placed, ...]
    used: IntArray

    def proof(self, row_prices: FloatArray) -> GoalPrices:
        """What dual values of the rows prove."""
        blocks, price = self.program.blocks, np.maximum(np.nan_to_num(row_prices), 0.0)
        lam = price[blocks[CAPACITY]].reshape(self.part.shape) * self.unit / self.part
        mu = [float(price[blocks[f"hold {h}"]][0]) * self.unit / scale for h, (scale, _) in enumerate(self.holds)]
        slopes = [self._slopes(term, 1.0, price) for term in self.level]
        for each, (_, terms) in zip(mu, self.holds, strict=True):
            slopes += [self._slopes(term, each, price) for term in terms]
        return GoalPrices(lam, np.array(mu), tuple(slopes), self.below)

    def _slopes(self, term: _Placed, factor: float, price: FloatArray) -> FloatArray:
        pieces, weight = term.minorant.pieces, term.weight * factor
        if not len(pieces) or weight <= 0:
            return np.zeros(len(pieces))
        slope = price[self.program.blocks[term.block]] * self.unit / (term.scale[pieces.group] * weight)
        total = np.bincount(pieces.group, slope, pieces.n_groups)
        return np.asarray(slope / (np.maximum(total, 1.0) * ROOM)[pieces.group])


def goal_relaxation(
    problem: Problem, level: GoalLevel, holds: Sequence[Hold], below: Fraction | None = None
) -> GoalRelaxation:
    """Build the relaxation of a level.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> cluster = compile(vmopt.Instance.from_arrays([[2], [2]], [[4], [4]], rules=[vmopt.MustRun("vm-*")]))
    >>> relaxation = goal_relaxation(cluster, GoalLevel.of(vmopt.FewestHosts()), ())
    >>> relaxation.program.n_columns, list(relaxation.program.blocks)
    (3, ['supply', 'load', 'capacity'])
    """
    own = alone(problem.instance, level, Fullest)
    room = capacity_left(problem.instance, holds, None if own is None or below is None else (own[1], below))
    writer = _Writer(problem, room, forced(problem.instance, holds), elastic=below is not None)
    terms = tuple(writer.term(1.0, f"goal {i}", *t) for i, t in enumerate(_objective(problem, level, below)))
    held = tuple(writer.hold(f"hold {h}", problem.instance, hold) for h, hold in enumerate(holds))
    cost = np.abs(writer.sheet.cost)
    unit = float(cost.max(initial=0.0)) or 1.0
    return GoalRelaxation(writer.sheet.program(unit), unit, below, writer.part, held, terms, writer.used)


def _objective(problem: Problem, level: GoalLevel, below: Fraction | None) -> tuple[Weighted, ...]:
    return () if below is not None else level_terms(problem.instance, level)


class _Writer:
    """Writes supply, loads and capacity, and then terms and holds over them."""

    def __init__(self, problem: Problem, room: IntArray, runs: Any, *, elastic: bool) -> None:
        self.sheet, self.vms, self.elastic = ProgramBuilder(), problem.vms, elastic
        count = problem.hosts.count
        self.part = np.maximum(room, 1) * count[:, None].astype(np.float64)
        pairs = Columns.of(problem.vms, room, eligible(problem.instance))
        self.vm_class, self.where = pairs.vm_class, pairs.where
        n = problem.vms.count.astype(np.float64)
        self.x = self.sheet.columns(np.full(pairs.n_pairs, np.inf), np.zeros(pairs.n_pairs))
        self.held = self.sheet.columns(np.full(room.size, np.inf), np.zeros(room.size))
        self.used = self.sheet.columns(np.ones(len(room)), np.zeros(len(room)))
        self.factor = np.concatenate([self.part.ravel(), count.astype(np.float64)])
        self._supply(n, np.asarray(runs), problem)
        self._loads(room, count)

    def _supply(self, n: FloatArray, runs: Any, problem: Problem) -> None:
        row, column, entry = self.vm_class, self.x, np.ones(len(self.x))
        if self.elastic:
            must = np.flatnonzero(runs)
            share = (problem.vms.demand[must] / np.maximum(problem.total, 1)).sum(axis=1)
            short = self.sheet.columns(n[must], share + 1e-9)
            row, column = np.concatenate([row, must]), np.concatenate([column, short])
            entry = np.append(entry, np.ones(len(must)))
        self.sheet.rows("supply", (row, column, entry), np.where(runs, n, -np.inf), n)

    def _loads(self, room: IntArray, count: IntArray) -> None:
        """Define what each class holds, and keep it within what the hosts in use have."""
        n_resources, part, every = room.shape[1], self.part.ravel(), np.arange(room.size)
        row = (self.where[:, None] * n_resources + np.arange(n_resources)).ravel()
        entry = self.vms.demand[self.vm_class].ravel() / part[row]
        column = np.repeat(self.x, n_resources)
        none = np.zeros(room.size)
        entries = np.append(row, every), np.append(column, self.held), np.append(entry, -np.ones(room.size))
        self.sheet.rows("load", entries, none, none)
        full = -(room * count[:, None]).ravel() / part
        used = np.repeat(self.used, n_resources)
        entries = np.tile(every, 2), np.append(self.held, used), np.append(np.ones(room.size), full)
        self.sheet.rows(CAPACITY, entries, np.full(room.size, -np.inf), none)

    def term(self, cost: float, block: str, weight: float, minorant: Minorant) -> _Placed:
        """Write a goal; at a cost of 0 only its pieces."""
        sheet, pieces = self.sheet, minorant.pieces
        if cost:
            np.add.at(sheet.cost, np.append(self.held, self.used), cost * weight * minorant.columns * self.factor)
            np.add.at(sheet.cost, self.x, cost * weight * minorant.vms[self.vm_class])
        entry, n_groups = pieces.entry * self.factor[pieces.column], pieces.n_groups
        scale = np.zeros(n_groups)
        np.maximum.at(scale, pieces.group[pieces.piece], np.abs(entry))
        scale = np.where(scale > 0, scale, 1.0)
        top = sheet.columns(np.full(n_groups, np.inf), cost * weight * scale)
        if len(pieces):
            by, each = scale[pieces.group], np.arange(len(pieces))
            row, column = np.append(pieces.piece, each), np.append(self._column(pieces.column), top[pieces.group])
            entries = row, column, np.append(entry / by[pieces.piece], -np.ones(len(pieces)))
            sheet.rows(block, entries, np.full(len(pieces), -np.inf), -pieces.constant / by)
        return _Placed(weight, minorant, block, scale)

    def hold(self, block: str, instance: Any, hold: Hold) -> tuple[float, tuple[_Placed, ...]]:
        """Write a hold as a row; return what it was divided by, and its goals."""
        held, row = held_terms(instance, hold), np.zeros(0)
        placed, room = [], float(held.limit)
        parts: list[tuple[IntArray, FloatArray]] = []
        for number, (weight, minorant) in enumerate(held.terms):
            before = len(self.sheet.upper)
            placed.append(self.term(0.0, f"{block} goal {number}", weight, minorant))
            top = np.arange(before, len(self.sheet.upper))
            parts += [
                (np.append(self.held, self.used), weight * minorant.columns * self.factor),
                (self.x, weight * minorant.vms[self.vm_class]),
                (top, weight * placed[-1].scale),
            ]
            room -= weight * minorant.constant
        column, row = (np.concatenate(part) for part in zip(*parts, strict=True))
        scale = float(np.abs(row).max(initial=0.0)) or 1.0
        if self.elastic:
            missed = self.sheet.columns(np.full(1, np.inf), np.ones(1))
            column, row = np.append(column, missed), np.append(row, -scale)
        entries = np.zeros(len(column), dtype=np.int64), column, row / scale
        self.sheet.rows(block, entries, np.full(1, -np.inf), np.full(1, room / scale))
        return scale, tuple(placed)

    def _column(self, column: IntArray) -> IntArray:
        return np.append(self.held, self.used)[column]
