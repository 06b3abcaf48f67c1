"""Make a state of a stage, where its goals and rules are those that the kernel knows."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.goals.balance import above, ratio
from vmopt.methods.goals.anneal.parameters import DEFAULT
from vmopt.methods.goals.anneal.ruled import rules_of
from vmopt.methods.goals.anneal.state import AnnealState
from vmopt.methods.goals.stage import Stage
from vmopt.rules import Transient
from vmopt.rules.eligible import eligible


def state_of(stage: Stage, vms: IntArray) -> AnnealState | None:
    """The placement of these VMs, all that run; None where a goal or a rule is of another kind."""
    instance = stage.instance
    goals = _Goals.of(stage, vms)
    ruled = rules_of(instance, vms, stage.host_index)
    held = all(goal.name == "utilisation" for hold in stage.holds for goal in hold.level.goals)
    if goals is None or ruled is None or not held or instance.elastic or instance.current is None:
        return None
    at, home, demand = stage.host_index[vms].copy(), instance.current[vms].copy(), instance.demand[vms]
    free = instance.capacity - _sums(demand, at, instance.n_hosts)
    allowed = eligible(instance)
    if allowed is None:
        allowed = np.ones((len(instance.vm_classes), len(instance.host_classes)), dtype=bool)
    moved = (home >= 0) & (home != at)
    moves = np.bincount(goals.group[moved & (goals.group >= 0)], minlength=int(goals.group.max(initial=0)) + 1)
    return AnnealState(
        at=at,
        home=home,
        demand=np.ascontiguousarray(demand),
        free=free,
        entry=_entry(instance, at, home, demand),
        is_transient=_is_transient(instance),
        adds=goals.adds,
        excess=goals.empty + _sums(goals.adds, at, instance.n_hosts),
        price=goals.price,
        move_cost=goals.move_cost,
        way=goals.way,
        group=goals.group,
        moves=moves,
        with_moves=np.bincount(moves, minlength=len(vms) + 2),
        top=np.array([moves.max(initial=0)], dtype=np.int64),
        group_price=goals.group_price,
        vm_kind=instance.vm_classes.of[vms].astype(np.int64),
        host_kind=instance.host_classes.of.astype(np.int64),
        allowed=np.ascontiguousarray(allowed),
        **ruled,
    )


def _sums(each: Any, at: IntArray, n_hosts: int) -> Any:
    total = np.zeros((n_hosts, each.shape[1]), dtype=each.dtype)
    np.add.at(total, at, each)
    return total


def _is_transient(instance: Any) -> Any:
    stated = any(isinstance(here.rule, Transient) for here in instance.rules_in_force)
    return np.array([stated and name in instance.transient for name in instance.resources])


def _entry(instance: Any, at: IntArray, home: IntArray, demand: IntArray) -> IntArray:
    """What is left beside all that runs on a host now, less what enters it."""
    running = np.flatnonzero(instance.current >= 0)
    left = instance.capacity - _sums(instance.demand[running], instance.current[running], instance.n_hosts)
    enters = np.flatnonzero(at != home)
    return np.asarray(np.maximum(left, 0) - _sums(demand[enters], at[enters], instance.n_hosts))


class _Goals:
    """The terms of a level, added up.

    Attributes
    ----------
    adds, empty : (n, n_pieces) and (n_hosts, n_pieces) float64 arrays
        What a VM adds to the excesses of its host, and these where nothing runs.
    """

    @classmethod
    def of(cls, stage: Stage, vms: IntArray) -> _Goals | None:
        """Add up; None where there is a goal of another kind."""
        goals = cls(stage.instance, vms)
        return goals if all(goals._add(weight, goal) for weight, goal in stage.level.terms) else None

    def __init__(self, instance: Any, vms: IntArray) -> None:
        self._instance, self._vms = instance, vms
        self.adds: FloatArray = np.zeros((len(vms), 0))
        self.empty: FloatArray = np.zeros((instance.n_hosts, 0))
        self.price: FloatArray = np.zeros(0)
        self.move_cost: FloatArray = np.zeros(len(vms))
        self.way: FloatArray = np.zeros((1, 1))
        self.group: IntArray = np.full(len(vms), -1, dtype=np.int64)
        self.group_price = 0.0

    def _add(self, weight: float, goal: Any) -> bool:
        """Add a goal; tell whether it is of a kind that is known."""
        kind = f"balance-{goal.kind}" if goal.name == "balance" else goal.name
        own = getattr(self, f"_{kind.replace('-', '_')}", None)
        return own is not None and own(Fraction(str(weight)), goal) is not False

    def _pieces(self, adds: Any, empty: Any, price: list[float]) -> None:
        self.adds = np.ascontiguousarray(np.column_stack([self.adds, adds]), dtype=np.float64)
        self.empty = np.ascontiguousarray(np.column_stack([self.empty, empty]), dtype=np.float64)
        self.price = np.append(self.price, price)

    def _balance_above(self, weight: Fraction, goal: Any) -> None:
        stated = goal.stated(self._instance)
        parts, level = above.levels(stated, self._instance)
        price = [float(weight * each) for each in above.prices(stated, self._instance, parts)]
        self._pieces(self._instance.demand[self._vms][:, stated.of] * parts, -level, price)

    def _balance_ratio(self, weight: Fraction, goal: Any) -> None:
        stated = goal.stated(self._instance)
        one, other, unit = ratio.factors(stated, self._instance)
        (first, second), asked, room = stated.of, self._instance.demand[self._vms], self._instance.capacity
        adds = asked[:, second] * other - asked[:, first] * one
        self._pieces(adds, room[:, first] * one - room[:, second] * other, [float(weight * unit)])

    def _fewest_moves(self, weight: Fraction, goal: Any) -> None:
        cost, unit = goal.costs(self._instance)
        self.move_cost += float(weight * unit) * cost[self._vms]

    def _distance(self, weight: Fraction, goal: Any) -> bool:
        if self._instance.n_hosts**2 > DEFAULT.most_ways:
            return False
        cost, unit = goal.costs(self._instance)
        self.way = float(weight * unit) * cost
        return True

    def _moves_of_group(self, weight: Fraction, goal: Any) -> bool:
        if self.group_price:
            return False
        self.group, self.group_price = goal.groups(self._instance)[self._vms].astype(np.int64), float(weight)
        return True
