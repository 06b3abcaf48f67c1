"""What elastic VMs get, as JSON: VM name to resource to amount, in the user's own units."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import FileError
from vmopt.host_index import to_host_index
from vmopt.io.json_file import shown
from vmopt.model.amounts import in_user_units
from vmopt.model.grid import MAX_TOTAL
from vmopt.model.instance import Instance, require_instance
from vmopt.solution import Solution


def allocation_document(solution: Solution) -> dict[str, dict[str, float]]:
    """Return what each placed VM gets of each resource."""
    instance = solution.instance
    placed = np.flatnonzero(solution.host_index >= 0)
    columns = [column.tolist() for column in in_user_units(solution.allocation[placed], instance.scale)]
    rows = (dict(zip(instance.resources, row, strict=True)) for row in zip(*columns, strict=True))
    return {instance.vm_names[vm]: row for vm, row in zip(placed.tolist(), rows, strict=True)}


def read_allocation(instance: Instance, host_index: IntArray, given: Any, where: str) -> IntArray:
    """Read what each VM gets, ``(n_vms, n_resources)``, in the instance's integer units; `verify` says whether it fits.

    Parameters
    ----------
    host_index : (n_vms,) int array
        The placed VMs are those that must be named.
    given : object
        What the JSON holds.
    where : str
        The file, for error messages.

    Raises
    ------
    FileError
        If a placed VM or a resource is missing, another one named, or an amount is not a whole number of units.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[6], [4]], [[8]], reservation=[[2], [2]], resources=["cpu"])
    >>> given = {"vm-0": {"cpu": 5}, "vm-1": {"cpu": 3}}
    >>> vmopt.io.read_allocation(cluster, [0, 0], given, "cluster.json").ravel().tolist()
    [5, 3]
    """
    instance, host_index = require_instance(instance), to_host_index(instance, host_index, "host_index")
    if not isinstance(given, dict):
        raise FileError(f"{where}: allocation is {shown(given)}: expected an object of VM names.")
    placed = [instance.vm_names[vm] for vm in np.flatnonzero(host_index >= 0).tolist()]
    if given.keys() != set(placed):
        odd = next(iter(given.keys() ^ set(placed)))
        raise FileError(f"{where}: VM {odd!r} is in one of placement and allocation: say what each placed VM gets.")
    allocation = np.zeros(instance.demand.shape, dtype=np.int64)
    for name in placed:
        allocation[instance.vm_names.index_of[name]] = _units(instance, name, given[name], where)
    return allocation


def _units(instance: Instance, name: str, row: Any, where: str) -> list[int]:
    if not isinstance(row, dict) or row.keys() != set(instance.resources):
        expected = ", ".join(instance.resources)
        raise FileError(f"{where}: the allocation of VM {name!r} is {shown(row)}: expected amounts of {expected}.")
    units = []
    for resource, scale in zip(instance.resources, instance.scale.tolist(), strict=True):
        amount = row[resource]
        if type(amount) not in (int, float) or not 0 <= amount * scale < MAX_TOTAL:
            raise FileError(f"{where}: VM {name!r} is given {shown(amount)} of {resource}: expected a number.")
        units.append(round(amount * scale))
        if units[-1] / scale != amount:
            raise FileError(f"{where}: VM {name!r} is given {amount} of {resource}: it is no whole number of units.")
    return units
