"""Shapes: what a goal is a sum of, as data; searches and bounds serve shapes, and so every goal that has one.

A goal says its shapes itself (`BaseGoal.shapes`), so that a new goal is served by all that serve its shapes. One that
says none is served by what knows no goals: programs, and searches that measure whole placements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from vmopt.arrays import IntArray
from vmopt.model.goal_level import GoalLevel


class Shape:
    """One of the forms below."""


S = TypeVar("S", bound=Shape)


class Worth(Shape):
    """What the VMs that run are worth, wherever they run, less what soft rules cost that they break."""


class Delay(Shape):
    """What VMs that exchange data wait for each other: products of places, of which no program speaks."""


@dataclass(frozen=True, eq=False)
class HostsInUse(Shape):
    """What hosts cost while they run anything.

    Attributes
    ----------
    cost : (n_hosts,) int64 array
        In whole numbers of the unit.
    unit : Fraction
    """

    cost: IntArray
    unit: Fraction


@dataclass(frozen=True, eq=False)
class Excess(Shape):
    """What loads exceed levels by: ``sum_{h,p} price[p] max(0, sum_k factor[p,k] load[h,k] - level[h,p])``.

    Attributes
    ----------
    factor : (n, n_resources) int64 array
    level : (n_hosts, n) int64 array
    price : tuple of Fraction
    """

    factor: IntArray
    level: IntArray
    price: tuple[Fraction, ...]


@dataclass(frozen=True, eq=False)
class LeftOver(Shape):
    """What is free on hosts beside whole pieces: ``sum_{h,p} price[p] (free[h, of[p]] mod size[p])``.

    Attributes
    ----------
    of, size : tuple of int
        Columns of resources, and how large the pieces are.
    price : tuple of Fraction
    """

    of: tuple[int, ...]
    size: tuple[int, ...]
    price: tuple[Fraction, ...]


@dataclass(frozen=True)
class Fullest(Shape):
    """How full the fullest host is of these resources, as a part of its capacity."""

    of: tuple[int, ...]


@dataclass(frozen=True)
class Spread(Shape):
    """How far the fullest and the emptiest host are apart, of the resource where they are furthest."""

    of: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Moves(Shape):
    """What VMs cost that run now, and then elsewhere or nowhere.

    Attributes
    ----------
    cost : (n_vms,) int64 array
        In whole numbers of the unit.
    unit : Fraction
    """

    cost: IntArray
    unit: Fraction


@dataclass(frozen=True, eq=False)
class Ways(Shape):
    """What the ways cost that VMs go, from each host to each other.

    Attributes
    ----------
    cost : (n_hosts, n_hosts) int64 array
        In whole numbers of the unit, 0 from a host to itself.
    unit : Fraction
    """

    cost: IntArray
    unit: Fraction


@dataclass(frozen=True, eq=False)
class MostOfGroup(Shape):
    """The most moves that any group of VMs has.

    Attributes
    ----------
    group : (n_vms,) int64 array
        -1 for those in none.
    """

    group: IntArray


OF_LOADS = (Excess, LeftOver, Fullest, Spread)
"""Shapes of what hosts hold."""
OF_MOVES = (Moves, Ways, MostOfGroup)
"""Shapes that no move makes better."""


def shapes_of(instance: Any, goal: Any) -> tuple[Shape, ...]:
    """What a goal is a sum of; nothing where it does not say."""
    own = getattr(goal, "shapes", None)
    return () if own is None else own(instance)


def weighted(instance: Any, level: GoalLevel) -> Iterator[tuple[Fraction, Shape | None]]:
    """The shapes of a level with the weights of their goals, None where a goal has none."""
    for weight, goal in level.terms:
        for shape in shapes_of(instance, goal) or (None,):
            yield Fraction(str(weight)), shape


def has(instance: Any, level: GoalLevel, *kinds: type[Shape]) -> bool:
    """Whether any goal of a level is of one of these shapes."""
    return any(isinstance(shape, kinds) for _, shape in weighted(instance, level))


def consists_of(instance: Any, level: GoalLevel, *kinds: type[Shape]) -> bool:
    """Whether all goals of a level are of these shapes, and of no others."""
    return all(isinstance(shape, kinds) for _, shape in weighted(instance, level))


def only(instance: Any, goal: Any, kind: type[S]) -> S | None:
    """The shape that a goal is, if it is one of this kind and nothing else."""
    shapes = shapes_of(instance, goal)
    return shapes[0] if len(shapes) == 1 and isinstance(shapes[0], kind) else None


def alone(instance: Any, level: GoalLevel, kind: type[S]) -> tuple[Fraction, S] | None:
    """The shape that a level is, with its weight, if it is one of this kind and nothing else.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1]], [[2]] * 3)
    >>> level = 2 * vmopt.FewestHosts(cost=[1, 0.5, 2])
    >>> weight, hosts = alone(cluster, level, HostsInUse)
    >>> weight, hosts.cost.tolist(), hosts.unit
    (Fraction(2, 1), [2, 1, 4], Fraction(1, 2))
    >>> alone(cluster, level + vmopt.Balance(), HostsInUse) is None
    True
    """
    if len(level.terms) > 1:
        return None
    weight, goal = level.terms[0]
    shape = only(instance, goal, kind)
    return None if shape is None else (Fraction(str(weight)), shape)
