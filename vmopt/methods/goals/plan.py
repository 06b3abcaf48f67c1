"""Plan: which searches serve a level, in the order in which they pay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from vmopt.formulation.assignment import assignment_size
from vmopt.goals.moved import limits_moves
from vmopt.methods.change import fewest
from vmopt.methods.goals import bounds, by_terms, closer, leave_or_pay, refill, whole
from vmopt.methods.goals.anneal import run as anneal
from vmopt.methods.goals.anneal.ready import KERNEL
from vmopt.methods.goals.balance import descent, narrowing, sums
from vmopt.methods.goals.packing import run as packing
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.parameters import DEFAULT, LevelParameters
from vmopt.methods.goals.stage import Stage
from vmopt.methods.info import Levels
from vmopt.status import Limit

Search = tuple[Callable[[Stage], None], float]
"""What to run, and the share of the time left that it may take."""


def run(stage: Stage, levels: Levels, parameters: LevelParameters = DEFAULT) -> None:
    """Serve a level; greedy baselines leave it as it comes, and only learn how good that is."""
    if stage.finished:
        return
    if _has_latency(stage):
        _without_programs(stage, levels)
        return
    if levels == "bounded":
        bounds.run(stage, parameters)
        return
    nobody = np.full(stage.instance.n_vms, -1, dtype=np.int64)
    if stage.suggest(nobody, "nobody") and stage.finished:
        return
    for search, share in [(whole.run, 1.0)] if levels == "whole" else _searches(stage, parameters):
        stage.limit = None
        with stage.within(share):
            search(stage)
        if stage.finished or stage.limit is Limit.INTERRUPTED:
            return


def _has_latency(stage: Stage) -> bool:
    """Whether latency is what is searched, or is held: no program and no price can speak of it."""
    return any(level.names("latency") for level in (stage.level, *(hold.level for hold in stage.holds)))


def _without_programs(stage: Stage, levels: Levels) -> None:
    """Serve latency, or what comes after it, by exchanges; greedy baselines leave both as they come."""
    if levels == "bounded":
        return
    if stage.level.names("latency"):
        closer.run(stage)
    elif stage.level.names("fewest-moves"):
        fewest.run(stage)


def _searches(stage: Stage, parts: LevelParameters) -> Iterator[Search]:
    """Those made for a goal come first, then the whole as one program where it is small, few hosts at a time.

    While annealing is being compiled, what would come after it comes before.
    """
    moves, ground = stage.level.names("fewest-moves"), PackingProblem.of(stage)
    size = assignment_size(stage.problem)
    alone, small = ground is not None and ground.alone, size <= parts.small
    bounded = partial(bounds.run, parameters=parts)
    if descent.serves(stage):
        yield partial(descent.run, parameters=parts.descent_by_moves), parts.descent
    interest = partial(fewest.interest, stage) if moves else None
    refilled = partial(refill.run, interest=interest, parameters=parts.refill)
    exchanged = partial(exchange, parameters=parts)
    if anneal.serves(stage) and not small:
        KERNEL.begin()
        yield partial(leave_or_pay.run, parameters=parts), parts.leave_or_pay
        yield bounded, parts.bounds_of_moves
        for search, share in ((exchanged, parts.exchange), (refilled, 1.0)):
            if KERNEL.coming:
                yield partial(_meanwhile, search), share
        yield anneal.run, parts.anneal
    if moves:
        yield fewest.run, 1.0
    if size <= parts.tiny:
        if ground is not None:
            yield partial(packing.run, ground=ground), parts.glance
        yield bounded, parts.glance
        yield whole.run, parts.whole_at_first
    held = {goal.name for hold in stage.holds for goal in hold.level.goals}
    if alone and ("balance" in held or limits_moves(stage.instance, stage.holds)):
        yield bounded, parts.bounds  # packing knows of neither
    if ground is not None:
        yield partial(packing.run, ground=ground), parts.packing_alone if alone else parts.packing
    if not alone:
        yield bounded, parts.bounds
        if ground is not None and not small and by_terms.serves(stage):
            yield (
                partial(by_terms.run, ground=ground, serve=partial(run, levels="searched", parameters=parts)),
                parts.by_terms,
            )
        yield exchanged, parts.exchange
    if small:
        yield whole.run, parts.whole_at_first
    yield refilled, parts.refill_of_small if small else 1.0
    if small:
        yield whole.run, 1.0


def _meanwhile(search: Callable[[Stage], None], stage: Stage) -> None:
    """Run a search until annealing is ready."""
    with stage.while_true(lambda: KERNEL.coming):
        search(stage)


def exchange(stage: Stage, parameters: LevelParameters = DEFAULT) -> None:
    """Exchange VMs for a level with a balance; other levels are left to other searches."""
    goals: tuple[Any, ...] = stage.level.goals
    if stage.problem.elastic or stage.finished or not any(goal.name == "balance" for goal in goals):
        return
    if len(goals) == 1 and goals[0].kind in ("max", "spread"):
        narrowing.run(stage, parameters.narrowing)
    else:
        sums.run(stage, parameters.sums, parameters.refill)
