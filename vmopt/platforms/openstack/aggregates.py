"""Host aggregates and availability zones."""

from __future__ import annotations

from dataclasses import dataclass

from vmopt.platforms.openstack.tables import OpenStackTables


@dataclass(frozen=True)
class Aggregate:
    """Hosts with metadata.

    Attributes
    ----------
    name : str
    hosts : frozenset of str
        Names of their services.
    metadata : dict of str to str
    zone : str or None
    """

    name: str
    hosts: frozenset[str]
    metadata: dict[str, str]
    zone: str | None


def aggregates_of(tables: OpenStackTables) -> list[Aggregate]:
    """Read the aggregates that have not been deleted."""
    found = []
    for row in tables.aggregates:
        metadata = row.texts_by_name("metadata", "properties")
        zone = row.text("availability_zone") or metadata.get("availability_zone") or None
        if not row.flag("deleted"):
            found.append(Aggregate(row.needed("name", "id"), frozenset(row.texts("hosts")), metadata, zone))
    return found


def zones_of(aggregates: list[Aggregate], tables: OpenStackTables) -> dict[str, str]:
    """Zone of each service's host, by the aggregates, the list of zones, and that of services."""
    zones: dict[str, str] = {}
    for row in tables.services:
        if row.text("zone") and row.text("host"):
            zones[row.needed("host")] = row.needed("zone")
    for row in tables.zones:
        name = row.needed("zonename", "zone_name")
        hosts = list(row.mapping("hosts")) if isinstance(row.given("hosts"), dict) else row.texts("host_name")
        if name != "internal":
            zones.update({str(host): name for host in hosts})
    for aggregate in aggregates:
        if aggregate.zone is not None:
            zones.update(dict.fromkeys(aggregate.hosts, aggregate.zone))
    return zones
