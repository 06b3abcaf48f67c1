"""What an instance knows of its rules: how demands beyond capacity join the classes, and who checks them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, runtime_checkable

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.model.names import Names


class RuleInForce(Protocol):
    """A rule on one instance."""

    @property
    def vm_keys(self) -> Sequence[IntArray]:
        """Columns over the VMs: the rule tells no VMs apart that are alike in all of them."""

    @property
    def host_keys(self) -> Sequence[IntArray]:
        """Columns over the hosts: exchanging hosts that are alike in all of them changes nothing for the rule."""

    @property
    def vm_set(self) -> IntArray | None:
        """The few VMs that it tells from all others, and not from each other; None where `vm_keys` say whom it does."""

    @property
    def host_set(self) -> IntArray | None:
        """The few hosts, likewise."""

    @property
    def concerns(self) -> BoolArray:
        """Which VMs may not go everywhere, ``(n_vms,)``."""

    @property
    def counts_vm(self) -> BoolArray:
        """Which VMs, when placed, change what it allows others, ``(n_vms,)``."""

    @property
    def penalty(self) -> float | None:
        """What a unit of violation takes off the objective: the rule is soft; None for a hard one."""

    def breaches(self, host_index: IntArray) -> list[Any]:
        """Where a placement breaks it; nothing where it is soft."""

    def violation(self, host_index: IntArray) -> float:
        """How much a placement breaks it, in its unit."""

    def translate(self, cells: Any, rows: Any) -> None:
        """Write it as rows of a program: see `vmopt.rules.program`."""

    def counting(self, host_index: IntArray) -> Any:
        """Begin to count what domains have taken, for a placement that grows: see `vmopt.rules.taken`."""

    def allows(self, vm: int, taken: Any) -> BoolArray:
        """Which hosts may take this VM, ``(n_hosts,)``, the capacity apart."""

    def room(self, vm: int, taken: Any) -> IntArray | None:
        """How many more like this VM each domain that allows it may take; None for one at a time."""

    @property
    def room_says_all(self) -> bool:
        """Whether domains have room just where it allows a VM to be, and hosts that are in none are open to all."""

    @property
    def group(self) -> Any:
        """The groups of VMs, with the number of each VM's in `of`, -1 for none."""

    @property
    def domain(self) -> Any:
        """The domains of hosts, likewise."""

    @property
    def members(self) -> Sequence[IntArray]:
        """VMs of each group."""

    @property
    def gathers(self) -> bool:
        """Whether the first VM of a group decides on the domain of all others."""

    @property
    def other(self) -> Any:
        """The other groups of VMs, where a rule sets two kinds of groups against each other."""

    @property
    def needs(self) -> bool:
        """Whether a VM of a group needs one of the other group in its domain."""

    @property
    def lasts(self) -> bool:
        """Whether it still holds when any of the VMs leave."""

    @property
    def waits(self) -> bool:
        """Whether VMs that may go nowhere may go somewhere once others are placed."""

    @property
    def wanted(self) -> IntArray | None:
        """How many of each group run if any of them do; None where the rule does not ask for that, or is soft."""

    @property
    def gangs(self) -> IntArray | None:
        """How many of each group are placed in one go, if any are, be the rule hard or soft."""

    @property
    def most_alike(self) -> IntArray | None:
        """How many VMs like each one a host may run, ``(n_vms,)``; None for any number."""

    @property
    def most_in_domain(self) -> IntArray | None:
        """What the weights of each group's VMs in one domain add up to at most; None where there is no such limit."""

    def most_at(self, group: IntArray, domain: IntArray) -> IntArray:
        """The same for pairs of a group and a domain, or a host where each is a domain."""

    @property
    def implied(self) -> Sequence[RuleInForce]:
        """Limits that follow from it, for bounds to price."""

    @property
    def must_run(self) -> BoolArray | None:
        """Which VMs run in every placement that keeps it; None for none."""

    def forbids(self, vm: IntArray, host: IntArray) -> BoolArray | None:
        """Which of these VMs may run on none of which of these hosts; None where it forbids nothing of the sort."""

    def added(self, vm: int, taken: Any) -> FloatArray:
        """By how much the violation grows when this VM, unplaced so far, is placed on each host."""

    @property
    def by_host(self) -> bool:
        """Whether each host is a domain."""

    @property
    def weight(self) -> IntArray:
        """What each VM counts for, ``(n_vms,)``."""

    @property
    def urgent(self) -> BoolArray | None:
        """Which VMs have to run; None for none."""


@runtime_checkable
class Rule(Protocol):
    """A rule as a user states it, before there is an instance."""

    @property
    def lasts(self) -> bool:
        """Whether it still holds when any of the VMs leave."""

    @property
    def of_some(self) -> bool:
        """Whether it speaks of some VMs; else of hosts, and of whatever VMs there are."""

    def narrowed(self, names: Names, labels: Any, kept: IntArray) -> Any:
        """Return the rule for some of the VMs with these names and labels, None if it speaks of none of them."""

    def on(self, instance: Any) -> RuleInForce:
        """Find the VMs and hosts that it speaks of; refuse an instance that has none of these names or labels."""


def narrowed_rules(rules: Iterable[Rule], names: Names, labels: Any, kept: IntArray) -> tuple[Rule, ...]:
    """Return what rules say of some of the VMs with these names and labels: those that speak of none are gone."""
    left = (rule.narrowed(names, labels, kept) for rule in rules)
    return tuple(rule for rule in left if rule is not None)
