"""Members: whom a rule speaks of in an instance, by groups of VMs or of hosts."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.rules.breach import SHOWN
from vmopt.rules.few import FewOf
from vmopt.rules.selection import Grouping, Groups

MANY_RULES, FEW_PART = 62, 1 / 16
"""Rules beyond which a group of at most this part of all is kept by its members: its column is made when asked for."""


def groups_in(instance: Any, groups: Any) -> Grouping:
    """Find groups of VMs."""
    return Groups.of(groups).among(instance.vm_names, instance.vm_labels, "VM")


def hosts_in(instance: Any, hosts: Any) -> Grouping:
    """Find hosts: those that are meant are in group 0, whatever their label says, the others in none."""
    return _in_one_group(instance, Groups.of(hosts), instance.host_names, instance.host_labels, "host")


def vms_in(instance: Any, vms: Any) -> Grouping:
    """Find VMs, likewise: a rule that speaks of all of them alike tells no groups of them apart."""
    return _in_one_group(instance, Groups.of(vms), instance.vm_names, instance.vm_labels, "VM")


def _in_one_group(instance: Any, groups: Groups, names: Any, labels: Any, what: str) -> Grouping:
    """One group: thousands of rules may have a column of all VMs each, so that it is no wider than it needs to be."""
    many = len(instance.rules) > MANY_RULES
    members = groups.one_by_name(names, what) if many else None
    if members is not None and len(members) <= FEW_PART * len(names):
        return FewOf(len(names), members, groups.titles[0])
    found = groups.among(names, labels, what)
    title = ", ".join(found.names[:SHOWN])
    if many and len(found.anybody) <= FEW_PART * len(names):
        return FewOf(len(names), found.anybody, title)
    of: Any = np.where(found.inside, np.int8(0), np.int8(-1))
    return Grouping(of, (title,))
