"""All orders of few moves: finds one that parks least, or proves that there is none.

A state is where each of the VMs is that move. Stops come before all, because they only make room, and starts after all,
because they only take it; both may be left out. States are visited by how often VMs were parked on the way (Dijkstra's
algorithm where steps cost 0 or 1).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

from vmopt.change.state import ClusterState

MOST_STATES = 6000
MOST_MOVERS = 9
MOST_PER_STEP = 400
"""Pairs of VM and host that are looked at from a state."""
Where = tuple[int, ...]


class OrderVerdict(Enum):
    """What a search of all orders found."""

    ORDER = "order"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Found:
    """The verdict, and the steps of an order: VM and host."""

    verdict: OrderVerdict
    steps: tuple[tuple[int, int], ...] = ()


def search(state: ClusterState, *, parking: bool) -> Found:
    """Search all orders of the moves that a state still needs.

    Parameters
    ----------
    state : ClusterState
        It is not changed.
    parking : bool
        Whether VMs may go to third hosts.
    """
    movers = tuple(state.movers.tolist())
    hosts = range(state.instance.n_hosts)
    if len(movers) > MOST_MOVERS or (parking and len(movers) * len(hosts) > MOST_PER_STEP):
        return Found(OrderVerdict.UNKNOWN)
    goal = tuple(int(state.target[vm]) for vm in movers)
    trial = ClusterState(state.instance, state.now, state.target, state.always)
    start = tuple(int(state.now[vm]) for vm in movers)
    least, came = {start: 0}, dict[Where, tuple[Where, int, int]]()
    waiting, done = deque([start]), set[Where]()
    while waiting:
        where = waiting.popleft()
        if where == goal:
            return Found(OrderVerdict.ORDER, _steps(came, goal))
        if where in done:
            continue
        done.add(where)
        if len(done) > MOST_STATES:
            return Found(OrderVerdict.UNKNOWN)
        _visit(trial, movers, where)
        for n, vm in enumerate(movers):
            for host in hosts if parking else (goal[n],):
                after = (*where[:n], host, *where[n + 1 :])
                cost = least[where] + (host != goal[n])
                if host != where[n] and cost < least.get(after, cost + 1) and trial.fits(vm, host):
                    least[after], came[after] = cost, (where, vm, host)
                    (waiting.append if host != goal[n] else waiting.appendleft)(after)
    return Found(OrderVerdict.NONE)


def _visit(trial: ClusterState, movers: Where, where: Where) -> None:
    """Put the VMs of a trial where a state has them."""
    for vm, host in zip(movers, where, strict=True):
        if trial.now[vm] != host:
            trial.put(vm, host)
    trial.steps.clear()


def _steps(came: dict[Where, tuple[Where, int, int]], goal: Where) -> tuple[tuple[int, int], ...]:
    steps = []
    while goal in came:
        goal, vm, host = came[goal]
        steps.append((vm, host))
    return tuple(reversed(steps))
