"""An order of all that has to be done: stops, then moves, then starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import IntArray
from vmopt.change import exhaust, order
from vmopt.change.action import NOWHERE, Action
from vmopt.change.exhaust import OrderVerdict
from vmopt.change.state import ClusterState
from vmopt.model.instance import Instance
from vmopt.rules import BaseRule

SHUFFLES = 2
"""Further orders in which moves are tried before any VM is parked."""


@dataclass(frozen=True)
class Sorted:
    """Actions in an order that works, or the VMs that are stuck, and whether it is proven that some always are."""

    steps: tuple[Action, ...] = ()
    stuck: tuple[int, ...] = ()
    proven: bool = False


def sorted_out(
    instance: Instance, current: IntArray, target: IntArray, always: Sequence[BaseRule], *, parking: bool
) -> Sorted:
    """Find an order; with few moves one that parks least, else the first that is found.

    Parameters
    ----------
    instance : Instance
    current, target : (n_vms,) int64 arrays
    always : sequence of BaseRule
    parking : bool
    """

    def begun() -> ClusterState:
        state = ClusterState(instance, current, target, always)
        for vm in np.flatnonzero((current >= 0) & (target < 0)).tolist():
            state.put(vm, NOWHERE)
        return state

    state, stuck = _directly(begun)
    proven = False
    if stuck:
        found = exhaust.search(begun(), parking=parking)
        proven = found.verdict is OrderVerdict.NONE
        if found.verdict is OrderVerdict.ORDER:
            state, stuck = begun(), []
            for vm, host in found.steps:
                state.put(vm, host)
        elif found.verdict is OrderVerdict.UNKNOWN and parking:
            state, stuck = _parking(state, begun)
    if stuck:
        return Sorted(stuck=tuple(stuck), proven=proven)
    return _started(state)


def _directly(begun: Callable[[], ClusterState]) -> tuple[ClusterState, list[int]]:
    """Try to move all, none by way of another host, in some orders; return what is best: the fewest stuck."""
    best: tuple[ClusterState, list[int]] | None = None
    rng = np.random.default_rng(0)
    for turn in range(1 + SHUFFLES):
        state = begun()
        movers = state.movers
        stuck = order.go(state, movers.tolist() if turn == 0 else rng.permutation(movers).tolist())
        if best is None or len(stuck) < len(best[1]):
            best = state, stuck
        if not stuck:
            break
    assert best is not None
    return best


def _parking(best: ClusterState, begun: Callable[[], ClusterState]) -> tuple[ClusterState, list[int]]:
    """Park VMs that are in the way, from where the best order got stuck, then from the beginning.

    Where few are left, they are tried in all ways.
    """
    for state in (best, begun()):
        stuck = order.go_with_parking(state, state.movers.tolist())
        if stuck:
            rest = exhaust.search(state, parking=True)
            for vm, host in rest.steps:
                state.put(vm, host)
            stuck = [] if rest.verdict is OrderVerdict.ORDER else stuck
        if not stuck:
            break
    return state, stuck


def _started(state: ClusterState) -> Sorted:
    """Start what is to run and does not yet."""
    starting = np.flatnonzero((state.now < 0) & (state.target >= 0)).tolist()
    waiting = starting
    while waiting:
        left = []
        for vm in waiting:
            if state.fits(vm, int(state.target[vm])):
                state.put(vm, int(state.target[vm]))
            else:
                left.append(vm)
        if len(left) == len(waiting):
            return Sorted(stuck=tuple(left), proven=True)
        waiting = left
    return Sorted(tuple(state.steps))
