"""Climb: level after level, each with a share of the time, each holding what those above have reached."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from vmopt.arrays import IntArray
from vmopt.elastic.allocation import best_allocation
from vmopt.goals import FewestMoves, Utilisation
from vmopt.goals.holds import holds_of
from vmopt.level_values import values_of
from vmopt.levels import Level
from vmopt.methods.change import as_it_runs
from vmopt.methods.goals import plan
from vmopt.methods.goals.parameters import DEFAULT, LevelParameters
from vmopt.methods.goals.stage import Stage
from vmopt.methods.info import Levels
from vmopt.metrics import objective_of
from vmopt.model.columns import frozen
from vmopt.model.goal_level import GoalLevel
from vmopt.model.instance import Instance
from vmopt.model.shapes import Moves, has
from vmopt.options import Options
from vmopt.solution import Solution
from vmopt.status import Limit, Status


def share_of_first(levels: Sequence[GoalLevel], parameters: LevelParameters = DEFAULT) -> float:
    """Part of the time for finding a placement, and for the first level where that is the utilisation."""
    if not levels:
        return 1.0
    return parameters.first if leads(levels) else parameters.first / 2


def leads(levels: Sequence[GoalLevel]) -> bool:
    """Whether the first level is the utilisation alone."""
    return levels[0].maximised


def settled(
    solution: Solution, options: Options, started: float, deadline: float, parameters: LevelParameters = DEFAULT
) -> Solution:
    """The solution with no move that is for nothing: as good in every level, with as many VMs where they are now."""
    instance, objective = solution.instance, solution.instance.objective
    done = any(has(instance, level, Moves) for level in objective.goal_levels)
    if instance.current is None or done or solution.status in (Status.INFEASIBLE, Status.NOT_FOUND):
        return solution
    if solution.limit is Limit.INTERRUPTED:
        return solution
    own = GoalLevel.of(Utilisation(objective.weighting, objective.resource_weights))
    levels = objective.goal_levels or (own,)
    holds = holds_of(instance, levels, (0.0,) * len(levels), solution.host_index)
    now = time.perf_counter()
    left, seconds = max(0.0, deadline - now), max(parameters.settling_seconds, now - started)
    part = replace(options, time_limit=min(left, max(seconds, parameters.room_seconds)), progress=None)
    stage = Stage(instance, part, GoalLevel.of(FewestMoves()), holds, solution.host_index, bound_is_told=False)
    try:
        as_it_runs.run(stage)
        stage.leave(seconds)
        _serve(stage, "searched" if left else "bounded")
    except KeyboardInterrupt:
        return replace(_elsewhere(solution, stage.host_index), limit=Limit.INTERRUPTED)
    return _elsewhere(solution, stage.host_index)


def _elsewhere(solution: Solution, host_index: IntArray) -> Solution:
    """The solution with another placement, as good in every level or better; without levels it may be worth more."""
    instance = solution.instance
    if solution.levels:
        pairs = zip(solution.levels, _values(instance, host_index), strict=True)
        rows = [_reached(row, value, solution.requested_gap) for row, value in pairs]
        return _with(solution, host_index, rows, solution.limit)
    allocation = None if solution.elastic_allocation is None else frozen(best_allocation(instance, host_index))
    worth = objective_of(instance, host_index, allocation)
    return replace(solution, host_index=host_index, objective=worth, elastic_allocation=allocation)


def _reached(row: Level, value: float, gap: float) -> Level:
    """The row of a placement that is no worse there: it may be optimal where it was not.

    A tier may be beyond its bound, which is about what the tiers above had before the levels below lost some of it.
    """
    made = replace(row, value=value)
    optimal = row.status is Status.OPTIMAL or made.gap <= gap
    return replace(made, status=Status.OPTIMAL if optimal else Status.FEASIBLE)


class Climb:
    """The levels of an objective, served one after the other, from a solution that may have the first of them.

    Parameters
    ----------
    solution : Solution
    levels : {"searched", "whole", "bounded"}
        How levels are served.
    options : Options
    started, deadline : float
        Values of ``time.perf_counter()`` at which the call began and has to end.
    candidates : sequence of (n_vms,) int64 arrays
        Placements that may be better in a level than what searches find, where they fit.

    Attributes
    ----------
    limit : Limit or None
        Why the last level that was stopped early was.
    """

    found = True

    def __init__(
        self,
        solution: Solution,
        levels: Levels,
        options: Options,
        started: float,
        deadline: float,
        candidates: Sequence[IntArray] = (),
    ) -> None:
        self._first, self._how, self._options = solution, levels, options
        self._started, self._deadline, self._candidates = started, deadline, tuple(candidates)
        objective = solution.instance.objective
        self._levels, self._slack = objective.goal_levels, objective.slack_of_levels
        interrupted = solution.limit is Limit.INTERRUPTED
        self.limit = solution.limit if leads(self._levels) or interrupted else None
        self._rows = _first(solution) if leads(self._levels) else []
        self._done = 1 if self._rows else 0
        self._host_index: IntArray = solution.host_index
        self._holds = holds_of(solution.instance, self._levels[: self._done], self._slack[: self._done], self.reached)
        self._stage: Stage | None = None

    @property
    def reached(self) -> IntArray:
        """The last placement."""
        return self._host_index

    def run(self) -> None:
        """Serve the levels that are left."""
        while self._done < len(self._levels):
            begin = time.perf_counter()
            self._stage = stage = self._begin(begin)
            if self.limit is not Limit.INTERRUPTED:
                for candidate in self._candidates:
                    stage.suggest(candidate, "warm-start")
                self.limit = _serve(stage, self._how) or self.limit
            self._end(stage, begin)

    def solution(self) -> Solution:
        """What there is of all levels; those that were not come to have their values and no more."""
        if self._stage is not None:
            self._end(self._stage, time.perf_counter())
        while self._done < len(self._levels):
            begin = time.perf_counter()
            self._end(self._begin(begin), begin)
        return _with(self._first, self._host_index, self._rows, self.limit)

    def _begin(self, now: float) -> Stage:
        """The search of the next level, with its part of the time."""
        seconds = max(0.0, self._deadline - now) / (len(self._levels) - self._done)
        options = replace(self._options, time_limit=now + seconds - self._started)
        level, known = self._levels[self._done], self._first.certificate
        stage = Stage(self._first.instance, options, level, self._holds, self._host_index, self._started)
        if level.maximised and np.isfinite(known.value):
            stage.tighten(Fraction(known.value), known.proof, "auto")
        return stage

    def _end(self, stage: Stage, begin: float) -> None:
        """Keep what a level has reached."""
        k, self._stage = self._done, None
        self._host_index = stage.host_index
        self._holds += holds_of(stage.instance, self._levels[k : k + 1], self._slack[k : k + 1], stage.host_index)
        self._rows.append(stage.as_level(time.perf_counter() - begin))
        self._done = k + 1


def _serve(stage: Stage, levels: Levels) -> Limit | None:
    """Search a level; tell why that stopped early."""
    plan.run(stage, levels)
    return None if stage.proven else stage.why_stopped


def _first(solution: Solution) -> list[Level]:
    """What the solution has of the utilisation: one level, or its tiers."""
    if solution.instance.tiers is not None:
        return list(solution.levels)
    return [Level(None, solution.objective, solution.certificate, solution.status, solution.solve_seconds)]


def _with(solution: Solution, host_index: IntArray, rows: list[Level], limit: Limit | None) -> Solution:
    """The solution with another placement and all of its levels."""
    instance = solution.instance
    proven = all(row.status is Status.OPTIMAL for row in rows)
    objective = objective_of(instance, host_index)
    certificate = replace(solution.certificate, value=max(solution.certificate.value, objective))
    return replace(
        solution,
        host_index=np.asarray(host_index),
        objective=objective,
        certificate=certificate,
        levels=tuple(_measured(solution, rows, host_index)),
        status=Status.OPTIMAL if proven else Status.FEASIBLE,
        limit=None if proven else limit,
    )


def _measured(solution: Solution, rows: list[Level], host_index: IntArray) -> list[Level]:
    """The rows with what the last placement has of them: those after them may have used their slack."""
    values = _values(solution.instance, host_index)
    return [replace(row, value=value) for row, value in zip(rows, values, strict=True)]


def _values(instance: Instance, host_index: IntArray) -> list[float]:
    """What a placement has of each level; of the utilisation, where it comes first, of each of its tiers."""
    goals = instance.objective.goal_levels
    values = [float(level.value(instance, host_index)) for level in goals]
    if goals and not leads(goals):
        return values
    if instance.tiers is not None:
        first = [float(value) for value in values_of(instance, host_index)]
    else:
        first = [objective_of(instance, host_index)]
    return [*first, *values[1:]]


def with_placement(solution: Solution, host_index: IntArray, rows: list[Level], limit: Limit | None) -> Solution:
    """A solution of the same levels with another placement: the rows are measured anew, their bounds are taken."""
    return _with(solution, host_index, rows, limit)
