"""Conflict: rules, VMs and hosts that cannot stand together, none of which could be left out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from vmopt import checks
from vmopt.errors import SolverError
from vmopt.explain.lots import Lots
from vmopt.explain.minimal import deletion_filter
from vmopt.explain.overasked import Overasked
from vmopt.explain.plain import Record
from vmopt.explain.scene import vm_at
from vmopt.explain.short import Shortage, shortage_among, shortage_in, shortage_of
from vmopt.explain.trial import Relaxable, Trial
from vmopt.model.instance import Instance, require_instance
from vmopt.plurals import count, first_of
from vmopt.rules.inside import Inside
from vmopt.rules.text import shown_rule
from vmopt.summary.layout import printable

SHOWN = 5
MOST_MENDS = 20
MOST_FILTERED = 200
"""VMs, rules and hosts up to which each is left out on trial whatever there is: of more, what is short says more."""


@dataclass(frozen=True, repr=False)
class Conflict(Record):
    """What cannot stand together: these VMs, all of which must run, under these rules and with these hosts' capacity.

    Attributes
    ----------
    vms : tuple of str
        VMs that must run.
    rules : tuple of str
        Hard rules, as ``--rule`` takes them where they can be said so.
    rule_numbers : tuple of int
        Their positions in the instance's.
    hosts : tuple of str
        Hosts whose capacity counts; that of the others might be as large as one likes.
    minimal : bool
        Whether it was shown of each VM, rule and host that the others can stand without it.
    mends : tuple of str
        VMs, rules and hosts, in words, without any one of which the whole instance has a placement. None of them, where
        there are other conflicts as well.
    mends_known : bool
        Whether there was time to try each.
    shortage : Shortage or None
        Of what these VMs ask for more than these hosts have, where a sum tells.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.Spread("vm-*"), vmopt.MustRun("vm-*"), vmopt.Ban("vm-0", "host-1")]
    >>> print(vmopt.conflict(vmopt.Instance.from_arrays([[1]] * 3, [[4]] * 2, rules=rules)))
    These cannot stand together:
      3 VMs that must run: vm-0, vm-1, vm-2
      rule 0: spread(vm-*)
    Each of them is needed for that.
    Any one of these is enough to mend it:
      let vm-0 not have to run
      let vm-1 not have to run
      let vm-2 not have to run
      drop rule 0: spread(vm-*)
    """

    vms: tuple[str, ...]
    rules: tuple[str, ...]
    rule_numbers: tuple[int, ...]
    hosts: tuple[str, ...]
    minimal: bool
    mends: tuple[str, ...]
    mends_known: bool
    shortage: Shortage | None = None

    @property
    def told(self) -> str:
        """What cannot stand together, in one line."""
        must = f"{first_of(self.vms, SHOWN)} (which must run)" if self.vms else ""
        hosts = f"the capacity of {first_of(self.hosts, SHOWN)}" if self.hosts else ""
        short = "" if self.shortage is None else str(self.shortage)
        return f"these cannot stand together: {'; '.join(part for part in (must, *self.rules, hosts, short) if part)}"

    def __str__(self) -> str:
        parts = [f"{count(len(self.vms), 'VM')} that must run: {first_of(self.vms, SHOWN)}"] if self.vms else []
        parts += [f"rule {n}: {rule}" for n, rule in zip(self.rule_numbers, self.rules, strict=True)]
        if self.hosts:
            parts.append(f"the capacity of {count(len(self.hosts), 'host')}: {first_of(self.hosts, SHOWN)}")
        if self.shortage is not None:
            parts.append(str(self.shortage))
        needed = "Each of them is needed for that." if self.minimal else "Not all of them may be needed for that."
        lines = ["These cannot stand together:", *(f"  {part}" for part in parts), needed, *_mending(self)]
        return "\n".join(printable(line) for line in lines)

    __repr__ = __str__


def conflict(instance: Instance, vms: Any = None, *, time_limit: float = 60.0) -> Conflict | None:
    """Find what keeps an instance from having any placement: a set of VMs, rules and hosts that is minimal.

    Only VMs that must run (`MustRun`) can make an instance infeasible; the capacity of the other hosts is as large as
    may be, other rules and other VMs are there to be left out. A deletion filter (Chinneck and Dravnieks 1991) takes
    away one after the other; `vmopt.contradictions` answers first, the exact model where it cannot.

    Parameters
    ----------
    instance : Instance
    vms : str, int or list of them, optional
        VMs that are to run together as though they had to: why they cannot.
    time_limit : float
        Seconds. When they are over, what is left is a conflict, but perhaps not minimal, and says so.

    Returns
    -------
    Conflict or None
        None where there is a placement.

    Raises
    ------
    SolverError
        If time was up before it was known whether there is a placement.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [5], [1]], [[8]])
    >>> found = conflict(cluster, ["vm-0", "vm-1"])
    >>> found.vms, found.rules, found.hosts, found.minimal
    (('vm-0', 'vm-1'), (), ('host-0',), True)
    """
    seconds = checks.between(time_limit, "time_limit", 0.0, inf, "a number of seconds, at least 0")
    require_instance(instance)
    given = [] if vms is None else [vms] if isinstance(vms, str | int) else checks.listed(vms, "vms")
    further = [vm_at(instance, vm) for vm in given]
    trial = Trial.of(instance, time.perf_counter() + seconds, further)
    if not trial.must.size:
        return None
    many = len(trial.members) > MOST_FILTERED
    short = trial.overasked() if many else None
    if short is not None:
        return _short(trial, short)
    lots = trial.in_lots() if many else None
    if lots is not None:
        return _whole_lots(trial, lots)
    answer = trial.conflicting(trial.members)
    if answer is None:
        raise SolverError(f"whether there is a placement was not found out in {seconds:g} s: give more time_limit.")
    return _filtered(trial, trial.members) if answer else None


def _short(trial: Trial, short: Overasked) -> Conflict:
    """Who asks for too much: of many what is short says more than a minimal set, unless limits of rules alone are."""
    members, now = _members(short), time.perf_counter()
    if len(members) <= MOST_FILTERED or not len(short.giving):
        found = _filtered(replace(trial, deadline=now + (trial.deadline - now) / 2), members)
        if found.minimal or not len(short.giving):
            return found
    mends = [rule for rule in members if rule.kind == "rule" and trial.conflicting(trial.others(rule)) is False]
    whole = _record(trial.instance, members, minimal=False, mends=mends)
    return replace(whole, shortage=shortage_among(trial.instance, short))


def _whole_lots(trial: Trial, lots: Lots) -> Conflict:
    """Who has no room in one piece: of few each is tried, of many the lots say more."""
    members = [Relaxable("host", n) for n in lots.hosts.tolist()] + [Relaxable("vm", n) for n in lots.vms.tolist()]
    if len(members) <= MOST_FILTERED:
        return _filtered(trial, members)
    whole = _record(trial.instance, members, minimal=False, mends=())
    return replace(whole, shortage=shortage_in(trial.instance, lots))


def _filtered(trial: Trial, members: Sequence[Relaxable]) -> Conflict:
    """What of a conflict is needed for it, and what would mend it."""
    found = deletion_filter(members, trial.conflicting)
    tried = [(member, None if trial.late else trial.conflicting(trial.others(member))) for member in found.kept]
    return _record(
        trial.instance,
        found.kept,
        minimal=found.needed,
        mends=[member for member, still in tried if still is False],
        known=all(still is not None for _, still in tried),
    )


def _members(short: Overasked) -> list[Relaxable]:
    """Hosts and VMs first, so that rules are what is left of several ways to tell it."""
    hosts, vms = ([(kind, n) for n in found.tolist()] for kind, found in (("host", short.hosts), ("vm", short.vms)))
    return [Relaxable(kind, n) for kind, n in (*hosts, *vms, *(("rule", n) for n in short.rules))]  # type: ignore[arg-type]


def _record(
    instance: Instance,
    kept: Iterable[Relaxable],
    *,
    minimal: bool,
    mends: Iterable[Relaxable],
    known: bool = False,
) -> Conflict:
    by = {kind: [member.number for member in kept if member.kind == kind] for kind in ("vm", "rule", "host")}
    return Conflict(
        vms=tuple(instance.vm_names[n] for n in by["vm"]),
        rules=tuple(shown_rule(instance.rules[n]) for n in by["rule"]),
        rule_numbers=tuple(by["rule"]),
        hosts=tuple(instance.host_names[n] for n in by["host"]),
        minimal=minimal,
        mends=tuple(_mend(instance, member) for member in mends),
        mends_known=known,
        shortage=shortage_of(instance, by["vm"], by["host"]),
    )


def _mend(instance: Instance, member: Relaxable) -> str:
    if member.kind == "vm":
        return f"let {instance.vm_names[member.number]} not have to run"
    if member.kind == "rule" and isinstance(instance.rules[member.number], Inside):
        return f"give hosts more parts, or let VMs ask for fewer pieces: {shown_rule(instance.rules[member.number])}"
    if member.kind == "rule":
        return f"drop rule {member.number}: {shown_rule(instance.rules[member.number])}"
    return f"give {instance.host_names[member.number]} more capacity"


def _mending(found: Conflict) -> list[str]:
    lines = []
    if found.mends:
        more = [f"  and {len(found.mends) - MOST_MENDS:,} more"] * (len(found.mends) > MOST_MENDS)
        any_one = "Any one of these" if len(found.mends) > 1 else "This"
        lines = [f"{any_one} is enough to mend it:", *(f"  {mend}" for mend in found.mends[:MOST_MENDS]), *more]
    if found.shortage is not None and not found.mends_known:
        lines.append(found.shortage.mend)
    if not lines and found.mends_known:
        lines.append("There are other conflicts beside it: none of these alone, let off, is enough.")
    return lines or ["What would mend it was not found out in time."]
