"""Nodes and their storages."""

from __future__ import annotations

from dataclasses import dataclass, field

from vmopt.platforms.found import CLOSED, FoundHost
from vmopt.platforms.proxmox.tables import ProxmoxTables
from vmopt.platforms.tally import FeatureTally


@dataclass(eq=False)
class ProxmoxNode:
    """A node.

    Attributes
    ----------
    found : FoundHost
        Capacity ``cpu`` in cpus, ``memory`` in bytes, and ``disk:NAME`` in bytes for each storage of its own.
    online, maintenance : bool
    storages : dict of str to bool
        Storages that are there for disks of guests, and whether each is shared.
    """

    found: FoundHost
    online: bool = True
    maintenance: bool = False
    storages: dict[str, bool] = field(default_factory=dict)


def nodes_of(tables: ProxmoxTables, tally: FeatureTally) -> dict[str, ProxmoxNode]:
    """Find the nodes, by name; those that do not tell their capacity are left out."""
    found: dict[str, ProxmoxNode] = {}
    for row in tables.nodes:
        name = row.needed("node", "name")
        cpus, memory = row.whole("maxcpu"), row.whole("maxmem")
        if name in found:
            continue
        online = (row.text("status") or "online") == "online"
        if tables.simulated and not (cpus and memory):
            found[name] = _countless(name, online, row.text("hastate") == "maintenance", tables)
            how = "the simulator tells none: any number of guests fits"
            tally.add("nodes of any capacity", "approximated", "nodes", how)
            continue
        if not cpus or not memory:
            how = "the cluster does not tell what they have while they are off"
            tally.add("nodes of unknown capacity", "left out", "nodes", how)
            continue
        maintenance = row.text("hastate") == "maintenance"
        labels = {**_state(online, maintenance), "cpus": str(cpus)}
        host = FoundHost(name, {"cpu": cpus, "memory": memory}, labels)
        found[name] = ProxmoxNode(host, online, maintenance)
    _storages(found, tables, tally)
    return found


def _countless(name: str, online: bool, maintenance: bool, tables: ProxmoxTables) -> ProxmoxNode:
    """A node that has room for all guests."""
    host = FoundHost(name, {"guests": len(tables.guests)}, {**_state(online, maintenance), "cpus": "any"})
    return ProxmoxNode(host, online, maintenance)


def _state(online: bool, maintenance: bool) -> dict[str, str]:
    """Labels that say whether a node takes anything new."""
    state = "maintenance" if maintenance else "online" if online else "offline"
    return {"state": state} | ({CLOSED: state} if state != "online" else {})


def _storages(nodes: dict[str, ProxmoxNode], tables: ProxmoxTables, tally: FeatureTally) -> None:
    for row in tables.storages:
        name, node = row.text("storage"), nodes.get(row.text("node") or "")
        content = set(row.texts("content"))
        usable = (row.text("status") or "available") == "available" and (not content or content & {"images", "rootdir"})
        if name is None or node is None:
            tally.add("storages of no known node", "left out", "storages", "nothing is known of where they are")
        elif usable and name not in node.storages:
            node.storages[name] = bool(row.flag("shared"))
            size = row.whole("maxdisk")
            if not node.storages[name] and size:
                node.found.capacity[f"disk:{name}"] = size
    shared = {name for node in nodes.values() for name, together in node.storages.items() if together}
    tally.add(
        "shared storages",
        "modelled",
        "storages",
        "guests may use them from every node that has them; their size is not looked at",
        len(shared),
    )
