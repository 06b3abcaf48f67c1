"""Members: whom a rule speaks of in an instance, by groups of VMs or of hosts."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.rules.breach import SHOWN
from vmopt.rules.selection import Grouping, Groups


def groups_in(instance: Any, groups: Any) -> Grouping:
    """Find groups of VMs."""
    return Groups.of(groups).among(instance.vm_names, instance.vm_labels, "VM")


def hosts_in(instance: Any, hosts: Any) -> Grouping:
    """Find hosts: those that are meant are in group 0, whatever their label says, the others in none."""
    return _in_one_group(Groups.of(hosts).among(instance.host_names, instance.host_labels, "host"))


def vms_in(instance: Any, vms: Any) -> Grouping:
    """Find VMs, likewise: a rule that speaks of all of them alike tells no groups of them apart."""
    return _in_one_group(groups_in(instance, vms))


def _in_one_group(groups: Grouping) -> Grouping:
    """One group: thousands of rules may have a column of all VMs each, so that it is no wider than it needs to be."""
    of: Any = np.where(groups.inside, np.int8(0), np.int8(-1))
    return Grouping(of, (", ".join(groups.names[:SHOWN]),))
