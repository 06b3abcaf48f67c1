"""Ratio: free capacity of one resource that has too little of another beside it to be of use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.goals.balance.kind import Asked, BalanceKind, Loads, Stated, SumOverHosts
from vmopt.goals.excess import excess
from vmopt.goals.measure import Measure
from vmopt.goals.minorant import LinearPieces, Minorant
from vmopt.model.shapes import Excess, Shape
from vmopt.rules.program import Cells, RuleRows


class _Ratio(SumOverHosts):
    def by_host(self, stated: Stated, loads: Loads) -> tuple[IntArray, list[Fraction]]:
        one, other, unit = factors(stated, loads.instance)
        free = loads.instance.capacity - loads.held
        lacking = free[:, stated.of[0]] * one - free[:, stated.of[1]] * other
        return np.maximum(lacking, 0)[:, None], [unit]

    def shape(self, stated: Stated, instance: Any) -> Shape:
        """What is placed of the second resource beyond what there is of it beside the first."""
        one, other, unit = factors(stated, instance)
        factor = np.zeros((1, len(instance.resources)), dtype=np.int64)
        factor[0, list(stated.of)] = -one, other
        return Excess(factor, instance.capacity @ factor.T, (unit,))

    def host_keys(self, stated: Stated, instance: Any) -> Sequence[IntArray]:
        return ()

    def translate(self, stated: Stated, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        one, other, unit = factors(stated, instance)
        asked = Asked.by(instance, cells)
        free = instance.capacity - asked.held
        lacking = free[:, stated.of[0]] * one - free[:, stated.of[1]] * other
        constant = int(np.maximum(lacking[asked.elsewhere], 0).sum())
        entry = asked.demand[:, stated.of[1]] * other - asked.demand[:, stated.of[0]] * one
        cell = np.flatnonzero(entry)
        now = lacking[asked.host]
        most = np.maximum(now + asked.most[:, stated.of[1]] * other, 0)
        column, weight = excess(rows, asked.of[cell], cell, entry[cell], -now, most)
        return Measure(unit, constant, column, weight)

    def minorant(self, stated: Stated, instance: Any) -> Minorant:
        """Idle hosts lack what they lack when empty, those in use at least what is linear, or nothing."""
        one, other, unit = factors(stated, instance)
        n, n_resources = instance.host_classes.capacity.shape
        (first, second), each = stated.of, np.arange(n)
        room, per = instance.host_classes.capacity, float(unit)
        empty = per * (room[:, first] * one - room[:, second] * other).astype(np.float64)
        lacking = np.maximum(empty, 0.0)
        columns = np.append(np.zeros(n * n_resources), -lacking)
        at = each * n_resources
        place = np.concatenate([at + first, at + second, n * n_resources + each])
        entry = np.concatenate([np.full(n, -per * one), np.full(n, per * other), empty])
        pieces = LinearPieces(each, np.zeros(n), np.tile(each, 3), place, entry)
        constant = float(instance.host_classes.count @ lacking)
        return replace(Minorant.nothing(instance), columns=columns, constant=constant, pieces=pieces)


def factors(stated: Stated, instance: Any) -> tuple[int, int, Fraction]:
    """``target * free1 - free2 = unit * (one * units1 - other * units2)``."""
    scale = [int(instance.scale[k]) for k in stated.of]
    one, other = stated.target / scale[0], Fraction(1, scale[1])
    unit = Fraction(1, np.lcm(one.denominator, other.denominator).item())
    return int(one / unit), int(other / unit), unit


RATIO: BalanceKind = _Ratio()
