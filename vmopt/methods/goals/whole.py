"""Whole: a level over all hosts at once, by a backend for integer programs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.bounds import Claim
from vmopt.formulation.assignment import assignment_size
from vmopt.formulation.goals import GoalProgram, whole_program
from vmopt.methods.exact import DEFAULT_BACKEND, beyond_reach
from vmopt.methods.goals.stage import Stage
from vmopt.status import Status

METHOD = "exact"


def run(stage: Stage) -> None:
    """Solve the level as one program, where it can be built in the time left."""
    size = assignment_size(stage.problem) * (2 + stage.problem.n_resources) * (1 + len(stage.holds))
    limit = beyond_reach(size, stage.remaining)
    if limit is not None:
        stage.limit = limit
        return
    with stage.building():
        model = whole_program(stage.problem, stage.level, stage.holds)
    options = LPOptions(
        time_limit=stage.remaining,
        gap=0.99 * stage.options.gap,
        seed=stage.options.seed,
        threads=stage.options.threads,
        on_incumbent=lambda x, bound: _take(stage, model, x, bound),
    )
    backend = registry.get(stage.options.backend or DEFAULT_BACKEND)
    stage.backend = f"{backend.name} ({backend.version()})"
    result = backend.solve(model.program, options)
    stage.limit = result.limit
    _take(stage, model, result.x, result.bound)
    if result.status is Status.INFEASIBLE:
        stage.tighten(_next_to(stage, model), Claim(backend.name), METHOD)


def _take(stage: Stage, model: GoalProgram, x: FloatArray | None, bound: float) -> None:
    if x is not None:
        columns = model.columns
        found = stage.problem.dealer.deal(columns.vm_class, columns.where, model.counts(x))
        stage.offer(found, METHOD)
    if np.isfinite(bound):
        stage.tighten(model.bound(bound), Claim(stage.options.backend or DEFAULT_BACKEND), METHOD)


def _next_to(stage: Stage, model: GoalProgram) -> Fraction:
    """A program of what is no worse than the present placement cannot be infeasible, but for rounding."""
    return stage.value - (1 if not stage.level.maximised else -1) * model.measure.error
