"""Plan: which searches serve a level, in the order in which they pay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from vmopt.formulation.assignment import assignment_size
from vmopt.methods.change import fewest
from vmopt.methods.goals import bounds, closer, leave_or_pay, refill, whole
from vmopt.methods.goals.anneal import run as anneal
from vmopt.methods.goals.balance import descent, narrowing, sums
from vmopt.methods.goals.packing import run as packing
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.stage import Stage
from vmopt.methods.info import Levels
from vmopt.status import Limit

Search = tuple[Callable[[Stage], None], float]
"""What to run, and the share of the time left that it may take."""
SMALL = 2_000
"""VM classes times hosts up to which the whole level is one program."""
TINY = 200
"""The same, up to which that program is solved at once, after a glance at what proves more than it claims."""
GLANCE = 0.05


def run(stage: Stage, levels: Levels) -> None:
    """Serve a level; greedy baselines leave it as it comes, and only learn how good that is."""
    if stage.finished:
        return
    if levels == "bounded":
        bounds.run(stage)
        return
    if stage.level.goals[0].name == "latency":
        closer.run(stage)
        return
    nobody = np.full(stage.instance.n_vms, -1, dtype=np.int64)
    if stage.suggest(nobody, "nobody") and stage.finished:
        return
    for search, share in [(whole.run, 1.0)] if levels == "whole" else _searches(stage):
        stage.limit = None
        with stage.within(share):
            search(stage)
        if stage.finished or stage.limit is Limit.INTERRUPTED:
            return


def _searches(stage: Stage) -> Iterator[Search]:
    """Those made for a goal come first, then the whole as one program where it is small, few hosts at a time."""
    moves, ground = stage.level.names("fewest-moves"), PackingProblem.of(stage)
    size = assignment_size(stage.problem)
    alone = ground is not None and ground.alone
    if descent.serves(stage):
        yield descent.run, 0.5
    if anneal.serves(stage) and size > SMALL:
        yield leave_or_pay.run, 0.05
        yield bounds.run, 0.15
        yield anneal.run, 0.9
    if moves:
        yield fewest.run, 1.0
    if size <= TINY:
        if ground is not None:
            yield partial(packing.run, ground=ground), GLANCE
        yield bounds.run, GLANCE
        yield whole.run, 0.3
    if ground is not None:
        yield partial(packing.run, ground=ground), 0.8 if alone else 0.3
    if not alone:
        yield bounds.run, 0.3
        yield exchange, 0.7
    if size <= SMALL:
        yield whole.run, 0.3
    interest = partial(fewest.interest, stage) if moves else None
    yield partial(refill.run, interest=interest), 0.5 if size <= SMALL else 1.0
    if size <= SMALL:
        yield whole.run, 1.0


def exchange(stage: Stage) -> None:
    """Exchange VMs for a level with a balance; other levels are left to other searches."""
    goals: tuple[Any, ...] = stage.level.goals
    if stage.problem.elastic or stage.finished or not any(goal.name == "balance" for goal in goals):
        return
    if len(goals) == 1 and goals[0].kind in ("max", "spread"):
        narrowing.run(stage)
    else:
        sums.run(stage)
