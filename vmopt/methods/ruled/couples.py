"""Couples: VMs that need another on their host go with one of those that they need, as one.

Who places VMs by themselves puts nearly none of them beside a partner where hosts are many. So each partner that is
worth running takes along its part of those that need it, as far as one host has room for them together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.model.classes import members_of
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem

JUST = 1e-3
"""Part of its value by which a VM must be worth more than its price to be so clearly: prices are not exact."""


def coupling(rules: tuple[RuleInForce, ...]) -> list[RuleInForce]:
    """Rules by which VMs need others on their host, that need nobody and whom they need alone."""
    needs = [rule for rule in rules if rule.needs]
    n_needs = np.asarray(np.sum([rule.group.inside for rule in needs], axis=0, dtype=np.int64))
    hard = [rule for rule in needs if rule.by_host and rule.penalty is None]
    alone = [rule for rule in hard if n_needs[rule.group.inside].max(initial=0) <= 1]
    return [rule for rule in alone if not n_needs[rule.other.inside].any()]


def coupled(rules: tuple[RuleInForce, ...], leader: IntArray) -> IntArray:
    """VMs that go as couples, those first that others need.

    Parameters
    ----------
    leader : (n_vms,) int64 array
        Whom each VM follows, itself or nobody.
    """
    follows = (leader >= 0) & (leader != np.arange(len(leader)))
    needing = np.flatnonzero(np.logical_or.reduce([rule.group.inside & follows for rule in coupling(rules)]))
    return np.concatenate([np.unique(leader[needing]), needing]) if len(needing) else needing


def couple(problem: Problem, prices: FloatArray, leader: IntArray, free: BoolArray) -> None:
    """Have VMs follow the partner that they go with; leave out those that are not worth it, or fit beside none.

    Parameters
    ----------
    problem : Problem
    prices : (n_host_classes, n_resources) array
    leader : (n_vms,) int64 array
        Whom each VM follows: written.
    free : (n_vms,) bool array
        Who follows nobody yet, and may: written.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> near = vmopt.Near(["vm-0", "vm-1", "vm-2"], ["vm-3", "vm-4"], over="host")
    >>> cluster = compile(vmopt.Instance.from_arrays([[2], [2], [2], [1], [1]], [[4]] * 3, rules=[near]))
    >>> leader, free = np.arange(5), np.ones(5, dtype=bool)
    >>> couple(cluster, np.zeros((1, 1)), leader, free)
    >>> leader.tolist()
    [3, 4, -1, 3, 4]
    """
    market = _Market.of(problem, prices)
    for rule in coupling(problem.rules):
        serves = members_of(rule.other.of, len(rule.other))
        for group, vms in enumerate(rule.members):
            needing, partners = vms[free[vms]], serves[group][free[serves[group]]]
            if len(needing) and len(partners):
                _go_together(market, needing, partners, leader, free)


@dataclass(frozen=True, eq=False)
class _Market:
    """What VMs gain at some prices, what they take, and what hosts offer."""

    gain: FloatArray
    clearly: BoolArray
    least: IntArray
    size: FloatArray
    capacity: IntArray

    @classmethod
    def of(cls, problem: Problem, prices: FloatArray) -> _Market:
        vms, total = problem.vms, np.maximum(problem.total, 1)
        gain = (vms.value - (vms.least @ prices.T).min(axis=1))[vms.of]
        clearly = gain > JUST * problem.value
        return cls(gain, clearly, problem.least, problem.least @ (1.0 / total), problem.hosts.capacity)


def _go_together(market: _Market, needing: IntArray, partners: IntArray, leader: IntArray, free: BoolArray) -> None:
    """Share those out that are worth running among the partners that are, the largest first."""
    leader[needing], free[needing] = -1, False
    needing = needing[market.clearly[needing]]
    if not len(needing):
        return
    partners = partners[np.lexsort((market.size[partners], -market.gain[partners]))]
    partners = partners[: max(1, min(len(needing), int(market.clearly[partners].sum())))]
    load, weight = market.least[partners].copy(), market.size[partners].copy()
    for vm in needing[np.argsort(-market.size[needing], kind="stable")].tolist():
        for at in np.argsort(weight, kind="stable").tolist():
            if (load[at] + market.least[vm] <= market.capacity).all(axis=1).any():
                load[at] += market.least[vm]
                weight[at] += market.size[vm]
                leader[vm], free[partners[at]] = partners[at], False
                break
