"""Homes: the domain of a group whose VMs share one, chosen for all of them before the first is placed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem

Room = Callable[[RuleInForce, IntArray], FloatArray]
"""How much of some VMs each domain of a rule has room for, ``(n_domains,)``."""


class Homes:
    """Groups that share a domain, and where they go.

    Parameters
    ----------
    problem : Problem
    room : callable
    """

    def __init__(self, problem: Problem, room: Room) -> None:
        self._rules = [rule for rule in problem.rules if rule.gathers]
        self._room = room

    def among(self, vm: int, hosts: IntArray, host_index: IntArray) -> IntArray:
        """Return the hosts in the home of the VM's group; all of them where it is settled, or there is none."""
        for rule in self._rules:
            g = int(rule.group.of[vm])
            if g >= 0 and len(rule.domain) and hosts.size and (host_index[rule.members[g]] < 0).all():
                home = int(self._room(rule, rule.members[g]).argmax())
                hosts = hosts[rule.domain.of[hosts] == home]
        return hosts


def gathered_sizes(problem: Problem) -> IntArray:
    """Number of VMs with which each shares a domain, 0 for those that are free, ``(n_vms,)``."""
    size = np.zeros(problem.n_vms, dtype=np.int64)
    for rule in problem.rules:
        if rule.gathers:
            inside = np.flatnonzero(rule.group.of >= 0)
            count = np.bincount(rule.group.of[inside], minlength=len(rule.group))
            size[inside] = np.maximum(size[inside], count[rule.group.of[inside]])
    return size


def by_domain(rule: RuleInForce, hosts: IntArray, amount: FloatArray | IntArray) -> FloatArray:
    """Add up amounts on hosts by their domain, ``(n_domains,)``; hosts that are in none are left out."""
    total: FloatArray = np.bincount(rule.domain.of[hosts] + 1, amount, len(rule.domain) + 1)[1:].astype(np.float64)
    return total
