"""Opened: which hosts to run on, where a level above limits what hosts in use may cost."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.formulation.goal_relaxation import goal_relaxation
from vmopt.goals.held_hosts import held_hosts
from vmopt.methods.goals.balance.parameters import NARROWING, NarrowingParameters
from vmopt.methods.goals.stage import Stage
from vmopt.methods.relaxation import DEFAULT_BACKEND, beyond_reach


def opened(stage: Stage, part: Fraction, parameters: NarrowingParameters = NARROWING) -> BoolArray | None:
    """Hosts that are best to be in use if none is fuller than a part; None where nothing limits them.

    How many of each class is what the class relaxation says, rounded down; what may still be spent goes to the largest
    of those that remain. Hosts that are in use come first.
    """
    limit, seconds = held_hosts(stage.instance, stage.holds), parameters.opened_share * stage.remaining
    if not limit or stage.problem.elastic or beyond_reach(stage.problem, seconds) is not None:
        return None
    wanted = _wanted(stage, part * (1 + parameters.margin), parameters.opened_share)
    if wanted is None:
        return None
    of, room = stage.problem.hosts.of, stage.problem.capacity / np.maximum(stage.problem.total, 1)
    used = np.bincount(stage.host_index[stage.host_index >= 0], minlength=stage.problem.n_hosts) > 0
    order = np.lexsort((-room.sum(axis=1), ~used))
    rank = _rank(of[order])
    first = rank < np.floor(wanted + 1e-6)[of[order]]
    order = np.concatenate([order[first], order[~first][np.argsort(-room.sum(axis=1)[order[~first]], kind="stable")]])
    return _affordable(order, limit[0].cost, limit[0].most)


def _wanted(stage: Stage, part: Fraction, share: float) -> FloatArray | None:
    """Hosts of each class in use, in the class relaxation."""
    relaxation = goal_relaxation(stage.problem, stage.level, stage.holds, part)
    options = LPOptions(time_limit=share * stage.remaining, threads=stage.options.threads)
    result = registry.get(DEFAULT_BACKEND).solve(relaxation.program, options)
    return None if result.x is None else np.asarray(result.x[relaxation.used] * stage.problem.hosts.count)


def _rank(of: IntArray) -> IntArray:
    """How many of the same before each."""
    order = np.argsort(of, kind="stable")
    rank = np.empty(len(of), dtype=np.int64)
    rank[order] = np.arange(len(of)) - np.searchsorted(of[order], of[order])
    return rank


def _affordable(order: IntArray, cost: IntArray, most: int) -> BoolArray:
    """Hosts in this order as long as there is something left for them."""
    chosen, left = np.zeros(len(cost), dtype=bool), most
    for host in order.tolist():
        if cost[host] <= left:
            chosen[host] = True
            left -= int(cost[host])
    return chosen
