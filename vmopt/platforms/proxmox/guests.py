"""Guests: VMs and containers, what each takes, where it is, and whether it may move."""

from __future__ import annotations

from dataclasses import dataclass

from vmopt.platforms.fields import Row
from vmopt.platforms.found import FoundGuest, distinct
from vmopt.platforms.proxmox.disks import Disk, bound_devices, disks_of
from vmopt.platforms.proxmox.hosts import ProxmoxNode
from vmopt.platforms.proxmox.tables import VMID, ProxmoxTables
from vmopt.platforms.proxmox.unseen import tell_unseen
from vmopt.platforms.tally import FeatureTally

OFF = {"stopped", "unknown"}
"""What guests are that take no cpu and no memory: those that are paused do."""
COPIED = 10.0
"""Cost of a move that copies disks, against 1 of one that does not."""


@dataclass(eq=False)
class ProxmoxGuest:
    """A guest.

    Attributes
    ----------
    vmid : str
    found : FoundGuest
    kind : str
        ``qemu`` or ``lxc``.
    disks : list of Disk or None
        None where nothing tells its storages.
    stays : str
        Why it may not move; empty where it may.
    check : Row or None
        What Proxmox says of its migration.
    total : int
        Size of its first disk, as the cluster tells it.
    """

    vmid: str
    found: FoundGuest
    kind: str
    disks: list[Disk] | None = None
    stays: str = ""
    check: Row | None = None
    total: int = 0


def members_of(tables: ProxmoxTables, nodes: dict[str, ProxmoxNode], tally: FeatureTally) -> list[ProxmoxGuest]:
    """Find the guests; templates run nowhere."""
    members: dict[str, ProxmoxGuest] = {}
    rows = {row.needed("vmid", "id"): row for row in tables.guests}
    managed = _managed(tables)
    for vmid, row in rows.items():
        if row.flag("template"):
            tally.add("templates", "left out", "guests", "they run nowhere; their disks are not counted")
        elif row.text("node") not in nodes:
            tally.add("on nodes that are not in the data", "left out", "guests", "nothing is known of their nodes")
        else:
            members[vmid] = _member(vmid, row, nodes, managed.get(vmid), tables, tally)
    _configure(members, tables, tally)
    for member in members.values():
        _store(member, nodes[str(member.found.host)], tally)
        tally.add(member.stays or "", "modelled", "guests", "they stay where they are (Keep)", bool(member.stays))
    found = list(members.values())
    names = distinct([one.found.name for one in found], [one.vmid for one in found])
    for one, name in zip(found, names, strict=True):
        one.found.name = name
    return found


def _managed(tables: ProxmoxTables) -> dict[str, Row]:
    """Guests that the HA manager looks after, by their numbers."""
    found = {}
    for row in tables.resources:
        sid = row.text("sid", "section") or ""
        if row.text("state") not in {"ignored"}:
            found[sid.rpartition(":")[2]] = row
    return found


def _member(
    vmid: str, row: Row, nodes: dict[str, ProxmoxNode], managed: Row | None, tables: ProxmoxTables, tally: FeatureTally
) -> ProxmoxGuest:
    kind = row.text("type") or "qemu"
    status = row.text("status") or "running"
    wanted = managed is not None and (managed.text("state") or "started") in {"started", "enabled"}
    known = {"vmid": vmid, "type": kind, "status": status, "pool": row.text("pool"), "tags": row.text("tags")}
    labels = {key: value for key, value in known.items() if value}
    if managed is not None or row.text("hastate") not in {None, "ignored"}:
        labels["ha"] = "yes"
    guest = FoundGuest(row.text("name") or vmid, {}, row.needed("node"), labels)
    if status not in OFF or wanted:
        told = tables.sizes.get(vmid, row)
        sized = {"cpu": _cpus(told), "memory": told.whole("maxmem") or 0}
        guest.demand = {kind: amount for kind, amount in sized.items() if kind in nodes[str(guest.host)].found.capacity}
        if "guests" in nodes[str(guest.host)].found.capacity:
            guest.demand["guests"] = 1
    else:
        tally.add("stopped", "modelled", "guests", "they take disks only, and move while they are off")
    member = ProxmoxGuest(vmid, guest, kind, total=row.whole("maxdisk") or 0)
    if row.text("lock"):
        member.stays = "locked"
    elif not nodes[str(guest.host)].online and "ha" not in labels:
        member.stays = "on nodes that are offline"
    return member


