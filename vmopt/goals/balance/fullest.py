"""Max: how full the fullest host is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.goals.balance.kind import Asked, BalanceKind, Loads, Stated
from vmopt.goals.measure import Measure
from vmopt.goals.minorant import LinearPieces, Minorant
from vmopt.model.shapes import Fullest, Shape
from vmopt.rules.program import Cells, RuleRows

FINEST = 2**20
"""Parts that a utilisation is counted in at most."""


class _Fullest:
    separable = False

    def value(self, stated: Stated, loads: Loads) -> Fraction:
        return fullest(loads.held[:, stated.of], loads.instance.capacity[:, stated.of])

    def added(self, stated: Stated, loads: Loads, demand: IntArray) -> Sequence[Fraction]:
        room, then = loads.instance.capacity[:, stated.of], (loads.held + demand)[:, stated.of]
        now = self.value(stated, loads)
        near = np.divide(then, room, out=np.zeros(room.shape), where=room > 0).max(axis=1) >= float(now) * (1 - 1e-9)
        grown = [Fraction(0)] * len(room)
        for h in np.flatnonzero(near).tolist():
            grown[h] = max(fullest(then[h], room[h]) - now, Fraction(0))
        return grown

    def shape(self, stated: Stated, instance: Any) -> Shape:
        return Fullest(stated.of)

    def host_keys(self, stated: Stated, instance: Any) -> Sequence[IntArray]:
        return ()

    def translate(self, stated: Stated, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        asked = Asked.by(instance, cells)
        parts, exact = grid(instance.capacity[:, stated.of])
        now = fullest(asked.held[:, stated.of], instance.capacity[:, stated.of])
        known = -int(-now * parts // 1)
        above = rows.columns(np.array([parts - known]))
        for k in stated.of:
            write_loads(rows, asked, instance.capacity[:, k], k, parts, known, above[0])
        return Measure(Fraction(1, parts), known, above, np.ones(1, dtype=np.int64), Fraction(0 if exact else 1, parts))

    def minorant(self, stated: Stated, instance: Any) -> Minorant:
        """The fullest host is at least as full as those of a class are on average."""
        where, _, load, entry = mean_fullness(stated, instance)
        pieces = LinearPieces(
            np.zeros(len(where), dtype=np.int64), np.zeros(len(where)), np.arange(len(where)), load, entry
        )
        return replace(Minorant.nothing(instance), pieces=pieces)


def mean_fullness(stated: Stated, instance: Any) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Host class, resource, column of its load, and what a unit of that adds to the mean, wherever there is any."""
    hosts, of = instance.host_classes, np.array(stated.of)
    where, place = np.nonzero(hosts.capacity[:, of] > 0)
    k = of[place]
    return where, k, where * hosts.capacity.shape[1] + k, 1.0 / (hosts.capacity[where, k] * hosts.count[where])


def fullest(held: IntArray, capacity: IntArray) -> Fraction:
    """Largest ratio of load to capacity, where there is any."""
    there = capacity > 0
    if not there.any():
        return Fraction(0)
    load, room = held[there], capacity[there]
    near = np.flatnonzero(load / room >= (load / room).max() * (1 - 1e-9))
    return max(Fraction(int(load[i]), int(room[i])) for i in near.tolist())


def grid(capacity: IntArray) -> tuple[int, bool]:
    """Parts that utilisations are counted in, and whether all are whole numbers of them."""
    common = lcm(*np.unique(capacity[capacity > 0]).tolist()[: FINEST.bit_length()])
    distinct = np.unique(capacity[capacity > 0])
    exact = common <= FINEST and not (common % distinct).any()
    return (common, True) if exact else (FINEST, False)


def write_loads(
    rows: RuleRows, asked: Asked, capacity: IntArray, k: int, parts: int, known: int, above: int, sign: int = 1
) -> None:
    """Write ``parts * load <= capacity * (known + above)`` for each host with cells; with sign -1 the other way."""
    host = np.flatnonzero(capacity[asked.host] > 0)
    place = np.full(len(asked.host), -1, dtype=np.int64)
    place[host] = np.arange(len(host))
    cell = np.flatnonzero((place[asked.of] >= 0) & (asked.demand[:, k] > 0))
    room = capacity[asked.host[host]]
    common = np.gcd(room, parts)
    rows.at_most(
        np.concatenate([place[asked.of[cell]], np.arange(len(host))]),
        np.concatenate([cell, np.full(len(host), above)]),
        sign * np.concatenate([asked.demand[cell, k] * (parts // common)[place[asked.of[cell]]], -(room // common)]),
        sign * (room * known - parts * asked.held[asked.host[host], k]) // common,
    )


FULLEST: BalanceKind = _Fullest()
