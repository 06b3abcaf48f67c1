"""What is in use on hosts beyond the servers that are known."""

from __future__ import annotations

from vmopt.platforms.fields import Row
from vmopt.platforms.found import FoundGuest
from vmopt.platforms.openstack.hosts import Compute
from vmopt.platforms.openstack.servers import Server
from vmopt.platforms.tally import FeatureTally


def unexplained(computes: list[Compute], servers: list[Server], tally: FeatureTally) -> list[Server]:
    """Return a consumer that stays for each host of which more is in use than is known.

    Placement's usages, or those of hypervisors, count servers that are not listed, and memory that a host reserves.
    """
    known: dict[str, dict[str, int]] = {compute.name: {} for compute in computes}
    for server in servers:
        for kind, amount in server.guest.demand.items() if server.guest.host else ():
            on_host = known[str(server.guest.host)]
            on_host[kind] = on_host.get(kind, 0) + amount
    found = []
    for compute in computes:
        rest = {kind: used - known[compute.name].get(kind, 0) for kind, used in _used(compute).items()}
        rest = {kind: amount for kind, amount in rest.items() if amount > 0}
        if rest:
            guest = FoundGuest(f"in use on {compute.name}", rest, compute.name, {"consumer": "unknown"})
            found.append(Server("", Row({}, "usages"), guest, stays="in use by others"))
    how = "by servers that are not listed, or reserved: it stays taken (one VM a host)"
    tally.add("in use by others", "modelled", "hosts", how, len(found))
    return found


def _used(compute: Compute) -> dict[str, int]:
    if not compute.providers:
        return compute.used or {}
    used: dict[str, int] = {}
    for provider in compute.providers:
        for kind, amount in (provider.usages or {}).items():
            used[kind] = used.get(kind, 0) + amount
    return used
