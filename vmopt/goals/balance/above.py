"""Above: what exceeds a level that hosts should stay below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.goals.balance.kind import Asked, BalanceKind, Loads, Stated, SumOverHosts
from vmopt.goals.excess import excess
from vmopt.goals.measure import Measure
from vmopt.goals.minorant import LinearPieces, Minorant
from vmopt.model.shapes import Excess, Shape
from vmopt.rules.eligible import class_members
from vmopt.rules.program import Cells, RuleRows


class _Above(SumOverHosts):
    def by_host(self, stated: Stated, loads: Loads) -> tuple[IntArray, list[Fraction]]:
        parts, level = levels(stated, loads.instance)
        over = np.maximum(loads.held[:, stated.of] * parts - level, 0)
        return over, prices(stated, loads.instance, parts)

    def shape(self, stated: Stated, instance: Any) -> Shape:
        parts, level = levels(stated, instance)
        factor = np.zeros((len(stated.of), len(instance.resources)), dtype=np.int64)
        factor[np.arange(len(stated.of)), list(stated.of)] = parts
        return Excess(factor, level, tuple(prices(stated, instance, parts)))

    def host_keys(self, stated: Stated, instance: Any) -> Sequence[IntArray]:
        if isinstance(stated.level, float):
            return ()
        return tuple(levels(stated, instance)[1].T)

    def translate(self, stated: Stated, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        parts, level = levels(stated, instance)
        per = prices(stated, instance, parts)
        unit = Fraction(1, lcm(*(each.denominator for each in per)))
        asked, column, weight = Asked.by(instance, cells), [], []
        constant = int(self.value(stated, Loads(instance, asked.held)) / unit)
        for place, k in enumerate(stated.of):
            room = level[asked.host, place] - asked.held[asked.host, k] * parts
            most = np.minimum(asked.most[:, k] * parts - np.maximum(room, 0), asked.most[:, k] * parts)
            cell = np.flatnonzero(asked.demand[:, k] > 0)
            entry = asked.demand[cell, k] * parts
            own, counts = excess(rows, asked.of[cell], cell, entry, np.maximum(room, 0), most)
            column.append(own)
            weight.append(counts * int(per[place] / unit))
        return Measure(unit, constant, np.concatenate(column), np.concatenate(weight))

    def minorant(self, stated: Stated, instance: Any) -> Minorant:
        """Hosts in use exceed their level by the load less the level, those that are idle by nothing."""
        parts, level = levels(stated, instance)
        n, n_resources = instance.host_classes.capacity.shape
        of, each = np.array(stated.of), np.arange(n * len(stated.of))
        price = np.tile([float(p) for p in prices(stated, instance, parts)], n)
        where, member = np.repeat(np.arange(n), len(of)), class_members(instance)[1]
        load, used = where * n_resources + np.tile(of, n), n * n_resources + where
        entry = np.concatenate([price * parts, -price * level[member].ravel()])
        pieces = LinearPieces(each, np.zeros(len(each)), np.tile(each, 2), np.concatenate([load, used]), entry)
        return replace(Minorant.nothing(instance), pieces=pieces)


def levels(stated: Stated, instance: Any) -> tuple[int, IntArray]:
    """The level of each host and resource in parts of the instance's unit, and how many parts that has.

    Raises
    ------
    InstanceError
        If levels are not one for each host and resource.
    """
    found: tuple[int, IntArray] = instance.once(stated.levels)
    return found


def prices(stated: Stated, instance: Any, parts: int) -> list[Fraction]:
    """What one part of a unit of each resource counts for."""
    return [w / parts / int(instance.scale[k]) for w, k in zip(stated.weight, stated.of, strict=True)]


ABOVE: BalanceKind = _Above()
