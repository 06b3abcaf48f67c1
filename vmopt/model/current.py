"""Where VMs run now, and what it costs to move them, as people write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model.indexed_rows import IndexedRows
from vmopt.model.named_table import is_missing
from vmopt.model.names import Names

NOWHERE = -1


def current_of(given: Any, vms: IndexedRows, hosts: Names) -> IntArray | None:
    """Host of each VM, -1 where it runs nowhere; None where nothing is known of any.

    Parameters
    ----------
    given : mapping of VM name to host name, a Solution, or one host a VM
        Hosts by name or by position; None, NaN or -1 for none. A mapping may leave VMs out.

    Raises
    ------
    InstanceError
        If a VM or a host is not there.
    """
    if given is None:
        return None
    given = getattr(given, "placement", given)
    if isinstance(given, Mapping):
        return _by_name(given, vms.names, hosts)
    entries = _entries(vms.column(given, "current"), len(vms.names))
    if isinstance(entries, np.ndarray) and entries.dtype.kind in "iu":
        host_index = entries.astype(np.int64)
    else:
        host_index = np.array([_host(entry, hosts) for entry in entries], dtype=np.int64)
    return _checked(host_index, vms.names, hosts)


def _entries(column: Any, count: int) -> Any:
    """The entries of a column, one for each VM."""
    try:
        entries = column if isinstance(column, np.ndarray) else list(column)
    except TypeError:
        entries = None
    if entries is None or isinstance(column, str | bytes) or len(entries) != count or np.ndim(entries) != 1:
        raise InstanceError(f"current is {checks.shown(column)}: give a host, or None, for each of {count} VMs.")
    return entries


def move_costs(given: Any, names: Names) -> FloatArray | None:
    """What moving each VM costs, finite and at least 0; None for 1 each.

    Raises
    ------
    InstanceError
        If there is not one such number for each VM.
    """
    if given is None:
        return None
    cost = checks.floats(given, "move_cost")
    if cost.shape != (len(names),):
        raise InstanceError(f"move_cost has shape {cost.shape}: give one number for each of {len(names)} VMs.")
    bad = ~(np.isfinite(cost) & (cost >= 0))
    if bad.any():
        vm = int(np.argmax(bad))
        raise InstanceError(f"move_cost of VM {names[vm]!r} is {cost[vm]}: it must be a finite number of at least 0.")
    cost.setflags(write=False)
    return cost


def transient_of(given: Any, resources: Sequence[str]) -> tuple[str, ...]:
    """Resources that a VM takes on both hosts while it moves.

    Raises
    ------
    InstanceError
        If one is not there.
    """
    names = (given,) if isinstance(given, str) else tuple(checks.listed(given, "transient", InstanceError, "names"))
    missing = next((name for name in names if not isinstance(name, str) or name not in resources), None)
    if missing is not None:
        raise InstanceError(
            f"transient names resource {checks.shown(missing)}, but the resources are {', '.join(resources)}."
        )
    return tuple(name for name in resources if name in names)


def _by_name(given: Mapping[Any, Any], vms: Names, hosts: Names) -> IntArray:
    host_index = np.full(len(vms), NOWHERE, dtype=np.int64)
    for vm, host in given.items():
        if vm not in vms.index_of:
            raise InstanceError(f"current places VM {vm!r}, which the instance does not have: leave it out.")
        host_index[vms.index_of[vm]] = _host(host, hosts)
    return _checked(host_index, vms, hosts)


def _host(given: Any, hosts: Names) -> int:
    if is_missing(given):
        return NOWHERE
    if isinstance(given, str):
        if given not in hosts.index_of:
            raise InstanceError(
                f"current names host {given!r}, which the instance does not have: say None for no host."
            )
        return hosts.index_of[given]
    if not checks.is_integer(given):
        raise InstanceError(f"current names host {checks.shown(given)}: give names, or positions with -1 for no host.")
    return int(given)


def _checked(host_index: IntArray, vms: Names, hosts: Names) -> IntArray:
    bad = (host_index < NOWHERE) | (host_index >= len(hosts))
    if bad.any():
        vm = int(np.argmax(bad))
        raise InstanceError(f"current puts VM {vms[vm]!r} on host {host_index[vm]}: hosts are 0 to {len(hosts) - 1}.")
    host_index = host_index.copy()
    host_index.setflags(write=False)
    return host_index
