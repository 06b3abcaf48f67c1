"""Before: which actions are surely done when one begins."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import networkx as nx


class Before:
    """All that each action waits for, directly or not, as the bits of a number.

    Parameters
    ----------
    graph : networkx.DiGraph
        Without a cycle.

    Examples
    --------
    >>> before = Before(nx.DiGraph([(0, 1), (1, 2)]))
    >>> before.surely(0, 2), before.surely(2, 0), before.are_in_line([2, 0, 1])
    (True, False, True)
    """

    def __init__(self, graph: nx.DiGraph) -> None:
        self.order: list[int] = list(nx.lexicographical_topological_sort(graph))
        self._bits: dict[int, int] = {}
        for number in self.order:
            bits = 0
            for earlier in graph.predecessors(number):
                bits |= self._bits[earlier] | 1 << earlier
            self._bits[number] = bits

    def surely(self, earlier: int, later: int) -> bool:
        """Whether one action is done before another begins, whatever happens."""
        return bool(self._bits[later] >> earlier & 1)

    def among(self, later: int, candidates: Iterable[int]) -> list[int]:
        """Those of the candidates that are surely done before an action begins."""
        bits = self._bits[later]
        return [earlier for earlier in candidates if bits >> earlier & 1]

    def are_in_line(self, actions: Iterable[int]) -> bool:
        """Whether no two of these actions can overlap, nor trade places."""
        place = {number: position for position, number in enumerate(self.order)}
        line = sorted(actions, key=place.__getitem__)
        return all(self.surely(first, second) for first, second in pairwise(line))
