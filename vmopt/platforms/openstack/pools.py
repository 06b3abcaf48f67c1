"""Pools that hosts share, such as storage: providers that are no hosts."""

from __future__ import annotations

from vmopt.platforms.openstack.hosts import Compute
from vmopt.platforms.openstack.placement import PlacementService, Provider
from vmopt.platforms.openstack.servers import Server
from vmopt.platforms.tally import FeatureTally
from vmopt.rules import BaseRule, Quota


def pool_rules(
    placement: PlacementService, computes: list[Compute], servers: list[Server], tally: FeatureTally
) -> list[BaseRule]:
    """Give hosts what their pools offer, and let all hosts of a pool together take no more than that."""
    of_hosts = {provider.uuid for compute in computes for provider in compute.providers}
    rules: list[BaseRule] = []
    for provider in placement.providers.values():
        for kind, inventory in provider.inventories.items() if provider.uuid not in of_hosts else ():
            users = [one for one in computes if _draws(one, provider, kind)]
            label = f"pool:{kind}:{provider.name}"
            most = inventory.capacity
            for compute in users:
                compute.found.labels[label] = "yes"
            here = {compute.name for compute in users}
            held = sum(server.guest.demand.get(kind, 0) for server in servers if server.guest.host in here)
            for compute in users:
                compute.found.capacity[kind] = max(most, held)
            rules += [Quota(max(most, held), over=label, resource=kind)] if users else []
            how = "its hosts together take no more than the pool has (Quota)" if users else "no host draws on it"
            tally.add(f"shared {kind}", "modelled" if users else "left out", "pools", how)
    return rules


def _draws(compute: Compute, provider: Provider, kind: str) -> bool:
    """Whether a host has none of its own, and is in an aggregate of the pool where these are told."""
    own = any(kind in one.inventories for one in compute.providers)
    groups = set().union(*(one.aggregates for one in compute.providers))
    told = bool(provider.aggregates and groups)
    return bool(compute.providers) and not own and (not told or bool(provider.aggregates & groups))
