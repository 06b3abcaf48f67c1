"""Partners: VMs that need others beside them begin in a domain together, also where each needs the other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem

Hosts = Callable[[int], IntArray]
"""Hosts with room for a VM, in the order in which they are to be filled."""


class Partners:
    """Begins groups that need each other.

    Parameters
    ----------
    problem : Problem
    places : PartialPlacement
    hosts : callable
    parameters : RuledParameters
    """

    def __init__(
        self, problem: Problem, places: PartialPlacement, hosts: Hosts, parameters: RuledParameters = DEFAULT
    ) -> None:
        self._rules = [rule for rule in problem.rules if rule.needs]
        self._places, self._hosts, self._parameters = places, hosts, parameters
        self._share = problem.share

    def begin(self, vm: int) -> bool:
        """Place a VM with all that it needs, one of each, in a domain where none of them runs; tell whether it was."""
        rules = [rule for rule in self._rules if rule.concerns[vm]]
        together = self.needed(vm) if rules else None
        if together is None:
            return False
        domain = rules[0].domain.of
        free = np.bincount(domain + 1, self._places.free.sum(axis=1))[1:]
        roomiest = np.argsort(-free)[: self._parameters.domains_tried]
        return any(self.seated(together, domain == d) for d in roomiest.tolist())

    def needed(self, vm: int, domain: int | None = None) -> list[int] | None:
        """The VM, those that it needs, what these need; None where one is missing, or domains are of two kinds.

        Parameters
        ----------
        vm : int
        domain : int, optional
            Whoever runs there need not be placed.
        """
        together, looked_at = [vm], 0
        while looked_at < len(together) <= self._parameters.most_together:
            for rule in self._rules:
                if (rule.domain.of != self._rules[0].domain.of).any():
                    return None
                g = int(rule.group.of[together[looked_at]])
                if g >= 0 and not ((rule.other.of[together] == g).any() or self._runs(rule, g, domain)):
                    found = self._one_of(rule, g)
                    if found is None:
                        return None
                    together.append(found)
            looked_at += 1
        return together if looked_at == len(together) else None

    def seated(self, together: list[int], inside: BoolArray) -> bool:
        """Place all of them on hosts of one domain, or none; tell whether they were.

        Parameters
        ----------
        together : list of int
            VMs of which each finds what it needs among the others.
        inside : (n_hosts,) bool array
            The hosts of the domain.
        """
        for n_seated, vm in enumerate(together):
            hosts = self._hosts(vm)
            hosts = hosts[inside[hosts] & self._places.allowed(vm, but=self._rules)[hosts]]
            if not hosts.size:
                self._places.take_off(np.array(together[:n_seated], dtype=np.int64))
                return False
            self._places.put(np.array([vm]), hosts[:1])
        return True

    def _runs(self, rule: RuleInForce, group: int, domain: int | None) -> bool:
        """Whether a partner of this group runs in a domain."""
        if domain is None:
            return False
        partners = np.flatnonzero((rule.other.of == group) & (self._places.host_index >= 0))
        return bool((rule.domain.of[self._places.host_index[partners]] == domain).any())

    def _one_of(self, rule: RuleInForce, group: int) -> int | None:
        """The smallest partner that runs nowhere."""
        there = np.flatnonzero((rule.other.of == group) & (self._places.host_index < 0))
        return int(there[self._share[there].argmin()]) if there.size else None
