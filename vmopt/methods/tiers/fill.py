"""Fill: VMs of lower levels on what the levels above leave free."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from vmopt.arrays import IntArray
from vmopt.elastic.allocation import best_allocation
from vmopt.level_values import tiers_of
from vmopt.methods import greedy
from vmopt.methods.free_capacity import Fit
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.problem import Problem, compile

FITS: tuple[Fit, ...] = ("first-fit", "best-fit")


def fills(instance: Instance, host_index: IntArray, last: int, stop: float) -> Iterator[IntArray]:
    """Yield placements that add VMs, the highest levels first, and lower no level up to `last`.

    Parameters
    ----------
    host_index : (n_vms,) int array
        Host of each VM of the levels up to `last`; -1 for the others, unless they stay too.
    stop : float
        Value of ``time.perf_counter()`` at which to leave the rest unplaced.
    """
    problem = compile(instance)
    order = greedy.order_by(problem, "priority")
    level = tiers_of(instance).of[order]
    may_come = host_index[order] < 0
    if problem.elastic:  # who comes late may leave less to those of the same level
        may_come &= level > last
    order = order[may_come]
    for fit in FITS:
        if problem.elastic:
            yield _by_level(instance, order, fit, host_index, stop)
        else:
            yield greedy.place(problem, order, fit, host_index, stop)
        if time.perf_counter() > stop:
            return


def lawful_starts(problem: Problem, level: IntArray, host_index: IntArray, last: int) -> Iterator[IntArray]:
    """Yield what to fill: the placement without VMs of levels below `last` and, as rules may ask for them, with them.

    Parameters
    ----------
    level : (n_vms,) int array
        Level of each VM.
    host_index : (n_vms,) int array
    last : int
        -1 for a placement of all levels.
    """
    stripped = host_index if last < 0 else np.where(level <= last, host_index, -1)
    yield stripped
    if problem.rules and (stripped != host_index).any():
        yield host_index


def _by_level(instance: Instance, order: IntArray, fit: Fit, host_index: IntArray, stop: float) -> IntArray:
    """Let elastic VMs of each level keep all they can use, before VMs of the next come."""
    level = tiers_of(instance).of[order]
    for part in np.split(order, np.flatnonzero(np.diff(level)) + 1):
        if time.perf_counter() > stop:
            break
        placed = (host_index >= 0)[:, None]
        kept = np.where(placed, best_allocation(instance, host_index), instance.reserved)
        keeping = compile(replace(instance, reservation=frozen(kept)))
        host_index = greedy.place(keeping, part, fit, host_index, stop)
    return host_index
