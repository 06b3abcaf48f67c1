"""Placements of any form as arrays of host indices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.carried_over import carry_over
from vmopt.errors import PlacementError
from vmopt.model.index_labels import by_place, has_index
from vmopt.model.instance import Instance
from vmopt.model.named_table import is_missing


def to_host_index(instance: Instance, placement: Any, name: str = "placement") -> IntArray:
    """Read any form of a placement as an array of host indices, -1 where a VM is unplaced; `name` is the argument's.

    Raises
    ------
    PlacementError
        If a name is unknown, an index out of range, or the length is wrong.
    """
    if getattr(placement, "instance", instance) is not instance:
        return carry_over(instance, placement)[0]
    given = getattr(placement, "host_index", placement)
    if has_index(given) and all(isinstance(name, str) for name in given.index):
        given = given.to_dict()
    if isinstance(given, Mapping):
        return _from_mapping(instance, given, name)
    given = by_place(given, name, "the VMs", PlacementError)
    try:
        array = np.asarray(given)
    except ValueError as error:
        raise PlacementError(f"{name} is ragged: {error}; give one host index per VM.") from None
    if array.shape != (instance.n_vms,) or array.dtype.kind not in "iu":
        raise PlacementError(
            f"{name} has shape {array.shape} and type {array.dtype}, expected {instance.n_vms} integers: "
            "give one host index per VM (-1 = unplaced), or a mapping of VM name to host name."
        )
    wrong = (array >= instance.n_hosts) | (array < -1)
    if wrong.any():
        vm = int(np.argmax(wrong))
        raise PlacementError(
            f"VM {instance.vm_names[vm]!r} is placed on host {array[vm]}, but hosts are 0 to {instance.n_hosts - 1} "
            "(-1 = unplaced)."
        )
    return array.astype(np.int64)


def _from_mapping(instance: Instance, placement: Mapping[Any, Any], name: str) -> IntArray:
    host_index = np.full(instance.n_vms, -1, dtype=np.int64)
    vms, hosts = instance.vm_names.index_of, instance.host_names.index_of
    for vm, given in placement.items():
        host = None if is_missing(given) else given
        if vm not in vms:
            raise PlacementError(f"{name} names VM {vm!r}, which the instance does not have.")
        if host is not None and not (isinstance(host, str) and host in hosts):
            raise PlacementError(
                f"{name} puts VM {vm!r} on host {host!r}, which the instance does not have: give names."
            )
        host_index[vms[vm]] = -1 if host is None else hosts[host]
    return host_index
