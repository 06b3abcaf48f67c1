"""Servers: what each takes, where it is, and whether it may move."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha224

from vmopt.platforms.fields import Row
from vmopt.platforms.found import FoundGuest, distinct
from vmopt.platforms.openstack.flavors import Flavors, NovaFlavor
from vmopt.platforms.openstack.hosts import Compute
from vmopt.platforms.openstack.placement import Amounts, PlacementService
from vmopt.platforms.openstack.tables import OpenStackTables
from vmopt.platforms.tally import FeatureTally

NO_HOST = ("No valid host", "max scheduling attempts", "Exhausted all hosts")
"""Faults of servers that the scheduler found no host for."""
GONE = {"DELETED", "SHELVED_OFFLOADED"}
MOVABLE = {"ACTIVE", "PAUSED", "SHUTOFF"}
HOST = ("os-ext-srv-attr:hypervisor_hostname", "hypervisor_hostname", "os-ext-srv-attr:host", "host")


@dataclass(eq=False)
class Server:
    """A server, or another consumer, that takes room on a host or waits for some.

    Attributes
    ----------
    uuid : str
    row : Row
    guest : FoundGuest
    flavor : NovaFlavor or None
    stays : str
        Why it may not move; empty where it may.
    message : str
        What Nova says of it.
    """

    uuid: str
    row: Row
    guest: FoundGuest
    flavor: NovaFlavor | None = None
    stays: str = ""
    message: str = ""
    shared: dict[str, Amounts] = field(default_factory=dict)


class Finder:
    """Finds the host of a server by all that tells it."""

    def __init__(self, computes: list[Compute], placement: PlacementService) -> None:
        self._placement = placement
        self._by_name = {name: one for one in reversed(computes) for name in (one.service, one.name)}
        self._by_server = {uuid: compute for compute in computes for uuid in compute.servers}
        self._by_root = {one.uuid: compute for compute in computes for one in compute.providers}

    def host(self, server: Server) -> tuple[Compute | None, bool]:
        """Its host, and whether anybody tells one: it may be a host that is not in the data."""
        told = server.row.text(*HOST)
        found = self._by_name.get(told or "") or self._by_server.get(server.uuid) or self._by_hash(server.row)
        if found is None and told is None:
            held = self._placement.held.get(server.uuid, {})
            found = next((self._by_root[uuid] for uuid in held if uuid in self._by_root), None)
        return found, told is not None

    def _by_hash(self, row: Row) -> Compute | None:
        """Users are told a hash of their project and the host."""
        told, project = row.text("hostid"), row.text("tenant_id", "project_id")
        if told is None or project is None:
            return None
        names = self._by_name.items()
        return next((one for name, one in names if sha224((project + name).encode()).hexdigest() == told), None)

    def holds(self, server: Server, home: Compute | None) -> tuple[Amounts | None, dict[str, Amounts]]:
        """What it holds at home (shared pools included), and on other hosts; None where Placement tells nothing."""
        held = self._placement.held.get(server.uuid)
        if not held:
            return None, {}
        here: Amounts = {}
        away: dict[str, Amounts] = {}
        for uuid, amounts in held.items():
            compute = self._by_root.get(uuid)
            part = here if compute is None or compute is home else away.setdefault(compute.name, {})
            for kind, amount in amounts.items():
                part[kind] = part.get(kind, 0) + amount
        return here, away


def servers_of(
    tables: OpenStackTables, computes: list[Compute], placement: PlacementService, tally: FeatureTally
) -> list[Server]:
    """Find all that takes room: servers first, then what Placement or hypervisors know of beside them."""
    flavors, finder = Flavors(tables), Finder(computes, placement)
    rows = {row.needed("id", "uuid"): row for row in tables.servers}
    named = {
        one.needed("uuid", "id"): Row({**one.fields, "status": "ACTIVE"}, one.source)
        for row in tables.hypervisors
        for one in row.rows("servers")
    }
    rows = {**rows, **{uuid: row for uuid, row in named.items() if uuid not in rows}}
    servers: list[Server] = []
    for uuid, row in rows.items():
        servers += _server(uuid, row, flavors, finder, tally)
    servers += _others(set(rows), computes, placement, tally)
    names = [server.guest.name for server in servers]
    for server, name in zip(servers, distinct(names, [server.uuid for server in servers]), strict=True):
        server.guest.name = name
    return servers


def _server(uuid: str, row: Row, flavors: Flavors, finder: Finder, tally: FeatureTally) -> list[Server]:
    status = (row.text("status", "os-ext-sts:vm_state") or "ACTIVE").upper()
    flavor = flavors.of(row)
    server = Server(uuid, row, FoundGuest(row.text("name") or uuid), flavor)
    home, told = finder.host(server)
    if status in GONE or (status == "ERROR" and home is None and not any(one in _fault(row) for one in NO_HOST)):
        tally.add(f"status {status}", "left out", "servers", "they hold nothing on any host")
        return []
    if home is None and told:
        tally.add("on hosts that are not in the data", "left out", "servers", "nothing is known of their hosts")
        return []
    held, away = finder.holds(server, home)
    demand = held or (None if flavor is None else flavor.demand(from_volume=_from_volume(row, tally)))
    if demand is None:
        how = "neither Placement nor their flavor says what they take: give the list of flavors as well"
        tally.add("of unknown size", "left out", "servers", how)
        return []
    _describe(server, demand, home, status, tally)
    return [server, *(_elsewhere(server, name, part, tally) for name, part in away.items())]


def _describe(server: Server, demand: Amounts, home: Compute | None, status: str, tally: FeatureTally) -> None:
    row, guest = server.row, server.guest
    guest.demand, guest.host = demand, None if home is None else home.name
    flavor = "" if server.flavor is None else server.flavor.name
    told = {"uuid": server.uuid, "status": status, "flavor": flavor, "project": row.text("tenant_id", "project_id")}
    guest.labels = {key: value for key, value in told.items() if value}
    server.message = _fault(row) if home is None else ""
    if home is None:
        waits = status in {"BUILD", "ERROR"}
        name = "waiting for a host" if waits else "host not told"
        how = "they are to be placed" if waits else "only an administrator is told it: they are taken as to be placed"
        tally.add(name, "modelled" if waits else "approximated", "servers", how)
        return
    server.stays = _stays(server, status)
    if server.stays:
        tally.add(server.stays, "modelled", "servers", "they stay where they are (Keep)")


def _stays(server: Server, status: str) -> str:
    """Why it may not be migrated now."""
    task = server.row.text("os-ext-sts:task_state", "task_state")
    specs = {} if server.flavor is None else server.flavor.specs
    if server.row.flag("locked"):
        return "locked"
    if status not in MOVABLE:
        return f"status {status}"
    if task is not None:
        return "busy with a task"
    devices = (
        any(key.startswith("pci_passthrough") for key in specs) or {"VGPU", "PCI_DEVICE"} & server.guest.demand.keys()
    )
    return "with devices of their host" if devices else ""


def _from_volume(row: Row, tally: FeatureTally) -> bool:
    """Whether the root disk is a volume: there is no image then."""
    names = ("image", "image_name", "image_id")
    told = next((row.fields[name] for name in names if name in row), None)
    found = any(name in row for name in names) and (not told or "booted from volume" in str(told).lower())
    tally.add("booted from a volume", "modelled", "servers", "their root disk takes nothing of a host", found)
    return found


def _fault(row: Row) -> str:
    return (
        row.texts_by_name("fault").get("message", "")
        if isinstance(row.given("fault"), dict)
        else row.text("fault") or ""
    )


def _elsewhere(server: Server, host: str, amounts: Amounts, tally: FeatureTally) -> Server:
    how = "what they hold there stays taken"
    tally.add("hold room on a second host", "modelled", "servers", how)
    guest = FoundGuest(f"{server.guest.name} on {host}", amounts, host, {"uuid": server.uuid})
    return Server(server.uuid, server.row, guest, stays="hold room on a second host")


def _others(known: set[str], computes: list[Compute], placement: PlacementService, tally: FeatureTally) -> list[Server]:
    """Consumers that no list of servers names: migrations under way, and leftovers; or all, where there is no list."""
    by_root = {one.uuid: compute for compute in computes for one in compute.providers}
    found = []
    for consumer, held in placement.held.items():
        for compute in (
            dict.fromkeys(by_root[uuid] for uuid in held if uuid in by_root) if consumer not in known else ()
        ):
            parts = [amounts for uuid, amounts in held.items() if by_root.get(uuid, compute) is compute]
            total = {kind: sum(part.get(kind, 0) for part in parts) for part in parts for kind in part}
            guest = FoundGuest(consumer, total, compute.name, {"uuid": consumer})
            stays = "consumers that are no known servers" if known else ""
            found.append(Server(consumer, Row({}, "Placement"), guest, stays=stays))
    how = (
        "they stay where they are: migrations under way, or leftovers"
        if known
        else "no list of servers is given: all may move"
    )
    tally.add("consumers that are no known servers", "modelled", "consumers", how, len(found))
    return found
