"""What no host tells: resource classes that servers ask for, and nobody says how much there is of them."""

from __future__ import annotations

from vmopt.platforms.openstack.hosts import OLD, Compute
from vmopt.platforms.openstack.servers import Server
from vmopt.platforms.tally import FeatureTally

PINNED, SHARED = "PCPU", "VCPU"


def leave_untold(computes: list[Compute], servers: list[Server], tally: FeatureTally) -> None:
    """Count pinned cpus as others where no host has such, and leave classes out that no hypervisor tells.

    Placement tells of what there is none; hypervisors, as the command line lists them, say nothing of their disks.
    """
    offered = {kind for compute in computes for kind, n in compute.found.capacity.items() if n}
    if PINNED not in offered:
        pinned = [server for server in servers if PINNED in server.guest.demand]
        for server in pinned:
            demand = dict(server.guest.demand)
            demand[SHARED] = demand.get(SHARED, 0) + demand.pop(PINNED)
            server.guest.demand = demand
        how = "no host has pinned cpus of its own: theirs count as VCPU, as before Placement told them apart"
        tally.add("pinned cpus", "approximated", "servers", how, len(pinned))
    if any(compute.providers for compute in computes):
        return
    for kind in OLD.keys() - {kind for compute in computes for kind in compute.found.capacity}:
        asking = [server for server in servers if server.guest.demand.get(kind)]
        for server in asking:
            server.guest.demand = {name: n for name, n in server.guest.demand.items() if name != kind}
        how = "no hypervisor tells how much it has: give Placement's inventories as well"
        tally.add(kind, "left out", "servers", how, len(asking))
