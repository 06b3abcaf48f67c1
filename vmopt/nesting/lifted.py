"""Rules between containers and hosts, said of the VMs that are open on the hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules.domains import HOST
from vmopt.rules.selection import Groups

LABEL = "host-of-vm"
"""A label of VMs: the host that each is open on."""


def lifted(rules_in_force: Sequence[Any], host_of: IntArray) -> list[Any]:
    """Rules for containers placed in open VMs, which ask for their hosts by a label.

    Parameters
    ----------
    rules_in_force : sequence of InForce
        Over the hosts.
    host_of : (n_open,) int array
        Host of each VM that is open.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[2]], rules=[vmopt.Spread(["vm-0", "vm-1"])])
    >>> print(lifted(cluster.rules_in_force, np.array([0, 0]))[0])
    Spread(groups=Groups(['vm-0', 'vm-1']), over='host-of-vm', most=1)
    """
    return [replace(here.rule, **_changes(here, host_of)) for here in rules_in_force]


def _changes(here: Any, host_of: IntArray) -> dict[str, Any]:
    names = {parameter.name for parameter in fields(here.rule)}
    changes: dict[str, Any] = {
        name: LABEL for name in ("over", "within") if name in names and getattr(here.rule, name) == HOST
    }
    if "hosts" in names:
        changes["hosts"] = Groups(column=np.where(here.domain.of[host_of] >= 0, 0, -1))
    return changes


def labels(host_labels: Any, host_names: Sequence[str], host_of: IntArray) -> list[dict[str, str]]:
    """Labels of the VMs that are open: those of their hosts, and the host itself."""
    rows: Any = host_labels or ({},) * len(host_names)
    return [{**rows[host], LABEL: host_names[host]} for host in host_of.tolist()]
