"""What of an earlier placement still holds for an instance: VMs and hosts are known again by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import PlacementError
from vmopt.model.instance import Instance


@dataclass(frozen=True)
class CarriedOver:
    """How much of an earlier placement was kept.

    Attributes
    ----------
    given : int
        VMs that it places.
    vms_gone : int
        Of these, how many the instance does not have.
    hosts_gone : int
        How many run on a host that the instance does not have.
    no_room : int
        How many do not fit beside the others any more.
    against_rules : int
        How many rules do not leave where they were.
    """

    given: int
    vms_gone: int = 0
    hosts_gone: int = 0
    no_room: int = 0
    against_rules: int = 0

    @property
    def kept(self) -> int:
        """VMs that stay where they are."""
        return self.given - self.vms_gone - self.hosts_gone - self.no_room - self.against_rules

    def __str__(self) -> str:
        lost = [
            f"{n:,} {what}"
            for n, what in (
                (self.vms_gone, "no longer there"),
                (self.hosts_gone, "on hosts no longer there"),
                (self.no_room, "without room"),
                (self.against_rules, "against rules"),
            )
            if n
        ]
        return f"{self.kept:,} of {self.given:,} placed VMs kept" + (f": {', '.join(lost)}" if lost else "")


def carry_over(instance: Instance, earlier: Any) -> tuple[IntArray, CarriedOver]:
    """Read an earlier placement by the names of its VMs and hosts; whether it fits is not looked at.

    Parameters
    ----------
    instance : Instance
    earlier : Solution or mapping of VM name to host name
        Of this instance or of another. None stands for no host.

    Returns
    -------
    host_index : (n_vms,) int64 array
        -1 where a VM is unplaced, new, or was on a host that is gone.
    carried : CarriedOver

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [2]], [[8]], vm_names=["web", "db"], host_names=["h1"])
    >>> host_index, carried = carry_over(cluster, {"db": "h1", "web": "h0", "mail": "h1"})
    >>> host_index.tolist(), str(carried)
    ([-1, 0], '1 of 3 placed VMs kept: 1 no longer there, 1 on hosts no longer there')
    """
    vm, host = _from_mapping(instance, earlier) if isinstance(earlier, Mapping) else _from_solution(instance, earlier)
    host_index = np.full(instance.n_vms, -1, dtype=np.int64)
    host_index[vm[vm >= 0]] = host[vm >= 0]
    return host_index, CarriedOver(
        given=len(vm), vms_gone=int((vm < 0).sum()), hosts_gone=int(((vm >= 0) & (host < 0)).sum())
    )


def carry_over_allocation(instance: Instance, solution: Any) -> IntArray | None:
    """What a solution of this instance or another gives each VM, by name; None where its units are not the same."""
    given, other = solution.elastic_allocation, solution.instance
    if given is None or instance is other:
        return given  # type: ignore[no-any-return]
    if instance.resources != other.resources or not np.array_equal(instance.scale, other.scale):
        return None
    vms = other.vm_names.positions_in(instance.vm_names)
    allocation = np.zeros_like(instance.demand)
    allocation[vms[vms >= 0]] = given[vms >= 0]
    return allocation


def _from_solution(instance: Instance, solution: Any) -> tuple[IntArray, IntArray]:
    """Positions of the placed VMs, and of their hosts, in the instance; -1 for what is gone."""
    placed = np.flatnonzero(solution.host_index >= 0)
    vms = solution.instance.vm_names.positions_in(instance.vm_names)
    hosts = solution.instance.host_names.positions_in(instance.host_names)
    return vms[placed], hosts[solution.host_index[placed]]


def _from_mapping(instance: Instance, mapping: Mapping[Any, Any]) -> tuple[IntArray, IntArray]:
    pairs = [(vm, host) for vm, host in mapping.items() if host is not None]
    vms, hosts = instance.vm_names.index_of, instance.host_names.index_of
    for vm, host in pairs:
        if not (isinstance(vm, str) and isinstance(host, str)):
            raise PlacementError(f"the placement puts {vm!r} on {host!r}: expected the names of a VM and a host.")
    found = [(vms.get(vm, -1), hosts.get(host, -1)) for vm, host in pairs]
    table = np.array(found, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
