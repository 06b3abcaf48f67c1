"""Sorts the documents of Proxmox into tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from vmopt.errors import FileError
from vmopt.platforms.fields import Row
from vmopt.platforms.proxmox.sections import sections, settings
from vmopt.platforms.proxmox.simulator import as_resources, sizes

DEEPEST = 6
VMID = re.compile(r"(?<!\d)(\d{3,9})(?!\d)")
READ = re.compile(r".*\d\.conf|(?:rules|groups|resources)\.cfg")
"""What files are called that hold settings of guests, or what the HA manager is told."""
DISK = re.compile(r"(?:scsi|virtio|sata|ide|efidisk|tpmstate|mp|rootfs)\d*")
OF_CONFIG = {"cores", "memory", "rootfs", "scsihw", "arch", "sockets", "ostype", "boot", "vmgenid"}
CHECKS = {"local_disks", "local_resources", "allowed_nodes", "not_allowed_nodes"}


@dataclass
class ProxmoxTables:
    """Rows of each kind, in the order in which they were read; those of one guest with a text that tells whose."""

    nodes: list[Row] = field(default_factory=list)
    guests: list[Row] = field(default_factory=list)
    storages: list[Row] = field(default_factory=list)
    rules: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    resources: list[Row] = field(default_factory=list)
    configs: list[tuple[str, Row]] = field(default_factory=list)
    checks: list[tuple[str, Row]] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, Row] = field(default_factory=dict)
    simulated: bool = False

    def other(self, kind: str) -> None:
        """Count what says nothing of placements."""
        self.others[kind] = self.others.get(kind, 0) + 1


def sorted_into_tables(documents: Iterable[tuple[str, Any]]) -> ProxmoxTables:
    """Sort parsed documents, each with the name of its file; texts are files of sections or configurations.

    Examples
    --------
    >>> tables = sorted_into_tables([("a.json", {"data": [{"type": "node", "node": "n1"}]})])
    >>> len(tables.nodes)
    1
    """
    tables = ProxmoxTables()
    for source, document in documents:
        _walk(tables, document, source, source, 0)
    return tables


def _walk(tables: ProxmoxTables, value: Any, owner: str, source: str, depth: int) -> None:
    if isinstance(value, str):
        value = _text(value, source) if depth == 0 else None
        if value is None and depth == 0:
            tables.other("files that are neither sections, such as rules.cfg, nor settings of a guest")
            return
    if isinstance(value, list) and depth < DEEPEST:
        for one in value:
            _walk(tables, one, owner, source, depth + 1)
    elif isinstance(value, dict) and depth < DEEPEST:
        _object(tables, value, owner, source, depth)
    else:
        tables.other("other values")


def _text(value: str, source: str) -> Any:
    """What a file of text holds: sections, or a configuration."""
    read = sections(value)
    found = settings(value) if read is None else read
    if found is None and READ.fullmatch(source.rpartition("/")[2]):
        raise FileError(
            f"{source} is neither a file of sections such as rules.cfg nor settings of a guest (KEY: VALUE)."
        )
    return found


def _object(tables: ProxmoxTables, value: dict[Any, Any], owner: str, source: str, depth: int) -> None:
    row = Row(value, source)
    if row.fields.keys() & CHECKS and not row.fields.keys() & {"cores", "type"}:
        tables.checks.append((owner, row))
    elif isinstance(row.given("type"), str) and _typed(tables, row):
        return
    elif {"group", "nodes"} <= row.fields.keys():
        tables.groups.append(row)
    elif "sid" in row:
        tables.resources.append(row)
    elif "vmid" in row and ("status" in row or "maxmem" in row):
        tables.guests.append(row)
    elif {"node", "maxmem"} <= row.fields.keys():
        tables.nodes.append(row)
    elif row.fields.keys() & OF_CONFIG or any(map(DISK.fullmatch, row.fields)):
        tables.configs.append((str(row.given("vmid") or owner), row))
    elif isinstance(row.given("crs"), str):
        tables.other("how the HA manager balances (crs)")
    elif (simulated := as_resources(row)) is not None:
        tables.simulated = True
        _walk(tables, simulated, owner, source, depth + 1)
    elif (told := sizes(row)) is not None:
        tables.sizes.update(told)
    else:
        for name, part in row.fields.items():
            _walk(tables, part, source if name in {"data", "result"} else name, source, depth + 1)


def _typed(tables: ProxmoxTables, row: Row) -> bool:
    """Take a row that tells its type."""
    kind = str(row.given("type"))
    if kind in {"qemu", "lxc"}:
        tables.guests.append(row)
    elif kind == "node":
        tables.nodes.append(row)
    elif kind == "storage":
        tables.storages.append(row)
    elif kind in {"node-affinity", "resource-affinity"}:
        tables.rules.append(row)
    elif kind == "group":
        tables.groups.append(row)
    elif kind in {"vm", "ct"}:
        tables.resources.append(row)
    elif kind in {"pool", "sdn", "network", "openvz"}:
        tables.other(f"of type {kind}")
    elif "section" in row:
        tables.other(f"sections of type {kind[:60]}")
    elif "storage" in row:
        tables.other("lists of storage without nodes")
    else:
        return False
    return True
