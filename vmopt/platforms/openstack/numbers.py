"""How many servers a host takes, whatever they ask for."""

from __future__ import annotations

from vmopt.platforms.openstack.hosts import Compute
from vmopt.platforms.openstack.servers import Server
from vmopt.platforms.tally import FeatureTally

MOST = "max_instances_per_host"
"""Metadata of aggregates, which a filter of the scheduler reads."""
INSTANCES = "instances"
"""The resource of which each server takes one, where any host has such a limit."""


def limit_numbers(computes: list[Compute], servers: list[Server], tally: FeatureTally) -> None:
    """Let hosts of aggregates with a limit offer so many places, the least of theirs; other hosts one for each server.

    Hosts and servers are changed in place.
    """
    limits = {compute.name: _least(compute) for compute in computes}
    if all(most is None for most in limits.values()):
        return
    for server in servers:
        server.guest.demand[INSTANCES] = int(bool(server.row.fields))
    for compute in computes:
        most = limits[compute.name]
        compute.found.capacity[INSTANCES] = len(servers) if most is None else most
    how = "so many servers to a host, if the scheduler has AggregateNumInstancesFilter"
    limited = sum(most is not None for most in limits.values())
    tally.add(f"aggregate metadata {MOST}", "modelled", "hosts", how, limited)


def _least(compute: Compute) -> int | None:
    told = (one.metadata.get(MOST, "").strip() for one in compute.aggregates)
    return min((int(one) for one in told if one.isdecimal() and len(one) < 10), default=None)
