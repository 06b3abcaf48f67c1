"""Compute hosts: hypervisors of Nova and trees of providers of Placement, under one name each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from vmopt.platforms.fields import Row
from vmopt.platforms.found import CLOSED, FoundHost
from vmopt.platforms.openstack.aggregates import Aggregate, zones_of
from vmopt.platforms.openstack.placement import Amounts, Inventory, PlacementService, Provider
from vmopt.platforms.openstack.tables import OpenStackTables
from vmopt.platforms.tally import FeatureTally

OLD = {"VCPU": "vcpus", "MEMORY_MB": "memory_mb", "DISK_GB": "local_gb"}
RATIO = {"VCPU": "cpu_allocation_ratio", "MEMORY_MB": "ram_allocation_ratio", "DISK_GB": "disk_allocation_ratio"}
OF_COMPUTE = {"VCPU", "PCPU", "MEMORY_MB"}


@dataclass(eq=False)
class Compute:
    """A compute host.

    Attributes
    ----------
    name : str
        Its hypervisor's.
    service : str
        Its name as commands want it.
    found : FoundHost
    providers : list of Provider
        Its tree; none where Placement is not in the data.
    up, enabled : bool
    zone : str
    traits : set of str or None
        None where nobody tells.
    aggregates : list of Aggregate
    servers : list of str
        Ids of servers that its hypervisor names.
    used : dict of str to int, optional
        What its hypervisor says is in use.
    """

    name: str
    service: str
    found: FoundHost
    providers: list[Provider] = field(default_factory=list)
    up: bool = True
    enabled: bool = True
    zone: str = "nova"
    traits: set[str] | None = None
    aggregates: list[Aggregate] = field(default_factory=list)
    servers: list[str] = field(default_factory=list)
    used: dict[str, int] | None = None


def computes_of(
    tables: OpenStackTables, placement: PlacementService, aggregates: list[Aggregate], tally: FeatureTally
) -> list[Compute]:
    """Find the compute hosts, in the order in which they are listed; those of unknown capacity are left out."""
    trees = placement.trees()
    by_name = {placement.providers[root].name: root for root in trees}
    found: dict[str, Compute] = {}
    for row in tables.hypervisors:
        name = row.needed("hypervisor_hostname")
        _hypervisor(found.setdefault(name, Compute(name, name, FoundHost(name))), row)
    listed = bool(found)
    for name, root in by_name.items():
        kinds = {kind for one in trees[root] for kind in one.inventories}
        if name in found or kinds & OF_COMPUTE or (kinds and not listed and not _shares(placement.providers[root])):
            _tree(found.setdefault(name, Compute(name, name, FoundHost(name))), trees[root], tally)
    _short_names(found, tables)
    _services(found, tables.services)
    _join(found, aggregates, tables)
    for compute in found.values():
        _capacity(compute, tally)
    return [compute for compute in found.values() if compute.found.capacity]


def _hypervisor(compute: Compute, row: Row) -> None:
    service = Row(row.mapping("service") if isinstance(row.given("service"), dict) else {}, row.source)
    compute.service = service.text("host") or row.text("service_host") or compute.service
    compute.up = compute.up and (row.text("state") or "up").lower() == "up"
    compute.enabled = compute.enabled and (row.text("status") or "enabled").lower() == "enabled"
    compute.servers += [one.text("uuid", "id") or "" for one in row.rows("servers")]
    for kind, column in OLD.items():
        total = row.whole(column)
        if total is not None:
            compute.found.capacity[kind] = total
    if row.given("vcpus_used") is not None:
        compute.used = {kind: row.whole(f"{column}_used") or 0 for kind, column in OLD.items()}


def _tree(compute: Compute, providers: list[Provider], tally: FeatureTally) -> None:
    """Add the inventories of a tree up; a consumer of nested ones may take what the largest gives."""
    compute.providers, compute.found.capacity, compute.used = providers, {}, None
    for kind, inventory in ((kind, one) for provider in providers for kind, one in provider.inventories.items()):
        compute.found.capacity[kind] = compute.found.capacity.get(kind, 0) + inventory.capacity
    told = [provider.traits for provider in providers if provider.traits is not None]
    compute.traits = set().union(*told) if told else None
    how = "all of a host are added up: that one VM may not fit into any single part is not seen"
    tally.add("nested providers", "approximated", "providers", how, len(providers) - 1 - len(_nodes(providers)))


def numa_nodes_of(compute: Compute) -> list[Amounts]:
    """Return what each NUMA node of a host offers: each provider below its root that has cpus or memory.

    What the root has as well, nobody has to take of a node.
    """
    at_root = _of_root(compute.providers)
    return [
        {kind: one.capacity for kind, one in provider.inventories.items() if kind not in at_root}
        for provider in _nodes(compute.providers)
    ]


def _nodes(providers: list[Provider]) -> list[Provider]:
    below = OF_COMPUTE - _of_root(providers)
    return [one for one in providers if one.parent is not None and below & one.inventories.keys()]


def _of_root(providers: list[Provider]) -> set[str]:
    return {kind for one in providers if one.parent is None for kind in one.inventories}


def _short_names(found: dict[str, Compute], tables: OpenStackTables) -> None:
    """Where only names of hypervisors are listed, ``h1.example.org`` is the service that others call ``h1``."""
    told = {row.text("host") for row in tables.services}
    told |= {row.text("os-ext-srv-attr:host", "host") for row in tables.servers}
    told |= {host for row in tables.aggregates for host in row.texts("hosts")}
    count = Counter(name.partition(".")[0] for name in found)
    for compute in found.values():
        short = compute.name.partition(".")[0]
        if compute.service == compute.name and compute.name not in told and short in told and count[short] == 1:
            compute.service = short


def _services(found: dict[str, Compute], services: list[Row]) -> None:
    """Disabled and dead services, by their hosts."""
    by_name = {name: compute for compute in found.values() for name in (compute.name, compute.service)}
    for row in services:
        compute = by_name.get(row.text("host") or "")
        if compute is not None and (row.text("binary") or "nova-compute") == "nova-compute":
            compute.enabled = compute.enabled and (row.text("status") or "").lower() != "disabled"
            compute.up = compute.up and (row.text("state") or "").lower() != "down" and not row.flag("forced_down")


def _join(found: dict[str, Compute], aggregates: list[Aggregate], tables: OpenStackTables) -> None:
    zones = zones_of(aggregates, tables)
    for compute in found.values():
        names = {compute.service, compute.name}
        compute.aggregates = [aggregate for aggregate in aggregates if names & aggregate.hosts]
        compute.zone = next((zones[name] for name in (compute.service, compute.name) if name in zones), "nova")
        if "COMPUTE_STATUS_DISABLED" in (compute.traits or ()):
            compute.enabled = False
        labels = {"service": compute.service, "zone": compute.zone, "state": "up" if compute.up else "down"}
        joined = {f"aggregate:{aggregate.name}": "yes" for aggregate in compute.aggregates}
        closed = {} if compute.up and compute.enabled else {CLOSED: "disabled" if compute.up else "down"}
        compute.found.labels.update({**labels, **joined, **closed})


def _capacity(compute: Compute, tally: FeatureTally) -> None:
    if not compute.found.capacity:
        how = "no capacity is told (hypervisors tell none from 2.88 on): give Placement's inventories as well"
        tally.add("of unknown capacity", "left out", "hosts", how)
    elif not compute.providers:
        ratios = {kind: _ratios(compute, key) for kind, key in RATIO.items()}
        told = "no ratio is told" if not any(ratios.values()) else "the least ratio of their aggregates is taken"
        how = f"{told}: give Placement's inventories for those in force, and for what is reserved"
        tally.add("capacity from hypervisors", "approximated", "hosts", how)
        for kind, amount in compute.found.capacity.items():
            compute.found.capacity[kind] = floor(amount * min(ratios[kind], default=1))


def _ratios(compute: Compute, key: str) -> list[Fraction]:
    rows = [Row({key: aggregate.metadata.get(key)}, f"aggregate {aggregate.name}") for aggregate in compute.aggregates]
    return [row.fraction(key, 1) for row in rows if row.given(key) is not None]


def _shares(provider: Provider) -> bool:
    return "MISC_SHARES_VIA_AGGREGATE" in (provider.traits or ())


def units_of(compute: Compute) -> dict[str, Inventory]:
    """What one VM may take of each class: the widest of what the providers of a host allow."""
    found: dict[str, Inventory] = {}
    for kind, one in ((kind, one) for provider in compute.providers for kind, one in provider.inventories.items()):
        known = found.get(kind)
        if known is None:
            found[kind] = one
        else:
            most = None if None in (known.most, one.most) else max(known.most or 0, one.most or 0)
            found[kind] = Inventory(0, min(known.least, one.least), most, min(known.step, one.step))
    return found