def _cpus(row: Row) -> int:
    """Cpus, whole: a container's limit may be a part of one."""
    return -int(-row.fraction("maxcpu", 0) // 1)


def _configure(members: dict[str, ProxmoxGuest], tables: ProxmoxTables, tally: FeatureTally) -> None:
    """Give guests their configurations and migration checks."""
    by_name = {member.found.name: member for member in members.values()}
    templates = {row.text("vmid") or "" for row in tables.guests if row.flag("template")}
    for owner, config in tables.configs:
        if templates.intersection(VMID.findall(owner.rpartition("/")[2])):
            continue  # a template may have the name of a guest
        member = _whose(owner, config, members) or by_name.get(config.text("name", "hostname") or "")
        if member is None:
            how = "neither the name of the file nor a disk tells a guest of the cluster: name it 101.conf"
            tally.add("whose they are is not told", "left out", "configurations", how)
            continue
        member.disks = disks_of(config)
        tell_unseen(config, tally)
        if not member.stays and bound_devices(config):
            member.stays = "with devices of their node"
        elif not member.stays and config.text("lock"):
            member.stays = "locked"
    for owner, check in tables.checks:
        member = _whose(owner, check, members)
        if member is None:
            how = "neither the name of the file nor a disk tells a guest of the cluster: name it migrate-101.json"
            tally.add("whose they are is not told", "left out", "migration checks", how)
            continue
        member.check = check
        if not member.stays and check.listed("local_resources"):
            member.stays = "with devices of their node"
        if member.disks is None:
            member.disks = [
                _checked_disk(disk)
                for disk in check.rows("local_disks")
                if not disk.flag("cdrom") and disk.text("volid")
            ]


def _checked_disk(disk: Row) -> Disk:
    return Disk(disk.needed("volid").partition(":")[0], disk.whole("size"))


def _whose(owner: str, row: Row, members: dict[str, ProxmoxGuest]) -> ProxmoxGuest | None:
    """The guest whose number stands in the name of a file, or in those of its disks."""
    volumes = [str(value) for value in row.fields.values() if isinstance(value, str) and "vm-" in value]
    volumes += [one.text("volid") or "" for one in row.rows("local_disks")]
    numbers = VMID.findall(owner.rpartition("/")[2])
    numbers += [number for volume in volumes for number in VMID.findall(volume.partition("vm-")[2][:10])]
    return next((members[number] for number in numbers if number in members), None)


def _store(member: ProxmoxGuest, node: ProxmoxNode, tally: FeatureTally) -> None:
    """Charge its disks to storages of the node; where nothing tells which, to the only one that there is."""
    if member.disks is None and len(node.storages) == 1:
        member.disks = [Disk(next(iter(node.storages)), None)]
        how = "their node has only one storage for disks: it is taken that they are there, at the size that they tell"
        tally.add("disks without a configuration", "approximated", "guests", how)
    elif member.disks is None:
        how = "which storage they are on is not told: they may move to any node (give their configurations)"
        tally.add("disks without a configuration", "left out", "guests", how, bool(node.storages))
    local = [disk for disk in member.disks or () if not node.storages.get(disk.storage, True)]
    for disk in local:
        kind = f"disk:{disk.storage}"
        size = disk.size if disk.size is not None else member.total
        member.found.demand[kind] = member.found.demand.get(kind, 0) + size
    if local:
        member.found.move_cost = COPIED
        member.found.labels["disks"] = "local"
        how = f"they go only where a storage of that name has room; a move copies them, and costs {COPIED:g}"
        tally.add("local disks", "modelled", "guests", how)
