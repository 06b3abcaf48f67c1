"""Fragments: free capacity that is left over when it is cut into pieces of a size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.goals.balance.kind import Asked, BalanceKind, Loads, Stated, SumOverHosts
from vmopt.goals.balance.left_over import least_left_over
from vmopt.goals.measure import Measure
from vmopt.goals.minorant import LinearPieces, Minorant
from vmopt.model.shapes import LeftOver, Shape
from vmopt.rules.program import Cells, RuleRows


class _Fragments(SumOverHosts):
    def by_host(self, stated: Stated, loads: Loads) -> tuple[IntArray, list[Fraction]]:
        size = np.array([size for _, size in sizes(stated, loads.instance)])
        left = (loads.instance.capacity - loads.held)[:, stated.of] % size
        return left, prices(stated, loads.instance)

    def shape(self, stated: Stated, instance: Any) -> Shape:
        of, size = zip(*sizes(stated, instance), strict=True)
        return LeftOver(of, size, tuple(prices(stated, instance)))

    def host_keys(self, stated: Stated, instance: Any) -> Sequence[IntArray]:
        return ()

    def translate(self, stated: Stated, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        asked, per = Asked.by(instance, cells), prices(stated, instance)
        unit = Fraction(1, lcm(*(each.denominator for each in per)))
        constant, column, weight = 0, [], []
        for (k, size), each in zip(sizes(stated, instance), per, strict=True):
            free = instance.capacity[:, k] - asked.held[:, k]
            counts = int(each / unit)
            constant += counts * int((free[asked.elsewhere] % size).sum())
            left = _left_over(rows, asked, k, size, free[asked.host])
            column.append(left)
            weight.append(np.full(len(left), counts))
        return Measure(unit, constant, np.concatenate(column), np.concatenate(weight))

    def minorant(self, stated: Stated, instance: Any) -> Minorant:
        """Idle hosts leave over what they leave when empty, those in use at least a convex form of what they hold."""
        n, n_resources = instance.host_classes.capacity.shape
        columns, constant = np.zeros(n * (n_resources + 1)), 0.0
        lines: list[tuple[int, int, FloatArray]] = []
        for (k, size), each in zip(sizes(stated, instance), prices(stated, instance), strict=True):
            idle = float(each) * (instance.host_classes.capacity[:, k] % size)
            columns[n * n_resources :] -= idle
            constant += float(instance.host_classes.count @ idle)
            lines += [(c, k, float(each) * found) for c, found in enumerate(least_left_over(instance, k, size))]
        pieces = _pieces(lines, n * n_resources, n_resources)
        return replace(Minorant.nothing(instance), columns=columns, constant=constant, pieces=pieces)


def _pieces(lines: list[tuple[int, int, FloatArray]], used: int, n_resources: int) -> LinearPieces:
    """Lines ``a + b load`` of a host, of a class c and a resource k, over all hosts in use of the class."""
    group = np.repeat(np.arange(len(lines)), np.array([len(found) for _, _, found in lines], dtype=np.int64))
    host = np.array([c for c, _, _ in lines], dtype=np.int64)[group]
    load = host * n_resources + np.array([k for _, k, _ in lines], dtype=np.int64)[group]
    each, entry = np.arange(len(group)), np.concatenate([np.zeros((0, 2)), *(found for _, _, found in lines)])
    return LinearPieces(group, np.zeros(len(group)), np.tile(each, 2), np.append(used + host, load), entry.T.ravel())


def _left_over(rows: RuleRows, asked: Asked, k: int, size: int, free: IntArray) -> IntArray:
    """Write ``free - sum d x = size * pieces + left`` for each host, and return the columns `left`."""
    n = len(free)
    pieces, left = rows.columns(free // size), rows.columns(np.minimum(free, size - 1))
    cell = np.flatnonzero(asked.demand[:, k] > 0)
    each = np.arange(n)
    rows.add(
        np.concatenate([asked.of[cell], each, each]),
        np.concatenate([cell, pieces, left]),
        np.concatenate([asked.demand[cell, k], np.full(n, size), np.ones(n, dtype=np.int64)]),
        free,
        free,
    )
    return left


def sizes(stated: Stated, instance: Any) -> list[tuple[int, int]]:
    """Column of each resource, and the size in the instance's units.

    Raises
    ------
    InstanceError
        If that is no whole number.
    """
    found = []
    for k in stated.of:
        size = Fraction(str(stated.size)) * int(instance.scale[k])
        if size.denominator != 1:
            name, scale = instance.resources[k], int(instance.scale[k])
            raise InstanceError(
                f"size is {stated.size:g}, but {name!r} is counted in parts of 1/{scale}: give a multiple."
            )
        found.append((k, int(size)))
    return found


def prices(stated: Stated, instance: Any) -> list[Fraction]:
    """What a unit of each resource counts for."""
    return [w / int(instance.scale[k]) for w, k in zip(stated.weight, stated.of, strict=True)]


FRAGMENTS: BalanceKind = _Fragments()
