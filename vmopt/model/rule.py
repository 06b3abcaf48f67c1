"""What an instance knows of its rules: how demands beyond capacity join the classes, and who checks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from vmopt.arrays import BoolArray, IntArray


class RuleInForce(Protocol):
    """A rule on one instance."""

    @property
    def vm_keys(self) -> Sequence[IntArray]:
        """Columns over the VMs: the rule tells no VMs apart that are alike in all of them."""

    @property
    def host_keys(self) -> Sequence[IntArray]:
        """Columns over the hosts: exchanging hosts that are alike in all of them changes nothing for the rule."""

    @property
    def concerns(self) -> BoolArray:
        """Which VMs may not go everywhere, ``(n_vms,)``."""

    def breaches(self, host_index: IntArray) -> list[Any]:
        """Where a placement breaks it."""

    def translate(self, cells: Any, rows: Any) -> None:
        """Write it as rows of a program: see `vmopt.rules.program`."""

    def counting(self, host_index: IntArray) -> Any:
        """Begin to count what domains have taken, for a placement that grows: see `vmopt.rules.taken`."""

    def allows(self, vm: int, taken: Any) -> BoolArray:
        """Which hosts may take this VM, ``(n_hosts,)``, the capacity apart."""

    def room(self, vm: int, taken: Any) -> IntArray | None:
        """How many more like this VM each domain that allows it may take; None for one at a time."""

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
    def waits(self) -> bool:
        """Whether VMs that may go nowhere may go somewhere once others are placed."""

    @property
    def wanted(self) -> IntArray | None:
        """How many of each group run if any of them do; None where the rule does not ask for that."""

    @property
    def most_alike(self) -> IntArray | None:
        """How many VMs like each one a host may run, ``(n_vms,)``; None for any number."""

    @property
    def urgent(self) -> BoolArray | None:
        """Which VMs have to run; None for none."""


@runtime_checkable
class Rule(Protocol):
    """A rule as a user states it, before there is an instance."""

    def on(self, instance: Any) -> RuleInForce:
        """Find the VMs and hosts that it speaks of; refuse an instance that has none of these names or labels."""
