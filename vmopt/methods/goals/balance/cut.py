"""Cut: everybody placed on hosts that are cut to a part of them, by the methods that know utilisation alone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import SolverError
from vmopt.goals.forced import capacity_left
from vmopt.methods import registry
from vmopt.methods.adapted import adapted
from vmopt.methods.goals.balance.costs import as_part
from vmopt.methods.goals.balance.parameters import NARROWING, NarrowingParameters
from vmopt.methods.goals.bounds import next_part
from vmopt.methods.goals.stage import Stage
from vmopt.methods.search import Search
from vmopt.model.columns import frozen
from vmopt.model.objective import Objective
from vmopt.model.shapes import Fullest
from vmopt.status import Limit
from vmopt.verify import verify

METHOD = "cut"


def run(stage: Stage, fullest: Fullest, may: BoolArray, parameters: NarrowingParameters = NARROWING) -> None:
    """Bisect for the least part of hosts on which all VMs that run have room; nothing where some run nowhere.

    Parameters
    ----------
    fullest : Fullest
        What the level is.
    may : (n_hosts,) bool array
        Hosts that may be used.
    parameters : NarrowingParameters
    """
    if (stage.host_index < 0).any():
        return
    low = as_part(stage.bound or Fraction(0), stage.level)
    for number in range(parameters.cut_tried):
        high = as_part(stage.value, stage.level)
        if stage.finished or high - low <= parameters.near * high:
            break
        part = next_part(stage.instance, fullest, low if not number else (low + high) / 2)
        if part >= high:
            break
        placed = _placed(stage, fullest, part, may, parameters)
        if placed is None or not stage.offer(placed, METHOD):
            low = part + parameters.near * high


def _placed(
    stage: Stage, fullest: Fullest, part: Fraction, may: BoolArray, parameters: NarrowingParameters
) -> IntArray | None:
    """Everybody, on hosts of which so much may be used; None where that is not found."""
    instance, below = stage.instance, (fullest, part * (1 + parameters.near))
    room = capacity_left(instance, stage.holds, below)[instance.host_classes.of]
    part_of = replace(
        instance, capacity=frozen(np.where(may[:, None], np.maximum(room, 0), 0)), objective=Objective("demand")
    )
    seconds = parameters.cut_share * stage.remaining
    search = Search(part_of, replace(stage.options, time_limit=seconds, gap=0.0, progress=None))
    with suppress(SolverError):  # then it has what it has found
        adapted(*registry.get("auto"), instance)(search)
    if search.limit is Limit.INTERRUPTED:
        raise KeyboardInterrupt
    if (search.host_index < 0).any() or verify(instance, search.host_index):
        return None
    return search.host_index
