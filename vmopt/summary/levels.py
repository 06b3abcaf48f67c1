"""Levels in summaries: a row for each goal, a row for each tier, and runs of tiers that are wholly placed in one."""

from __future__ import annotations

from itertools import groupby
from math import fsum
from typing import TYPE_CHECKING

import numpy as np

from vmopt.gap import relative_gap
from vmopt.level_values import tiers_of
from vmopt.summary.figures import apart, number, percent
from vmopt.summary.layout import Fact, Table

if TYPE_CHECKING:
    from vmopt.levels import Level
    from vmopt.solution import Solution

SHARES = ("balance-max", "balance-spread")
"""Goals that are parts of a capacity."""
MAX_LEVELS = 12
FEW = 3
"""Levels that have a row each, even where all of them run."""


def tables_of(solution: Solution) -> list[Table]:
    """Tables of the tiers and of the goals, where there are any."""
    return [table for table in (levels_of(solution), goals_of(solution)) if table is not None]


def goals_of(solution: Solution) -> Table | None:
    """Tabulate value, bound, gap and status of the goals; None where the utilisation is the only one."""
    rows = [level for level in solution.levels if level.priority is None]
    if not solution.instance.objective.goal_levels or not rows:
        return None
    header = ("goal", "status", "value", "bound", "gap", "seconds")
    return Table(header, [_goal_row(level) for level in rows], n_left=2)


def hints_of(solution: Solution) -> list[Fact]:
    """Say that nothing asks VMs to run, where that is so and none does."""
    levels = solution.instance.objective.goal_levels
    if not levels or not solution.instance.n_vms or solution.n_placed or any(level.maximised for level in levels):
        return []
    return [Fact("hint", "no goal asks VMs to run: make utilisation the first one, or say with MustRun who has to")]


def _goal_row(level: Level) -> tuple[str, ...]:
    shares = level.goal.startswith(SHARES) and " + " not in level.goal
    value, bound = (percent(level.value, 2), percent(level.bound, 2)) if shares else apart(level.value, level.bound)
    return (level.goal, level.status.value, value, bound, percent(level.gap), f"{level.seconds:.1f}")


def levels_of(solution: Solution) -> Table | None:
    """Tabulate value, bound, gap and status of the tiers; None where there are none, or one."""
    levels = [level for level in solution.levels if level.priority is not None]
    if len(levels) < 2:
        return None
    of = tiers_of(solution.instance).of
    asked = np.bincount(of, minlength=len(levels))
    placed = np.bincount(of[solution.host_index >= 0], minlength=len(levels))
    rows = []
    for whole, run in groupby(range(len(levels)), key=lambda k: len(levels) > MAX_LEVELS and placed[k] == asked[k]):
        together = list(run)
        pieces = [together] if whole and len(together) > FEW else [[k] for k in together]
        rows += [_row(solution, piece, int(placed[piece].sum()), int(asked[piece].sum())) for piece in pieces]
    if len(rows) > MAX_LEVELS:
        left = sum(level.status.value != "optimal" for level in levels)
        told = f"{len(levels):,} levels in all, {left:,} of them not proven"
        rows = [*rows[:MAX_LEVELS], (told, *[""] * 5)]
    return Table(("priority", "status", "placed", "value", "bound", "gap"), rows, n_left=2)


def _row(solution: Solution, piece: list[int], placed: int, asked: int) -> tuple[str, ...]:
    levels = [solution.levels[k] for k in piece]
    first, last = (number(float(level.priority or 0), 12) for level in (levels[0], levels[-1]))
    value, bound = fsum(level.value for level in levels), fsum(level.bound for level in levels)
    proven = all(level.status.value == "optimal" for level in levels)
    return (
        first if len(piece) == 1 else f"{first} to {last}",
        "optimal" if proven else "feasible",
        f"{placed:,} of {asked:,}",
        *apart(value, bound),
        percent(relative_gap(value, bound)),
    )
