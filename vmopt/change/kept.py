"""Rules that hold in every state of a plan: where they let a VM go next, and which actions must not overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.change.action import NOWHERE, Action
from vmopt.errors import OptionError
from vmopt.model.instance import Instance
from vmopt.rules import Alone, Apart, BaseRule, Gather, InForce, Quota, Spread, Taken
from vmopt.rules.fence import Eligibility
from vmopt.rules.inside import Inside

Key = tuple[Any, ...]


def checked_always(instance: Instance, always: Any) -> tuple[BaseRule, ...]:
    """Rules to keep in every state, as hard ones: all hard rules of the instance that can be, for True.

    That pieces fit the parts of hosts is no wish: it holds in every state, whatever is given.

    Raises
    ------
    OptionError
        If one cannot be kept while VMs move.
    """
    inside = tuple(rule for rule in instance.rules if isinstance(rule, Inside))
    if always is True:
        lasting = (rule for rule in instance.rules if isinstance(rule, BaseRule) and rule.lasts)
        return tuple(rule for rule in lasting if rule.penalty is None)
    if always is False:
        return inside
    given = checks.listed(always, "always", what="a list of rules, or True for all hard ones that last")
    for rule in given:
        if not isinstance(rule, BaseRule):
            raise OptionError(f"always holds {checks.shown(rule)}: give rules, such as vmopt.Spread.")
        if not rule.lasts:
            raise OptionError(f"{rule} may break whenever a VM leaves: it cannot hold in every state of a plan.")
    return (*inside, *(replace(rule, penalty=None) for rule in given if not isinstance(rule, Inside)))


class Kept:
    """Who runs where, counted for the rules that always hold.

    A VM that moves counts on both hosts until it is there. Rules on domains that a plan finds broken stay so until VMs
    leave; no action adds to it.

    Parameters
    ----------
    rules : sequence of BaseRule
    instance : Instance
    host_index : (n_vms,) int64 array
        Where VMs run at first; it is copied.
    """

    def __init__(self, rules: Sequence[BaseRule], instance: Instance, host_index: IntArray) -> None:
        self._now = host_index.copy()
        self._rules: list[InForce] = [rule.on(instance) for rule in rules]
        self._taken: list[Taken] = [rule.counting(self._now) for rule in self._rules]

    def __bool__(self) -> bool:
        return bool(self._rules)

    def allows(self, vm: int, target: int) -> bool:
        """Whether a VM may go to a host as things are, from wherever it is."""
        concerned = [pair for pair in zip(self._rules, self._taken, strict=True) if pair[0].concerns[vm]]
        if not concerned:
            return True
        before = int(self._now[vm])
        self.put(vm, NOWHERE)
        allowed = all(bool(rule.allows(vm, taken)[target]) for rule, taken in concerned)
        self.put(vm, before)
        return allowed

    def put(self, vm: int, host: int) -> None:
        """Count a VM on another host, or on none."""
        row = np.array([vm])
        if self._now[vm] != NOWHERE:
            for taken in self._taken:
                taken.add(row, -1)
        self._now[vm] = host
        if host != NOWHERE:
            for taken in self._taken:
                taken.add(row)

    def keys(self, action: Action) -> list[Key]:
        """What an action changes for the rules: of two that have a key in common, one ends before the other begins."""
        found: dict[Key, None] = {}
        for number, here in enumerate(self._rules):
            if here.counts_vm[action.vm] and not isinstance(here.rule, Eligibility):
                found.update(dict.fromkeys(_keys(number, here, action)))
        return list(found)


def _keys(number: int, here: InForce, action: Action) -> Iterable[Key]:
    """A domain, where what a rule says of one does not depend on others; a group, or all there is, elsewhere."""
    group = int(here.group.of[action.vm])
    if isinstance(here.rule, Gather):
        return [(number, group)]
    if not isinstance(here.rule, Spread | Quota | Apart | Alone | Inside):
        return [(number,)]
    domains = [int(here.domain.of[host]) for host in action.hosts]
    own = (group,) if isinstance(here.rule, Spread) else ()
    return [(number, domain, *own) for domain in domains if domain >= 0]
