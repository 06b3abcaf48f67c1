"""A rule on an instance: whom it speaks of, and what it says of placements of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.rules.breach import SHOWN, Breach
from vmopt.rules.domains import HOST
from vmopt.rules.few import FewOf
from vmopt.rules.meaning import Meaning
from vmopt.rules.program import Cells, RuleRows
from vmopt.rules.scope import Scope
from vmopt.rules.selection import Grouping
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False)
class InForce(Scope):
    """A rule on an instance.

    Attributes
    ----------
    rule : BaseRule
    instance : Instance
    group : Grouping
        Of the VMs.
    domain : Grouping
        Of the hosts.
    other : Grouping or None
        Of the VMs, where a rule sets two kinds of groups against each other.
    """

    rule: Meaning[Any]
    instance: Any
    group: Grouping
    domain: Grouping
    other: Grouping | None = None

    @cached_property
    def vm_keys(self) -> Sequence[IntArray]:
        """Columns over the VMs: the rule tells no VMs apart that are alike in all of them."""
        return [groups.of for groups in (self.group, self.other) if groups is not None and np.ptp(groups.of)]

    @cached_property
    def host_keys(self) -> Sequence[IntArray]:
        """Columns over the hosts: exchanging hosts that are alike in all of them changes nothing for the rule."""
        return [] if self.by_host or not np.ptp(self.domain.of) else [self.domain.of]

    @property
    def vm_set(self) -> IntArray | None:
        """The few VMs that it tells from all others."""
        return self.group.anybody if isinstance(self.group, FewOf) and self.other is None else None

    @property
    def host_set(self) -> IntArray | None:
        """The few hosts that it tells from all others."""
        return self.domain.anybody if isinstance(self.domain, FewOf) else None

    @property
    def penalty(self) -> float | None:
        """What a unit of violation takes off the objective; None for a hard rule."""
        return self.rule.penalty

    def breaches(self, host_index: IntArray) -> list[Breach]:
        """Where a placement breaks the rule; nothing where it keeps it, and of a soft rule, which may be broken."""
        return [] if self.penalty is not None else list(self.rule.find_breaches(self, host_index))

    def violation(self, host_index: IntArray) -> float:
        """How much a placement breaks the rule, in its unit."""
        return self.rule.violation(self, host_index)

    def translate(self, cells: Cells, rows: RuleRows) -> None:
        """Write the rule as rows over the cells."""
        self.rule.translate(self, cells, rows)

    def counting(self, host_index: IntArray) -> Taken:
        """Begin to count what domains have taken, for a placement that grows."""
        return Taken(self, host_index)

    def staying(self, host_index: IntArray) -> Taken:
        """Begin to count it for VMs that come and go, and are not rearranged within their host."""
        return self.counting(host_index)

    def allows(self, vm: int, taken: Taken) -> BoolArray:
        """Which hosts may take this VM, unplaced so far, ``(n_hosts,)``, the capacity apart."""
        if not self.concerns[vm]:
            return np.ones(len(self.domain.of), dtype=bool)
        return self.rule.allows(self, vm, taken)

    def room(self, vm: int, taken: Taken) -> IntArray | None:
        """How many more like this VM each domain that allows it may take; None for one at a time."""
        return self.rule.room(self, vm, taken)

    @property
    def room_says_all(self) -> bool:
        """Whether hosts have `room` for a VM, those in no domain included, just where the rule allows it."""
        return self.rule.room_says_all

    def added(self, vm: int, taken: Taken) -> FloatArray:
        """By how much the violation grows when this VM, unplaced so far, is placed on each host, ``(n_hosts,)``."""
        if not self.counts_vm[vm]:
            return np.zeros(len(self.domain.of))
        return self.rule.added(self, vm, taken)

    @property
    def gathers(self) -> bool:
        """Whether the first VM of a group decides on the domain of all others."""
        return self.rule.gathers

    @property
    def needs(self) -> bool:
        """Whether a VM of a group needs one of the other group in its domain."""
        return self.rule.needs

    @property
    def lasts(self) -> bool:
        """Whether it still holds when any of the VMs leave."""
        return self.rule.lasts

    @property
    def waits(self) -> bool:
        """Whether VMs that may go nowhere may go somewhere once others are placed."""
        return self.rule.waits

    @cached_property
    def wanted(self) -> IntArray | None:
        """How many of each group run if any of them do; None where the rule does not ask for that, or is soft."""
        return self.gangs if self.penalty is None else None

    @cached_property
    def gangs(self) -> IntArray | None:
        """How many of each group are placed in one go, if any are, be the rule hard or soft."""
        return self.rule.wanted(self)

    @cached_property
    def most_alike(self) -> IntArray | None:
        """How many VMs like each one a host may run; None for any number."""
        return self.rule.most_alike(self) if self.penalty is None else None

    @cached_property
    def urgent(self) -> BoolArray | None:
        """Which VMs have to run; None for none."""
        return self.rule.urgent(self) if self.penalty is None else None

    @cached_property
    def most_in_domain(self) -> IntArray | None:
        """What the weights of each group's VMs in one domain add up to at most; None where there is no such limit."""
        return None if self.penalty is not None else self.rule.most_in_domain(self)

    def most_at(self, group: IntArray, domain: IntArray) -> IntArray:
        """The same for pairs of a group and a domain: here all domains have one limit, where each is a host as well."""
        assert self.most_in_domain is not None
        return np.asarray(self.most_in_domain[group])

    @cached_property
    def implied(self) -> tuple[InForce, ...]:
        """Limits that follow from it, for bounds to price."""
        return () if self.penalty is not None else self.rule.implied(self)

    @cached_property
    def must_run(self) -> BoolArray | None:
        """Which VMs run in every placement that keeps the rule; None for none."""
        return None if self.penalty is not None else self.urgent

    def forbids(self, vm: IntArray, host: IntArray) -> BoolArray | None:
        """Which of these VMs may run on none of which of these hosts; None where it forbids nothing of the sort."""
        return None if self.penalty is not None else self.rule.forbids(self, vm, host)

    @property
    def by_host(self) -> bool:
        """Whether each host is a domain."""
        return getattr(self.rule, "over", None) == HOST

    @property
    def units_per(self) -> int:
        """Into how many units of weight the unit is divided in which its limit is stated."""
        return self.rule.units_per(self.instance)

    @cached_property
    def weight(self) -> IntArray:
        """What each VM counts for."""
        return self.rule.weights(self.instance)

    @cached_property
    def concerns(self) -> BoolArray:
        """Which VMs may not go everywhere, ``(n_vms,)``."""
        return self.rule.concerns(self)

    @cached_property
    def counts_vm(self) -> BoolArray:
        """Which VMs, when placed, change what it allows others, ``(n_vms,)``."""
        inside = self.group.inside | self.concerns
        return np.asarray(inside if self.other is None else inside | self.other.inside)

    def breach(self, group: int | None, domain: int | None, vms: IntArray, excess: int) -> Breach:
        """Make a breach, with names."""
        return Breach(
            rule=self._said,
            group=None if group is None else self.group.names[group],
            domain=None if domain is None else self.domain.names[domain],
            vms=vms,
            excess=excess,
            names=tuple(self.instance.vm_names[int(vm)] for vm in vms[:SHOWN]),
        )

    @cached_property
    def _said(self) -> str:
        """The rule in words: written once, for there may be a breach for each VM."""
        return str(self.rule)
