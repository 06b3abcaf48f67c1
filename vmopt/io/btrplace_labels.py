"""Labels of hosts that stand for the sets of nodes of which BtrPlace's constraints speak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError

PART = "part"
CAPACITY = "capacity"
Places = Mapping[int, int]
Limit = tuple[str | None, int]


class Labels:
    """Labels of hosts, made one after the other.

    Parameters
    ----------
    hosts : dict of int to int
        Place of each node by its number.

    Attributes
    ----------
    rows : list of dict
        The labels of each host.

    Examples
    --------
    >>> labels = Labels({4: 0, 5: 1})
    >>> labels.parts([[4], [5]]), list(labels.capacities([(None, 3, [5])]))
    ('part', [((None, 3), 'capacity')])
    >>> labels.rows
    [{'part': '0'}, {'part': '1', 'capacity': '0'}]
    """

    def __init__(self, hosts: Places) -> None:
        self._hosts = hosts
        self._made = {PART: 0, CAPACITY: 0}
        self.rows: list[dict[str, str]] = [{} for _ in hosts]

    def parts(self, parts: Iterable[Iterable[int]]) -> str:
        """Make the label of some parts, no two of which may have a node in common."""
        label = self._next(PART)
        for nth, part in enumerate(sorted(map(sorted, parts))):
            self._write(label, part, nth)
        return label

    def capacities(self, given: Sequence[tuple[str | None, int, Sequence[int]]]) -> Iterator[tuple[Limit, str]]:
        """Make labels of sets of nodes with a limit each; sets with equal limits share one unless they overlap."""
        columns: list[tuple[Limit, str, set[int]]] = []
        for nth, (resource, most, nodes) in enumerate(given):
            limit = (resource, most)
            free = (each for each in columns if each[0] == limit and each[2].isdisjoint(nodes))
            column = next(free, None)
            if column is None:
                column = (limit, self._next(CAPACITY), set())
                columns.append(column)
            self._write(column[1], sorted(set(nodes)), nth)
            column[2].update(nodes)
        yield from ((limit, label) for limit, label, nodes in columns if nodes)

    def _next(self, kind: str) -> str:
        self._made[kind] += 1
        return kind if self._made[kind] == 1 else f"{kind}-{self._made[kind] - 1}"

    def _write(self, label: str, nodes: Iterable[int], value: int) -> None:
        for node in nodes:
            if node not in self._hosts:
                raise InstanceError(f"a constraint speaks of node {node}, which is not there.")
            row = self.rows[self._hosts[node]]
            if label in row:
                raise InstanceError(f"node {node} is in two parts of one constraint: give parts that do not overlap.")
            row[label] = str(value)


def places_of(numbers: Iterable[int], places: Places) -> IntArray:
    """Places of the numbers that have one.

    Examples
    --------
    >>> places_of([7, 8, 9], {9: 0, 7: 1}).tolist()
    [1, 0]
    """
    return np.array([places[number] for number in numbers if number in places], dtype=np.int64)
