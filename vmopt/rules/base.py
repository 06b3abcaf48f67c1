"""What every rule is: a declaration, a checker of placements, a translation into rows, and one answer for greedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vmopt.rules.domains import HOST, domains_of
from vmopt.rules.in_force import InForce
from vmopt.rules.limits import LARGEST_LIMIT, UNLIMITED, PerGroup, per_group, whole_numbers
from vmopt.rules.meaning import Meaning
from vmopt.rules.members import groups_in, hosts_in, vms_in
from vmopt.rules.stated import LARGEST_PENALTY


@dataclass(frozen=True, eq=False, repr=False)
class BaseRule(Meaning[InForce]):
    """A rule as it is stated: see `vmopt.rules` for what all of them have in common.

    A new rule is a file with a subclass that says four things: `find_breaches` checks a placement, from counts and
    nothing else; `violation` measures how much of it is broken; `translate` writes the rule as rows of a program;
    `allows` tells greedy where one more VM may go. Checks and translation share no code, so that they can disagree.

    Attributes
    ----------
    penalty : float or None
        What a unit of violation takes off the objective: the rule is soft. None: it is hard.
    """

    def on(self, instance: Any) -> InForce:
        """Find whom it speaks of in an instance.

        Raises
        ------
        InstanceError
            If a name or a label is not there.
        """
        return InForce(self, instance, *self.find(instance))


__all__ = [
    "HOST",
    "LARGEST_LIMIT",
    "LARGEST_PENALTY",
    "UNLIMITED",
    "BaseRule",
    "InForce",
    "PerGroup",
    "domains_of",
    "groups_in",
    "hosts_in",
    "per_group",
    "vms_in",
    "whole_numbers",
]
