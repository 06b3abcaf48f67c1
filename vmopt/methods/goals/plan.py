"""Plan: which searches serve a level, in the order in which they pay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

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
from vmopt.model.shapes import OF_LOADS, Delay, Fullest, Moves, Spread, alone, has
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
    levels = (stage.level, *(hold.level for hold in stage.holds))
    return any(has(stage.instance, level, Delay) for level in levels)


def _without_programs(stage: Stage, levels: Levels) -> None:
    """Serve latency, or what comes after it, by exchanges; greedy baselines leave both as they come."""
    if levels == "bounded":
        return
    if has(stage.instance, stage.level, Delay):
        closer.run(stage)
    elif has(stage.instance, stage.level, Moves):
        fewest.run(stage)


def _searches(stage: Stage, parts: LevelParameters) -> Iterator[Search]:
    """Those made for a goal come first, then the whole as one program where it is small, few hosts at a time.

    While annealing is being compiled, what would come after it comes before.
    """
    moves, ground = has(stage.instance, stage.level, Moves), PackingProblem.of(stage)
    size = assignment_size(stage.problem)
    packed, small = ground is not None and ground.alone, size <= parts.small
    bounded = partial(bounds.run, parameters=parts)
    if descent.serves(stage):
        yield partial(descent.run, parameters=parts.descent_by_moves), parts.descent
    interest = partial(fewest.interest, stage) if moves else None
    refilled = partial(refill.run, interest=interest, parameters=parts.refill)
    exchanged, each = partial(exchange, parameters=parts), partial(run, levels="searched", parameters=parts)
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
    even = any(has(stage.instance, hold.level, *OF_LOADS) for hold in stage.holds)
    if packed and (even or limits_moves(stage.instance, stage.holds)):
        yield bounded, parts.bounds  # packing knows of neither
    if ground is not None:
        yield partial(packing.run, ground=ground), parts.packing_alone if packed else parts.packing
    if not packed:
        yield bounded, parts.bounds
        if ground is not None and not small and by_terms.serves(stage):
            yield partial(by_terms.run, ground=ground, serve=each), parts.by_terms
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
    instance, level = stage.instance, stage.level
    if stage.problem.elastic or stage.finished or not has(instance, level, *OF_LOADS):
        return
    even: tuple[Fraction, Fullest | Spread] | None = alone(instance, level, Fullest)
    even = even or alone(instance, level, Spread)
    if even is not None:
        narrowing.run(stage, even[1], parameters.narrowing)
    else:
        sums.run(stage, parameters.sums, parameters.refill)
