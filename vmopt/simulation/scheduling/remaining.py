"""What a rule leaves to waiting VMs beside those that run: a rule of the instance that a decision solves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.model.classes import members_of
from vmopt.model.names import Names
from vmopt.rules import Breach, InForce, Taken
from vmopt.rules.program import Cells, RuleRows
from vmopt.rules.selection import Grouping
from vmopt.simulation.ruling import Ruling


@dataclass(frozen=True, eq=False)
class Remaining:
    """A rule on waiting VMs and the hosts that are open to them, while others run where they are.

    Whatever is asked is asked of the rule itself, over all versions of VMs and all hosts, with those that run outside.

    Attributes
    ----------
    here : InForce
        Over the rows of the workload.
    running : (n_rows,) int64 array
        Host of each row, -1 where it does not run.
    rows : (n_vms,) int64 array
        The row of each waiting VM.
    hosts : (n_hosts,) int64 array
    """

    here: InForce
    running: IntArray
    rows: IntArray
    hosts: IntArray
    name = "remaining"
    lasts = True
    of_some = True
    penalty = None
    wanted = None
    gangs = None
    urgent = None
    vm_set = None
    host_set = None
    must_run = None
    other = None
    gathers = False
    needs = False
    waits = False
    most_in_domain = None
    implied = ()

    def on(self, instance: Any) -> Remaining:
        """Return itself: it was made for an instance."""
        return self

    def narrowed(self, names: Names, labels: Any, kept: IntArray) -> Remaining:
        """Return the rule for some of the waiting VMs."""
        return Remaining(self.here, self.running, self.rows[kept], self.hosts)

    @cached_property
    def group(self) -> Grouping:
        """The groups of the waiting VMs."""
        return Grouping(self.here.group.of[self.rows], self.here.group.names)

    @cached_property
    def domain(self) -> Grouping:
        """The domains of the hosts."""
        return Grouping(self.here.domain.of[self.hosts], self.here.domain.names)

    @cached_property
    def members(self) -> list[IntArray]:
        """Waiting VMs of each group."""
        return members_of(self.group.of, len(self.group))

    @cached_property
    def concerns(self) -> BoolArray:
        """Which waiting VMs may not go everywhere."""
        return self.here.concerns[self.rows]

    @cached_property
    def counts_vm(self) -> BoolArray:
        """Which waiting VMs change what it allows others."""
        return self.here.counts_vm[self.rows]

    @cached_property
    def vm_keys(self) -> Sequence[IntArray]:
        """Columns that tell VMs apart; also what they count for, which need not be what they must get."""
        return [key[self.rows] for key in (*self.here.vm_keys, self.here.weight)]

    @cached_property
    def host_keys(self) -> Sequence[IntArray]:
        """The domains of the hosts: also hosts by themselves differ in who runs there."""
        return [] if self.here.rule.fixed and not np.ptp(self.domain.of) else [self.domain.of]

    @cached_property
    def most_alike(self) -> IntArray | None:
        """How many VMs like each a host may run."""
        most = self.here.most_alike
        return None if most is None else most[self.rows]

    @property
    def by_host(self) -> bool:
        """Whether each host is a domain."""
        return self.here.by_host

    @cached_property
    def weight(self) -> IntArray:
        """What each waiting VM counts for."""
        return self.here.weight[self.rows]

    def forbids(self, vm: IntArray, host: IntArray) -> None:
        """Nothing is said of classes of hosts, which differ in who runs there."""

    def violation(self, host_index: IntArray) -> float:
        """Count the VMs that break it."""
        return float(sum(breach.excess for breach in self.breaches(host_index)))

    def breaches(self, host_index: IntArray) -> list[Breach]:
        """Where a placement breaks the rule: the VMs that it forbids beside those that run and those before them."""
        if not self.here.breaches(self._all(host_index)):
            return []
        ruling, wrong = Ruling([self.here], self.running.copy(), len(self.here.domain.of)), []
        for vm in np.flatnonzero(host_index >= 0).tolist():
            row, host = int(self.rows[vm]), int(self.hosts[host_index[vm]])
            if ruling.allowed(row)[host]:
                ruling.put(row, host)
            else:
                wrong.append(vm)
        vms = np.array(wrong, dtype=np.int64)
        return [Breach(str(self), None, None, vms, len(vms), ())]

    def translate(self, cells: Cells, rows: RuleRows) -> None:
        """Write the rule as rows over the cells, with all that runs outside of them."""
        given = Cells(
            vm=self.rows[cells.vm],
            host=self.hosts[cells.host],
            upper=cells.upper,
            vm_class=cells.vm_class,
            supply=cells.supply,
            outside=self._all(cells.outside),
            member=self.rows[cells.member],
        )
        self.here.translate(given, rows)

    def counting(self, host_index: IntArray) -> Beside:
        """Begin to count, from what runs."""
        return Beside(self, host_index)

    def allows(self, vm: int, taken: Beside) -> BoolArray:
        """Which hosts may take this VM."""
        return self.here.allows(int(self.rows[vm]), taken.everyone)[self.hosts]

    def room(self, vm: int, taken: Beside) -> IntArray | None:
        """How many more like this VM each domain may take; each of the hosts, where these are domains."""
        room = self.here.room(int(self.rows[vm]), taken.everyone)
        return room[self.hosts] if room is not None and self.by_host else room

    @property
    def room_says_all(self) -> bool:
        """Whether domains have room just where it allows a VM to be."""
        return self.here.room_says_all

    def _all(self, host_index: IntArray) -> IntArray:
        """Host of each row: where it runs, or where a placement of the waiting VMs puts it."""
        whole = self.running.copy()
        placed = np.flatnonzero(host_index >= 0)
        whole[self.rows[placed]] = self.hosts[host_index[placed]]
        return whole

    def __str__(self) -> str:
        return f"{self.here.rule} beside what runs"


class Beside:
    """Counts of a placement of waiting VMs that grows, and of all that runs."""

    def __init__(self, remaining: Remaining, host_index: IntArray) -> None:
        self._remaining, self._host_index = remaining, host_index
        self._whole = remaining._all(host_index)
        self.everyone: Taken = remaining.here.counting(self._whole)

    def add(self, vms: IntArray, sign: int = 1) -> None:
        """Count VMs that were just placed; with -1, those that are about to be taken off again."""
        rows = self._remaining.rows[vms]
        self._whole[rows] = self._remaining.hosts[self._host_index[vms]]
        self.everyone.add(rows, sign)
        if sign < 0:
            self._whole[rows] = -1


def remaining_rules(ruling: Ruling, rows: IntArray, hosts: IntArray) -> list[Remaining]:
    """Return what the rules leave to these VMs on these hosts; rules that concern none of them are left out."""
    found = [Remaining(here, ruling.host_index.copy(), rows, hosts) for here in ruling.rules]
    return [rule for rule in found if rule.concerns.any()]
