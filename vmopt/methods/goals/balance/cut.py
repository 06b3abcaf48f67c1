"""Cut: everybody placed on hosts that are cut to a part of them, by the methods that know utilisation alone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import SolverError
from vmopt.goals.forced import capacity_left
from vmopt.goals.price_proof import fullest_goal
from vmopt.methods import registry
from vmopt.methods.adapted import adapted
from vmopt.methods.goals.balance.costs import as_part
from vmopt.methods.goals.bounds import next_part
from vmopt.methods.goals.stage import Stage
from vmopt.methods.search import Search
from vmopt.model.columns import frozen
from vmopt.model.objective import Objective
from vmopt.status import Limit
from vmopt.verify import verify

METHOD = "cut"
SHARE = 0.25
"""Of the time left, for one part."""
MOST_TRIED = 12
NEAR = Fraction(1, 10**6)


def run(stage: Stage, may: BoolArray) -> None:
    """Bisect for the least part of hosts on which all VMs that run have room; nothing where some run nowhere.

    Parameters
    ----------
    may : (n_hosts,) bool array
        Hosts that may be used.
    """
    if (stage.host_index < 0).any():
        return
    low = as_part(stage.bound or Fraction(0), stage.level)
    for number in range(MOST_TRIED):
        high = as_part(stage.value, stage.level)
        if stage.finished or high - low <= NEAR * high:
            break
        part = next_part(stage, low if not number else (low + high) / 2)
        if part >= high:
            break
        placed = _placed(stage, part, may)
        if placed is None or not stage.offer(placed, METHOD):
            low = part + NEAR * high


def _placed(stage: Stage, part: Fraction, may: BoolArray) -> IntArray | None:
    """Everybody, on hosts of which so much may be used; None where that is not found."""
    instance, goal = stage.instance, fullest_goal(stage.level)
    room = capacity_left(instance, stage.holds, (goal, part * (1 + NEAR)))[instance.host_classes.of]
    part_of = replace(
        instance, capacity=frozen(np.where(may[:, None], np.maximum(room, 0), 0)), objective=Objective("demand")
    )
    seconds = SHARE * stage.remaining
    search = Search(part_of, replace(stage.options, time_limit=seconds, gap=0.0, progress=None))
    with suppress(SolverError):  # then it has what it has found
        adapted(*registry.get("auto"), instance)(search)
    if search.limit is Limit.INTERRUPTED:
        raise KeyboardInterrupt
    if (search.host_index < 0).any() or verify(instance, search.host_index):
        return None
    return search.host_index
