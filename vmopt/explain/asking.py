"""What if: changed data, solved from the placement that there is."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray
from vmopt.errors import OptionError
from vmopt.explain import edits
from vmopt.explain.difference import Difference, difference
from vmopt.explain.effort import seconds_for
from vmopt.explain.from_here import from_here
from vmopt.explain.guests import with_vms
from vmopt.explain.one import require_placement
from vmopt.explain.scene import position, vm_at
from vmopt.model.columns import frozen
from vmopt.model.host import Host
from vmopt.model.instance import Instance
from vmopt.model.rule import Rule
from vmopt.model.vm import VM
from vmopt.plurals import count, first_of, plural
from vmopt.rules import Empty, Keep, Quarantine, parse_rule
from vmopt.rules.fewer import free_to_stop, without_residents
from vmopt.rules.hard import hard_ones
from vmopt.rules.hosts_called import hosts_called
from vmopt.rules.text import shown_rule
from vmopt.solution import Solution, require_solution
from vmopt.solving import require_options, solve
from vmopt.status import Status

SHOWN = 3
"""Names that a change is told with."""
FINEST = 1e-4
"""Gap that is proven unless a finer one is asked for: what differs by less is no answer to what would be different."""


@dataclass(frozen=True, eq=False, repr=False)
class WhatIf:
    """A solution, and what is to be different; every change returns another one.

    Values keep the unit of the solution: a VM is worth the share of the cluster as it was, so that objectives before
    and after can be compared, however many hosts come or go. Only `solve` looks for a placement. Hosts are told by
    position, name, pattern, or label such as ``rack=r3``.

    Attributes
    ----------
    solution : Solution
    instance : Instance
        With the changes so far.
    changes : tuple of str
        These, in words.
    numbers : tuple of int
        The number of each rule: that of the solution's instance, further ones for rules that were added.
    victims : frozenset of str
        VMs that ran on hosts that are lost: where not all that must run can run, these need not run again.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [3]], [[5], [5]], resources=["cpu"])
    >>> print(vmopt.what_if(vmopt.solve(cluster)).fail("host-1").add_vms(vmopt.VM("cron", {"cpu": 1})).solve())
    what if host-1 fails; 1 VM more: cron
    <BLANKLINE>
                before    after
    status     optimal  optimal
    objective      0.7      0.5
    bound          0.7      0.5
    VMs              2        3
    run              2        2
    <BLANKLINE>
    starts  1: cron
    stops   1: vm-1
    """

    solution: Solution
    instance: Instance
    changes: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    victims: frozenset[str] = frozenset()

    def add_hosts(self, *hosts: Host) -> WhatIf:
        """Let there be further hosts; labels of rules take them in."""
        given = _rows(hosts, Host, "hosts")
        names = first_of([host.name for host in given], SHOWN)
        return self._now(edits.with_hosts(self.instance, given), f"{count(len(given), 'host')} more: {names}")

    def remove_hosts(self, *hosts: str | int) -> WhatIf:
        """Take hosts out of the data; rules that name them speak of the others."""
        gone = self._hosts(hosts)
        names = [self.instance.host_names[host] for host in gone]
        asked = self._lost(gone)
        return asked._now(edits.without_hosts(asked.instance, gone), f"without {first_of(names, SHOWN)}")

    def fail(self, *hosts: str | int) -> WhatIf:
        """Let hosts have no capacity, and run nothing."""
        down = self._hosts(hosts)
        asked = self._lost(down)
        capacity = asked.instance.capacity.copy()
        capacity[down] = 0
        names = [asked.instance.host_names[host] for host in down]
        changed = replace(asked.instance, capacity=frozen(capacity))
        failed = asked._now(changed, f"{first_of(names, SHOWN)} {plural(len(names), 'fails', 'fail')}")
        free = (changed.reserved == 0).all(axis=1).any()  # such VMs would run even there
        return failed._with_rule(Empty(names)) if free else failed

    def drain(self, *hosts: str | int) -> WhatIf:
        """Let hosts run nothing, as for maintenance."""
        drained = self._hosts(hosts)
        names = [self.instance.host_names[host] for host in drained]
        said = f"{first_of(names, SHOWN)} {plural(len(names), 'is', 'are')} drained"
        return self._now(self._without_residents(drained), said)._with_rule(Empty(names))

    def add_vms(self, *vms: VM, talks_to: Mapping[str, Mapping[str, float]] | None = None) -> WhatIf:
        """Let there be further VMs; patterns and labels of rules take them in.

        Where latency counts, `talks_to` names for each of them the VMs that it exchanges data with, and bit/s; a second
        between two VMs costs what it did. One that is not named there talks to nobody.
        """
        given = _rows(vms, VM, "vms")
        said = f"{count(len(given), 'VM')} more: {first_of([vm.name for vm in given], SHOWN)}"
        return self._now(with_vms(self.instance, given, talks_to), said)

    def resize(self, vm: str | int, demand: Mapping[str, float] | None = None, **amounts: float) -> WhatIf:
        """Let a VM ask for other amounts; of resources that are not named for as much as before.

        What it must get is what it asks for, or where it is elastic what it had to get so far, if that is less.
        """
        given = {} if demand is None else checks.mapping(demand, "demand", "resources to amounts")
        number, wanted = vm_at(self.instance, vm), {**given, **amounts}
        said = ", ".join(f"{amount:g} of {resource}" for resource, amount in wanted.items() if checks.finite(amount))
        changed = edits.resized(self.instance, number, wanted)
        return self._now(changed, f"{self.instance.vm_names[number]} asks for {said or 'the same'}")

    def change_priority(self, vm: str | int, priority: float) -> WhatIf:
        """Give a VM another priority, in place of a value of its own too."""
        number = vm_at(self.instance, vm)
        changed = edits.with_priority(self.instance, number, priority)
        return self._now(changed, f"{self.instance.vm_names[number]} has priority {priority:g}")

    def drop_rule(self, number: int) -> WhatIf:
        """Leave out a rule, told by its number in the solution's instance."""
        if checks.is_integer(number) and number in self.numbers:
            at = self.numbers.index(number)
            left = tuple(rule for n, rule in enumerate(self.instance.rules) if n != at)
            changed = replace(self.instance, rules=left)
            said = f"without rule {number}: {shown_rule(self.instance.rules[at])}"
            return replace(self._now(changed, said), numbers=tuple(n for n in self.numbers if n != number))
        known = ", ".join(map(str, self.numbers))
        known = f"the rules are numbered {known}" if known else "none is left to drop"
        raise OptionError(f"there is no rule {checks.shown(number)}: {known}.")

    def add_rule(self, rule: Rule | str) -> WhatIf:
        """Demand one thing more, given as a rule or as text such as ``spread(web-*, over=rack)``."""
        made: Any = parse_rule(rule) if isinstance(rule, str) else rule
        if not isinstance(made, Rule) or isinstance(made, type):
            raise OptionError(f"the rule is {checks.shown(made)}: give a rule such as vmopt.Spread(...), or its text.")
        return self._now(self.instance, f"with {shown_rule(made)}")._with_rule(made)

    def solve(self, **options: Any) -> Difference:
        """Solve the changed data from the placement that there is, and tell what is different.

        Parameters
        ----------
        **options
            As for `vmopt.solve`; by default the solution is the warm start, whose proofs are proven anew, the gap that
            of its request, at least 1e-4, and no VM moves that might as well stay; with `ties`, they move for these.
            Where it is not proven, this takes about as long as it took, from 3 to 60 seconds: more would tell what
            further search gains, and not what the changes do.
        """
        require_options(options)
        instance = edits.in_unit_of(self.solution.instance, self.instance)
        instance.check_objective()
        with warnings.catch_warnings():  # that nothing of it holds any more is an answer here
            warnings.filterwarnings("ignore", message=".*the warm start")
            asked = from_here(instance, self.solution) if options.get("ties") in (None, "none") else instance
            as_before = {"warm_start": self.solution, "gap": max(FINEST, self.solution.requested_gap)}
            settings = {"ties": None, "time_limit": seconds_for(self.solution), **as_before, **options}
            after, said = solve(asked, **settings), self.changes
            if after.status is Status.INFEASIBLE and self.victims:
                instance, asked = (free_to_stop(one, self._ran_there(one)) for one in (instance, asked))
                after = solve(asked, **settings)
                said = (*said, "who ran there need not run again, for not all that must run can")
        return difference(self.solution, replace(after, instance=instance), said)

    def _lost(self, hosts: list[int]) -> WhatIf:
        """Without those that belong to these hosts; no rule holds the others there where they ran."""
        instance = self._without_residents(hosts)
        if instance.current is None:
            return self
        there = np.isin(instance.current, hosts)
        names = frozenset(instance.vm_names[vm] for vm in np.flatnonzero(there).tolist())
        if any(True for kind in (Keep, Quarantine) for _ in hard_ones(instance, kind)):
            instance = replace(instance, current=frozen(np.where(there, -1, instance.current)))
        return replace(self, instance=instance, victims=self.victims | names)

    def _without_residents(self, hosts: list[int]) -> Instance:
        return without_residents(self.instance, np.isin(np.arange(self.instance.n_hosts), hosts))

    def _ran_there(self, instance: Instance) -> BoolArray:
        return np.array([name in self.victims for name in instance.vm_names], dtype=bool)

    def _hosts(self, hosts: tuple[str | int, ...]) -> list[int]:
        if not hosts:
            raise OptionError("no host is named: give the names, or a label, of some.")
        names, found = self.instance.host_names, list[int]()
        for host in hosts:
            if isinstance(host, str):
                found += hosts_called(self.instance, host).tolist()
            else:
                found.append(position(host, names, "host"))
        return list(dict.fromkeys(found))

    def _with_rule(self, rule: Any) -> WhatIf:
        changed = replace(self.instance, rules=(*self.instance.rules, rule))
        changed.check_objective()
        first = len(self.solution.instance.rules)
        return replace(self, instance=changed, numbers=(*self.numbers, max([first - 1, *self.numbers]) + 1))

    def _now(self, instance: Instance, said: str) -> WhatIf:
        return replace(self, instance=instance, changes=(*self.changes, said))

    def __repr__(self) -> str:
        return f"WhatIf({'; '.join(self.changes) or 'nothing is different'})"


def what_if(solution: Solution) -> WhatIf:
    """Begin to ask what a placement would be if hosts, VMs or rules were others.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [3]], [[5], [5]], rules=[vmopt.Ban("vm-0", "host-1")])
    >>> asked = what_if(vmopt.solve(cluster)).drop_rule(0).drain("host-0")
    >>> asked
    WhatIf(without rule 0: ban([vm-0], [host-1]); host-0 is drained)
    >>> asked.solve(gap=0).stops
    ('vm-1',)
    """
    require_placement(require_solution(solution))
    return WhatIf(solution, solution.instance, (), tuple(np.arange(len(solution.instance.rules)).tolist()))


def _rows(given: Any, kind: type[Any], what: str) -> list[Any]:
    rows = [row for some in given for row in ([some] if isinstance(some, kind) else checks.listed(some, what))]
    if not rows:
        raise OptionError(f"{what} are none: give some.")
    return [checks.of_kind(row, kind, f"one of the {what}", f"{kind.__name__} objects") for row in rows]
