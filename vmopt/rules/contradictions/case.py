"""What is known so far: which VMs must run, which never can, and what contradicts what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.base import InForce
from vmopt.rules.contradictions.barred_pairs import BarredPairs
from vmopt.rules.contradictions.contradiction import Contradiction, listed
from vmopt.rules.must_run import MustRun
from vmopt.rules.text import shown_rule

RuleSet = tuple[int, ...]
"""Numbers of rules."""


class Case:
    """An instance on trial.

    Attributes
    ----------
    rules : tuple of InForce
        The hard ones.
    places : BarredPairs
    never : (n_vms,) bool array
        VMs that run in no placement.
    must : (n_vms,) bool array
        VMs that run in every placement.
    found : list of Contradiction
    """

    def __init__(self, instance: Any) -> None:
        self.instance = instance
        hard = (here for here in instance.rules_in_force if here.penalty is None)
        self.rules = tuple(here for here in hard if isinstance(here, InForce))
        self.places = BarredPairs(instance, self.rules)
        self.never: BoolArray = np.zeros(instance.n_vms, dtype=bool)
        self.must: BoolArray = np.zeros(instance.n_vms, dtype=bool)
        self.found: list[Contradiction] = []
        self._sets: list[RuleSet] = [()]
        self._never_by = np.zeros(instance.n_vms, dtype=np.int64)
        self._must_by = np.zeros(instance.n_vms, dtype=np.int64)
        self._texts: dict[int, str] = {}
        self._of_type: dict[Any, list[tuple[int, InForce]]] = {}
        self.nestings: dict[Any, tuple[int, bool]] = {}
        for number, here in self.of_type(MustRun):
            self.demand(np.flatnonzero(here.group.inside), (number,))

    def of_type(self, rule: Any) -> list[tuple[int, InForce]]:
        """Rules of a type, with their numbers."""
        if rule not in self._of_type:
            found = [(number, here) for number, here in enumerate(self.rules) if isinstance(here.rule, rule)]
            self._of_type[rule] = found
        return self._of_type[rule]

    def demand(self, vms: IntArray, rules: Iterable[int]) -> bool:
        """Note that VMs must run; tell whether that is news."""
        new = vms[~self.must[vms]]
        self.must[new], self._must_by[new] = True, self._number(rules)
        return bool(new.size)

    def rule_out(self, vms: IntArray, rules: Iterable[int], why: str, mend: str) -> bool:
        """Note that VMs never run, for a reason that names them as ``{vms}``; tell whether that is news."""
        new, rules = vms[~self.never[vms]], tuple(rules)
        if not new.size:
            return False
        self.never[new], self._never_by[new] = True, self._number(rules)
        if rules or self.must[new].any():
            self.report(new, rules, why, mend)
        return True

    def report(self, vms: IntArray, rules: Iterable[int], why: str, mend: str, fatal: bool | None = None) -> None:
        """Keep a contradiction; one that rules VMs out is fatal if any of them must run."""
        bound = vms[self.must[vms]]
        fatal = bool(bound.size) if fatal is None else fatal
        named = [*rules, *self.causes(bound, must=True)] if fatal else list(rules)
        why = why.replace("{vms}", self.name(vms))
        if fatal and "must run" not in why:
            why += f", and {self.name(bound)} must run"
        self.found.append(Contradiction(self._stated(named), vms, why, mend, fatal))

    def causes(self, vms: IntArray, *, must: bool = False) -> RuleSet:
        """Rules for which these VMs must run, or never do."""
        by = self._must_by if must else self._never_by
        found = [rule for number in np.unique(by[vms]).tolist() for rule in self._sets[number]]
        return tuple(dict.fromkeys(found))

    def name(self, vms: IntArray) -> str:
        """Name VMs."""
        return listed([self.instance.vm_names[int(vm)] for vm in vms[:3]], len(vms))

    def _number(self, rules: Iterable[int]) -> int:
        self._sets.append(tuple(dict.fromkeys(rules)))
        return len(self._sets) - 1

    def _stated(self, rules: Iterable[int]) -> tuple[str, ...]:
        once = list(dict.fromkeys(rules))
        for rule in once:
            if rule not in self._texts:
                self._texts[rule] = shown_rule(self.rules[rule].rule)
        return tuple(self._texts[rule] for rule in once)
