"""Pairs of groups, any group in any number of them, as columns: in each column a group stands once at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.rules.column import Column, is_column, read_column
from vmopt.rules.known import few
from vmopt.rules.selection import Grouping, Groups


def sides(of: Any, pairs: Iterable[Any], what: str) -> Iterator[tuple[Groups, Groups, IntArray]]:
    """Yield both sides of some pairs, and the numbers of these pairs, until all have been had.

    A pair is an edge from its first group to its second. In what is yielded at a time no group is first twice, nor
    second twice: a proper colouring of the edges, made greedily.

    Parameters
    ----------
    of : column
        The group of each VM: a list, or whatever `read_column` reads.
    pairs : iterable of pairs
        Numbers of groups, or their names where the column holds names.
    what : str
        The rule, for messages.

    Raises
    ------
    InstanceError
        If a pair names a group that is not there, or one group twice, or is no pair.

    Examples
    --------
    >>> for first, second, number in sides(np.array([0, 1, 2, 0]), [(0, 1), (0, 2), (2, 1)], "Apart"):
    ...     print(first.column.tolist(), second.column.tolist(), number.tolist())
    [0, -1, -1, 0] [-1, 0, -1, -1] [0]
    [0, -1, 1, 0] [-1, 1, 0, -1] [1, 2]
    """
    column = _column(of, what)
    titles, group = _numbered(column)
    known = {title: number for number, title in enumerate(titles)}
    edges = np.array([_edge(pair, known, what) for pair in pairs], dtype=np.int64).reshape(-1, 2)
    for chosen in _matchings(edges.tolist()):
        called = tuple(f"{titles[a]} and {titles[b]}" for a, b in edges[chosen].tolist())
        first, second = (_side(group, edges[chosen, end], len(titles)) for end in (0, 1))
        yield (
            Groups(column=first, rows=column.rows, called=called),
            Groups(column=second, rows=column.rows, called=called),
            np.array(chosen, dtype=np.int64),
        )


def _column(of: Any, what: str) -> Column:
    if isinstance(of, list | tuple):
        return read_column(np.array(of, dtype=object))
    if not isinstance(of, np.ndarray) and not is_column(of):
        raise InstanceError(
            f"the groups of {what} are {checks.shown(of)}: give that of each VM, in a list, an array, a Series, or a "
            "dict by name."
        )
    return read_column(of)


def _numbered(column: Column) -> tuple[list[Any], IntArray]:
    """Names or numbers of the groups, and which of them each VM is in, -1 for none."""
    used, of = np.unique(column.of, return_inverse=True)
    there = used >= 0
    titles = used[there].tolist()
    if column.called is not None:
        titles = [column.called[number] for number in titles]
    return titles, np.asarray(of.ravel() - int(not there.all()), dtype=np.int64)


def _edge(pair: Any, known: dict[Any, int], what: str) -> tuple[int, int]:
    ends = list(pair) if isinstance(pair, tuple | list | np.ndarray) else []
    if len(ends) != 2:
        raise InstanceError(f"a pair of {what} is {checks.shown(pair)}: give two groups of the column.")
    for end in ends:
        if not isinstance(end, str | int | np.integer) or end not in known:
            raise InstanceError(
                f"a pair of {what} speaks of group {checks.shown(end)}, which no VM is in: the column has "
                f"{few([str(title) for title in known])}."
            )
    if ends[0] == ends[1]:
        raise InstanceError(f"a pair of {what} sets group {ends[0]!r} against itself: use Spread(..., most=).")
    return known[ends[0]], known[ends[1]]


def _matchings(edges: Sequence[Sequence[int]]) -> list[list[int]]:
    """Numbers of the edges of each colour: each edge has the first that neither of its ends has yet."""
    first: dict[int, set[int]] = {}
    second: dict[int, set[int]] = {}
    colours: list[list[int]] = []
    for number, (a, b) in enumerate(edges):
        taken = first.setdefault(a, set()) | second.setdefault(b, set())
        colour = next(colour for colour in range(len(taken) + 1) if colour not in taken)
        first[a].add(colour)
        second[b].add(colour)
        if colour == len(colours):
            colours.append([])
        colours[colour].append(number)
    return colours


def _side(group: IntArray, ends: IntArray, n_groups: int) -> IntArray:
    """The pair of each VM's group, by one end of the pairs."""
    pair = np.full(n_groups + 1, -1, dtype=np.int64)
    pair[ends] = np.arange(len(ends))
    return pair[group]


def check_pairs(rule: str, given: tuple[Groups, Groups], found: tuple[Grouping, Grouping]) -> None:
    """Refuse two sides of a rule that are not pairs of groups.

    Raises
    ------
    InstanceError
        If there are more groups on one side, or if both are by all values of a label, or by column, and values differ.
    """
    a, b = found
    if len(a) != len(b):
        raise InstanceError(f"{rule} has {len(a)} groups on one side and {len(b)} on the other: give pairs.")
    by_value = all(side.column is not None or (side.label is not None and side.value is None) for side in given)
    wrong = [pair for pair in zip(a.names, b.names, strict=True) if by_value and pair[0] != pair[1]]
    if wrong:
        raise InstanceError(
            f"{rule} sets group {wrong[0][0]!r} against {wrong[0][1]!r}: where both sides are by label or by "
            "column, the groups of one must have the values of those of the other."
        )
