"""Spread: how far the fullest host is from the emptiest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from heapq import nsmallest
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.goals.balance.fullest import fullest, grid, mean_fullness, write_loads
from vmopt.goals.balance.kind import Asked, BalanceKind, Loads, Stated
from vmopt.goals.measure import Measure
from vmopt.goals.minorant import LinearPieces, Minorant
from vmopt.model.shapes import Shape, Spread
from vmopt.rules.program import Cells, RuleRows

MOST_COMPARED = 60
"""Loads of host classes that are compared with each other, the most common first."""


class _Spread:
    separable = False

    def value(self, stated: Stated, loads: Loads) -> Fraction:
        spread = Fraction(0)
        for k in stated.of:
            held, room = loads.held[:, k], loads.instance.capacity[:, k]
            free = np.maximum(room - held, 0)
            if (room > 0).any():
                spread = max(spread, fullest(held, room) - (1 - fullest(free, room)))
        return spread

    def added(self, stated: Stated, loads: Loads, demand: IntArray) -> Sequence[Fraction]:
        now = self.value(stated, loads)
        by_resource = [
            _widths(loads.held[:, k], loads.instance.capacity[:, k], int(demand[k]))
            for k in stated.of
            if (loads.instance.capacity[:, k] > 0).any()
        ]
        return [max(row) - now for row in zip(*by_resource, strict=True)] or [Fraction(0)] * len(loads.held)

    def shape(self, stated: Stated, instance: Any) -> Shape:
        return Spread(stated.of)

    def host_keys(self, stated: Stated, instance: Any) -> Sequence[IntArray]:
        return ()

    def translate(self, stated: Stated, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        asked = Asked.by(instance, cells)
        parts, exact = grid(instance.capacity[:, stated.of])
        spread = rows.columns(np.array([parts]))[0]
        for k in stated.of:
            room = instance.capacity[:, k]
            if (room > 0).any():
                _write(rows, asked, room, k, parts, spread)
        error = Fraction(0 if exact else 2, parts)
        return Measure(Fraction(1, parts), 0, np.array([spread]), np.ones(1, dtype=np.int64), error)

    def minorant(self, stated: Stated, instance: Any) -> Minorant:
        """Of two classes the one is fuller on average than the other by no more than the spread."""
        where, k, load, entry = mean_fullness(stated, instance)
        order = np.argsort(-instance.host_classes.count[where], kind="stable")[:MOST_COMPARED]
        one, other = (order[side.ravel()] for side in np.indices((len(order), len(order))))
        pair = np.flatnonzero((k[one] == k[other]) & (one != other))
        one, other, each = one[pair], other[pair], np.arange(len(pair))
        column, entries = np.concatenate([load[one], load[other]]), np.concatenate([entry[one], -entry[other]])
        pieces = LinearPieces(
            np.zeros(len(pair), dtype=np.int64), np.zeros(len(pair)), np.tile(each, 2), column, entries
        )
        return replace(Minorant.nothing(instance), pieces=pieces)


def _widths(held: IntArray, room: IntArray, more: int) -> list[Fraction]:
    """How far the fullest is from the emptiest if one host holds so much more, for each host."""
    pairs = list(zip(held.tolist(), room.tolist(), strict=True))
    one, full = Fraction(1), [Fraction(load, size) if size else None for load, size in pairs]
    there = [part for part in full if part is not None]
    top, (low, second) = max(there), nsmallest(2, [*there, one])
    found = []
    for part, (load, size) in zip(full, pairs, strict=True):
        if part is None:
            found.append(top - min(low, one))
        else:
            then = Fraction(load + more, size)
            found.append(max(top, then) - min(second if part == low else low, then, one))
    return found


def _write(rows: RuleRows, asked: Asked, room: IntArray, k: int, parts: int, spread: int) -> None:
    """Write ``most - least <= spread`` for one resource, with most above and least below all utilisations."""
    held = asked.held[:, k]
    elsewhere = asked.elsewhere[room[asked.elsewhere] > 0]
    known = -int(-fullest(held, room) * parts // 1)
    most = int(rows.columns(np.array([parts - known]))[0])
    write_loads(rows, asked, room, k, parts, known, most)
    lowest = parts
    if len(elsewhere):
        lowest = int((1 - fullest(room[elsewhere] - held[elsewhere], room[elsewhere])) * parts)
    least = int(rows.columns(np.array([lowest]))[0])
    write_loads(rows, asked, room, k, parts, 0, least, sign=-1)
    rows.at_most(
        np.zeros(3, dtype=np.int64), np.array([most, least, spread]), np.array([1, -1, -1]), np.array([-known])
    )


SPREAD: BalanceKind = _Spread()
