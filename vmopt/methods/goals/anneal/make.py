"""Make a state of a stage, where its goals and rules are those that the kernel knows."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.goals.anneal.parameters import DEFAULT
from vmopt.methods.goals.anneal.ruled import rules_of
from vmopt.methods.goals.anneal.state import AnnealState
from vmopt.methods.goals.stage import Stage
from vmopt.model.shapes import Excess, MostOfGroup, Moves, Shape, Ways, Worth, consists_of, weighted
from vmopt.rules import Transient
from vmopt.rules.eligible import eligible


def state_of(stage: Stage, vms: IntArray) -> AnnealState | None:
    """The placement of these VMs, all that run; None where a goal or a rule is of another kind."""
    instance = stage.instance
    goals = _Goals.of(stage, vms)
    ruled = rules_of(instance, vms, stage.host_index)
    held = all(consists_of(instance, hold.level, Worth) for hold in stage.holds)
    if goals is None or ruled is None or not held or instance.elastic or instance.current is None:
        return None
    at, home = np.append(stage.host_index[vms], -1), np.append(instance.current[vms], -1)
    loads, costs = _loads(instance, goals, vms, at, home), goals.costs(at, home)
    state = _listed(AnnealState(at=at, home=home, **loads, **costs, **_kinds(instance, vms), **ruled))
    state.charge(np.zeros(state.room.shape[1]), np.zeros(state.door.shape[1]))
    return state


def _loads(instance: Any, goals: _Goals, vms: IntArray, at: IntArray, home: IntArray) -> dict[str, Any]:
    """What VMs add to hosts, and what hosts have too much of."""
    adds, (enters, door) = np.column_stack([goals.adds, instance.demand[vms]]), _entry(instance, vms)
    excess = np.column_stack([goals.empty, -instance.capacity.astype(np.float64)])
    excess = np.ascontiguousarray(excess + _sums(adds, at[:-1], instance.n_hosts))
    gone = np.flatnonzero(at != home)
    entry = np.ascontiguousarray(_sums(enters[gone], at[gone], instance.n_hosts) - door)
    over = (excess[:, goals.adds.shape[1] :] > 0).any(axis=1) | (entry > 0).any(axis=1)
    return {
        "adds": _with_nobody(adds),
        "excess": excess,
        "price": np.append(goals.price, np.zeros(len(instance.resources))),
        "enters": _with_nobody(enters),
        "entry": entry,
        "toll": np.zeros(enters.shape[1]),
        "room": instance.capacity.astype(np.float64),
        "door": door,
        "paid": np.zeros(instance.n_hosts),
        "over": np.append(over, over.sum()).astype(np.int64),
    }


def _kinds(instance: Any, vms: IntArray) -> dict[str, Any]:
    """Who may go where by kinds of VMs and of hosts, and no list of that yet."""
    allowed = eligible(instance)
    if allowed is None:
        allowed = np.ones((len(instance.vm_classes), len(instance.host_classes)), dtype=bool)
    return {
        "vm_kind": np.append(instance.vm_classes.of[vms], 0).astype(np.int64),
        "host_kind": instance.host_classes.of.astype(np.int64),
        "allowed": np.ascontiguousarray(allowed),
        "may": np.zeros((0, instance.n_hosts), dtype=bool),
        "first": np.zeros(len(vms) + 1, dtype=np.int64),
        "places": np.zeros(0, dtype=np.int64),
    }


def _with_nobody(each: FloatArray) -> FloatArray:
    return np.ascontiguousarray(np.vstack([each, np.zeros((1, each.shape[1]))]))


def _listed(s: AnnealState) -> AnnealState:
    """The state with a list of who may go where, if there are not too many pairs."""
    if s.n_vms * len(s.paid) > DEFAULT.most_places:
        return s
    may = s.allowed[np.ix_(s.vm_kind[:-1], s.host_kind)]
    away = s.home[:-1, None] != np.arange(len(s.paid))
    for k in range(s.room.shape[1]):
        may &= s.adds[:-1, s.n_goal + k, None] <= s.room[:, k]
    for k in range(s.door.shape[1]):
        may &= (s.enters[:-1, k, None] <= s.door[:, k]) | ~away
    first = np.append(0, may.sum(axis=1).cumsum()).astype(np.int64)
    return s._replace(may=may, first=first, places=np.nonzero(may)[1].astype(np.int64))


def _sums(each: Any, at: IntArray, n_hosts: int) -> Any:
    total = np.zeros((n_hosts, each.shape[1]), dtype=each.dtype)
    np.add.at(total, at, each)
    return total


def _entry(instance: Any, vms: IntArray) -> tuple[FloatArray, FloatArray]:
    """What VMs take on hosts that they enter, of transient resources, and what hosts have beside all now."""
    stated = any(isinstance(here.rule, Transient) for here in instance.rules_in_force)
    columns = [k for k, name in enumerate(instance.resources) if stated and name in instance.transient]
    running = np.flatnonzero(instance.current >= 0)
    left = instance.capacity - _sums(instance.demand[running], instance.current[running], instance.n_hosts)
    door = np.maximum(left, 0)[:, columns].astype(np.float64)
    return instance.demand[vms][:, columns].astype(np.float64), np.ascontiguousarray(door)


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
        return goals if all(goals._add(*term) for term in weighted(stage.instance, stage.level)) else None

    def __init__(self, instance: Any, vms: IntArray) -> None:
        self._instance, self._vms = instance, vms
        self.adds: FloatArray = np.zeros((len(vms), 0))
        self.empty: FloatArray = np.zeros((instance.n_hosts, 0))
        self.price: FloatArray = np.zeros(0)
        self.move_cost: FloatArray = np.zeros(len(vms))
        self.way: FloatArray = np.zeros((1, 1))
        self.group: IntArray = np.full(len(vms), -1, dtype=np.int64)
        self.group_price = 0.0

    def costs(self, at: IntArray, home: IntArray) -> dict[str, Any]:
        """What moves cost, and how many each group has made."""
        moved, group = np.flatnonzero((home >= 0) & (home != at)), np.append(self.group, -1)
        moves = np.bincount(group[moved][group[moved] >= 0], minlength=int(group.max(initial=0)) + 1)
        return {
            "move_cost": np.append(self.move_cost, 0.0),
            "way": self.way,
            "group": group,
            "moves": moves,
            "with_moves": np.bincount(moves, minlength=len(at) + 1),
            "top": np.array([moves.max(initial=0)], dtype=np.int64),
            "group_price": self.group_price,
        }

    def _add(self, weight: Fraction, shape: Shape | None) -> bool:
        """Add a shape; tell whether it is one that the kernel knows, and has not had of what it has one of."""
        match shape:
            case Excess():
                adds = self._instance.demand[self._vms] @ shape.factor.T
                self.adds = np.ascontiguousarray(np.column_stack([self.adds, adds]), dtype=np.float64)
                self.empty = np.ascontiguousarray(np.column_stack([self.empty, -shape.level]), dtype=np.float64)
                self.price = np.append(self.price, [float(weight * each) for each in shape.price])
            case Moves():
                self.move_cost += float(weight * shape.unit) * shape.cost[self._vms]
            case Ways() if not self.way.any() and self._instance.n_hosts**2 <= DEFAULT.most_ways:
                self.way = np.asarray(float(weight * shape.unit) * shape.cost)
            case MostOfGroup() if not self.group_price:
                self.group, self.group_price = shape.group[self._vms].astype(np.int64), float(weight)
            case _:
                return False
        return True
