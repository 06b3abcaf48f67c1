"""Reads dumps of Proxmox VE: what ``pvesh`` prints, and files of ``/etc/pve``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from vmopt.platforms.assemble import as_they_are, check_guests, instance_of, overcommit_hosts
from vmopt.platforms.documents import NothingFoundError, read_by
from vmopt.platforms.imported import Imported
from vmopt.platforms.proxmox.guests import members_of
from vmopt.platforms.proxmox.ha import affinities_of
from vmopt.platforms.proxmox.hosts import nodes_of
from vmopt.platforms.proxmox.rules import Rules
from vmopt.platforms.proxmox.tables import sorted_into_tables
from vmopt.platforms.proxmox.texts import documents_of
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import BROKEN, Today


def read_proxmox(paths: Any, *, overcommit: Mapping[str, Any] | None = None) -> Imported:
    """Read files that tell of one cluster, in any number and order.

    Parameters
    ----------
    paths : path or iterable of paths
        Files or folders: what ``pvesh get ... --output-format json`` prints for ``/cluster/resources``,
        ``/nodes/NODE/qemu/ID/config``, ``/nodes/NODE/qemu/ID/migrate`` or ``/cluster/ha/rules``, with or without the
        object of REST around it; ``rules.cfg``, ``groups.cfg`` and ``resources.cfg`` of ``/etc/pve/ha``; ``101.conf``.

    overcommit : mapping of str to number, optional
        What the capacity of nodes is multiplied by, such as ``{"cpu": 4}``.

    Returns
    -------
    Imported

    Raises
    ------
    FileError
        If a file cannot be read, makes no sense, or nothing in it is of Proxmox.

    Examples
    --------
    >>> import json
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from vmopt.platforms import read_proxmox
    >>> node = {"type": "node", "node": "pve1", "maxcpu": 8, "maxmem": 2**34, "status": "online"}
    >>> guest = {"type": "qemu", "vmid": 100, "name": "web", "node": "pve1", "maxcpu": 2, "maxmem": 2**31}
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "resources.json").write_text(json.dumps([node, {**guest, "status": "running"}]))
    ...     found = read_proxmox(folder)
    >>> list(found.instance.vm_names), found.instance.resources, found.instance.current.tolist()
    (['web'], ('cpu', 'memory'), [0])
    """
    return read_by(partial(from_documents, overcommit=overcommit), "proxmox", documents_of(paths))


def from_documents(documents: Iterable[tuple[str, Any]], overcommit: Mapping[str, Any] | None = None) -> Imported:
    """Make an instance of parsed documents, each with the name of its file.

    Examples
    --------
    >>> node = {"type": "node", "node": "n1", "maxcpu": 8, "maxmem": 4096, "status": "online"}
    >>> guest = {"type": "lxc", "vmid": 101, "node": "n1", "status": "running", "maxcpu": 2, "maxmem": 512}
    >>> found = from_documents([("resources.json", {"data": [node, guest]})])
    >>> found.instance.resources, found.instance.demand.tolist()
    (('cpu', 'memory'), [[2, 512]])
    """
    tables, tally = sorted_into_tables(documents), FeatureTally()
    nodes = nodes_of(tables, tally)
    if not nodes:
        raise NothingFoundError(
            "no node with a capacity is in these files: give what pvesh get /cluster/resources says."
        )
    members = members_of(tables, nodes, tally)
    today = Today({member.found.name: member.found.host for member in members})
    hosts, guests = [node.found for node in nodes.values()], [member.found for member in members]
    overcommit_hosts(hosts, overcommit)
    as_they_are(hosts, guests, tally, "guests")
    check_guests(hosts, guests, ("node", "guests"), "pvesh get /cluster/resources --output-format json")
    affinities = affinities_of(tables, {member.vmid for member in members}, set(nodes), tally)
    rules = Rules(nodes, members, today, tally).rules(affinities)
    how = f"what is broken now is asked for at a penalty of {BROKEN:g}, so that nobody has to stop for it"
    tally.add("hard rules that what runs breaks", "approximated", "guests", how, today.n_broken)
    for kind, count in tables.others.items():
        tally.add(kind, "left out", "objects", "they say nothing of who runs where", count)
    return Imported(instance_of(hosts, guests, rules), "proxmox", tally.features, {})
