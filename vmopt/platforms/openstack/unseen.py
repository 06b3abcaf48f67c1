"""What the data of a cloud say and the instance says nothing of: each is named, and counted."""

from __future__ import annotations

from vmopt.platforms.openstack.flavors import THREAD_POLICY
from vmopt.platforms.openstack.hosts import RATIO, Compute
from vmopt.platforms.openstack.matching import SCOPE
from vmopt.platforms.openstack.numa import CELL, PAGES
from vmopt.platforms.openstack.numbers import MOST
from vmopt.platforms.openstack.servers import Server
from vmopt.platforms.openstack.tables import OpenStackTables
from vmopt.platforms.tally import FeatureTally

ALIAS = "pci_passthrough"
SEEN = ("trait", "resources", SCOPE, ALIAS, CELL)
CPU = {"hw:cpu_policy", "hw:cpu_dedicated_mask", "hw:emulator_threads_policy", THREAD_POLICY, PAGES}
OF_AGGREGATES = ("filter_tenant_id", "trait:")
HINTS = "os-sch-hnt:scheduler_hints"
"""What a server was asked to be near to, or apart from, when it was made."""
VOLUMES = ("os-extended-volumes:volumes_attached", "volumes_attached", "attached_volumes")
LONGEST = 60


def tell_unseen(
    tables: OpenStackTables, computes: list[Compute], servers: list[Server], ownerless: int, tally: FeatureTally
) -> None:
    """Name all of it."""
    named = {key for compute in computes for one in compute.aggregates for key in one.metadata}
    for server in servers:
        _of_server(server, named, tally)
    attached = sum(bool(server.row.given(*VOLUMES)) for server in servers)
    several = len({compute.zone for compute in computes}) > 1
    how = "in which zone their volumes are, and whether another may attach them (cross_az_attach), is not told"
    tally.add("volumes", "left out", "servers", how, attached if several else 0)
    matched = {key.removeprefix(SCOPE) for one in servers if one.flavor for key in one.flavor.specs}
    for compute in computes:
        _of_host(compute, matched | {"availability_zone", MOST, *RATIO.values()}, tally)
    bare = sum((row.text("hypervisor_type") or "").lower() == "ironic" for row in tables.hypervisors)
    how = "a server takes all of one: what its flavor asks for is taken as what it takes"
    tally.add("bare metal (ironic)", "approximated", "hosts", how, bare)
    how = "their file's name holds no id or name of a provider or consumer: name it inventory-ID.json"
    tally.add("whose they are is not told", "left out", "documents", how, ownerless)
    tally.add("nothing known of OpenStack", "left out", "objects", "their fields are not known", tables.unknown)


def _of_server(server: Server, named: set[str], tally: FeatureTally) -> None:
    untold = server.flavor is not None and not server.flavor.told
    how = "pinned cpus, traits and what else their flavors ask for is not told: openstack flavor list --all --long"
    tally.add("extra specs that are not in the data", "left out", "servers", how, untold)
    specs = server.flavor.specs if server.flavor else {}
    for key in specs:
        if not key.startswith(SEEN) and key not in CPU and key not in named:
            how = "a host is not looked into that far"
            tally.add(f"extra spec {key[:LONGEST]}", "left out", "servers", how)
    waits = server.guest.host is None and any(key.startswith(ALIAS) for key in specs)
    how = "which hosts have such devices left is not told: they may be placed on any"
    tally.add("devices by alias", "left out", "waiting servers", how, waits)
    how = "what was asked for when they were made is not looked at: server groups are"
    tally.add("scheduler hints", "left out", "servers", how, bool(server.row.given(HINTS, "scheduler_hints")))


def _of_host(compute: Compute, seen: set[str], tally: FeatureTally) -> None:
    for key in sorted({key for one in compute.aggregates for key in one.metadata}):
        if key not in seen and not key.startswith(OF_AGGREGATES):
            how = "no flavor asks for it, and which filters read it is not known"
            tally.add(f"aggregate metadata {key[:LONGEST]}", "left out", "hosts", how)
