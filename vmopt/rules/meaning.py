"""What a rule means on an instance: what it asks of placements, in each of the ways in which it is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.rules.breach import Breach
from vmopt.rules.limits import UNLIMITED
from vmopt.rules.program import Cells, RuleRows
from vmopt.rules.scope import Scope
from vmopt.rules.selection import Grouping
from vmopt.rules.stated import Stated
from vmopt.rules.taken import Taken

Here = TypeVar("Here", bound=Scope, contravariant=True)
"""Where it is asked: whom it speaks of in an instance."""


@dataclass(frozen=True, eq=False, repr=False)
class Meaning(Stated, ABC, Generic[Here]):
    """What a rule says of placements, given whom it speaks of."""

    gathers: ClassVar[bool] = False
    """Whether the first VM of a group decides on the domain of all others."""
    needs: ClassVar[bool] = False
    """Whether a VM of a group needs one of the other group in its domain."""
    waits: ClassVar[bool] = False
    """Whether VMs that may go nowhere may go somewhere once others are placed."""
    lasts: ClassVar[bool] = True
    """Whether it still holds when any of the VMs leave: only such rules can be kept while VMs come and go."""
    fixed: ClassVar[bool] = False
    """Whether it allows a VM the same hosts whoever else runs."""

    room_says_all: ClassVar[bool] = False
    """Whether a domain has `room` just where it `allows` a VM to be, and hosts that are in none are open to all."""
    domains_alike: ClassVar[bool] = False
    """Whether what it forbids asks only whether a host is in a domain, whichever it is."""

    @abstractmethod
    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the groups of VMs, the domains of hosts, and the other groups of VMs where there are any."""

    @abstractmethod
    def find_breaches(self, here: Here, host_index: IntArray) -> Iterator[Breach]:
        """Find where a placement breaks it."""

    @abstractmethod
    def violation(self, here: Here, host_index: IntArray) -> float:
        """Measure how much a placement breaks it, in the unit that its docstring states; 0 where it keeps it."""

    @abstractmethod
    def translate(self, here: Here, cells: Cells, rows: RuleRows) -> None:
        """Write it as rows over the cells, given the VMs that stay outside of them."""

    @abstractmethod
    def allows(self, here: Here, vm: int, taken: Taken) -> BoolArray:
        """Which hosts may take this VM, one that it concerns, unplaced so far, ``(n_hosts,)``, the capacity apart."""

    def added(self, here: Here, vm: int, taken: Taken) -> FloatArray:
        """By how much `violation` grows when this VM, unplaced so far, is placed on each host, ``(n_hosts,)``.

        Measured host by host here; rules that know it from counts say so themselves.
        """
        now, there = taken.host_index, taken.host_index.copy()
        grown = np.empty(len(here.domain.of))
        for host in range(len(grown)):
            there[vm] = host
            grown[host] = self.violation(here, there)
        return grown - self.violation(here, now)

    def room(self, here: Here, vm: int, taken: Taken) -> IntArray | None:
        """How many more like this VM each domain that allows it may take, whatever others take, ``(n_domains,)``.

        None where a VM in one domain changes what the others may take: they are placed one by one.
        """
        return np.full(len(here.domain), UNLIMITED)

    def wanted(self, here: Here) -> IntArray | None:
        """How many of each group run if any of them do; None where a rule does not ask for that."""
        return None

    def most_alike(self, here: Here) -> IntArray | None:
        """How many VMs like each one a host may run, ``(n_vms,)``; None for any number."""
        return None

    def most_in_domain(self, here: Here) -> IntArray | None:
        """What the weights of a group's VMs in one domain add up to at most, ``(n_groups,)``; None for no such limit.

        Bounds are made of it: it may leave out some of what the rule demands, and must not demand more.
        """
        return None

    def implied(self, here: Here) -> tuple[Any, ...]:
        """Limits that follow from it, for bounds to price; whoever checks placements need not know them."""
        return ()

    def forbids(self, here: Here, vm: IntArray, host: IntArray) -> BoolArray | None:
        """Which of these VMs may run on none of which of these hosts, whatever others do, ``(len(vm), len(host))``.

        All hosts in a domain are alike to it, and all in none. None where it forbids nothing of the sort.
        """
        return None

    def units_per(self, instance: Any) -> int:
        """Into how many units of weight the unit is divided in which its limit is stated."""
        return 1

    def urgent(self, here: Here) -> BoolArray | None:
        """Which VMs have to run, ``(n_vms,)``; None for none."""
        return None

    def freed(self, here: Here, host: int) -> BoolArray:
        """Hosts that may be allowed to more VMs when one leaves this host, ``(n_hosts,)``: those of its domain."""
        mine = int(here.domain.of[host])
        return np.asarray((here.domain.of == mine) & (mine >= 0))

    def weights(self, instance: Any) -> IntArray:
        """What each VM counts for."""
        return np.broadcast_to(np.int64(1), instance.n_vms)  # one number, however many rules there are

    def concerns(self, here: Here) -> BoolArray:
        """Which VMs may not go everywhere, ``(n_vms,)``."""
        others = here.group.inside if here.other is None else here.other.inside
        return np.asarray(here.group.inside | others)
