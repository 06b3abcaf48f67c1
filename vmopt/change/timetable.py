"""When each action of a plan begins, if all take as long as they are said to."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import networkx as nx
import numpy as np

from vmopt.arrays import FloatArray
from vmopt.change.action import Action


def begins(actions: Sequence[Action], graph: nx.DiGraph, at_once: int, per_host: int) -> FloatArray:
    """Let actions begin as soon as they may, those first that most has to wait for.

    Parameters
    ----------
    actions : sequence of Action
    graph : networkx.DiGraph
    at_once, per_host : int
        How many are under way at most, in all and on each host.

    Returns
    -------
    (n_actions,) float64 array
        Seconds.

    Examples
    --------
    >>> from vmopt.change.action import Kind
    >>> moves = [Action(Kind.MOVE, 0, 0, 1, 5.0), Action(Kind.MOVE, 1, 2, 3, 2.0), Action(Kind.MOVE, 2, 4, 0, 1.0)]
    >>> begins(moves, nx.DiGraph([(0, 2)]), at_once=2, per_host=2).tolist()
    [0.0, 0.0, 5.0]
    """
    begin = np.zeros(len(actions))
    missing = dict(graph.in_degree())
    tail = tails(actions, graph)
    ready = [(-tail[n], n) for n in range(len(actions)) if not missing.get(n)]
    heapq.heapify(ready)
    busy, running = dict[int, int](), list[tuple[float, int]]()
    now = 0.0
    while ready or running:
        later = []
        while ready and len(running) < at_once:
            entry = heapq.heappop(ready)
            hosts = actions[entry[1]].hosts
            if any(busy.get(host, 0) >= per_host for host in hosts):
                later.append(entry)
                continue
            begin[entry[1]] = now
            heapq.heappush(running, (now + actions[entry[1]].seconds, entry[1]))
            busy.update({host: busy.get(host, 0) + 1 for host in hosts})
        for entry in later:
            heapq.heappush(ready, entry)
        now = running[0][0]
        while running and running[0][0] <= now:
            _, done = heapq.heappop(running)
            busy.update({host: busy[host] - 1 for host in actions[done].hosts})
            for after in graph.successors(done) if done in graph else ():
                missing[after] -= 1
                if not missing[after]:
                    heapq.heappush(ready, (-tail[after], after))
    return begin


def tails(actions: Sequence[Action], graph: nx.DiGraph) -> FloatArray:
    """Seconds from the beginning of each action to the end of the longest chain that waits for it."""
    tail = np.array([action.seconds for action in actions], dtype=np.float64)
    for number in reversed(list(nx.topological_sort(graph))):
        after = [tail[later] for later in graph.successors(number)]
        tail[number] += max(after, default=0.0)
    return tail
