"""Dumps of platforms where something else is expected: told by what they hold, so that an error can name the way in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TITLES = {"kubernetes": "Kubernetes", "openstack": "OpenStack", "proxmox": "Proxmox"}
OF_OPENSTACK = {"servers", "hypervisors", "resource_providers", "flavors", "aggregates", "server_groups", "inventories"}
OF_OPENSTACK |= {"hypervisor_hostname", "Hypervisor Hostname", "resource_provider_generation"}
OF_PROXMOX = {"node", "qemu", "lxc", "storage", "pool", "sdn"}
FIRST = 20
"""Rows of a list that are looked at."""


def platform_of(document: Any) -> str | None:
    """Return whose dump a parsed document is, by the key of `TITLES`; None where it is nobody's that is known.

    Examples
    --------
    >>> platform_of({"kind": "List", "items": []}), platform_of([{"type": "node", "node": "pve1"}])
    ('kubernetes', 'proxmox')
    >>> platform_of({"servers": []}), platform_of({"format": "vmopt-instance"})
    ('openstack', None)
    """
    if isinstance(document, Mapping) and isinstance(document.get("data"), list):
        document = document["data"]
    rows = document[:FIRST] if isinstance(document, list) else [document]
    return next((found for row in rows if isinstance(row, Mapping) and (found := _whose(row))), None)


def _whose(row: Mapping[str, Any]) -> str | None:
    if "kind" in row and ("items" in row or "metadata" in row):
        return "kubernetes"
    if row.get("type") in OF_PROXMOX and row.keys() & {"node", "vmid", "id"}:
        return "proxmox"
    return "openstack" if row.keys() & OF_OPENSTACK else None


def way_in(document: Any, path: object, own: str = "") -> str:
    """Return the sentence that tells how a dump is read, empty where it is none, or one of the platform `own`."""
    platform = platform_of(document)
    if platform is None or platform == own:
        return ""
    return f"{path} looks like a dump of {TITLES[platform]}: 'vmopt import {platform} FILES -o cluster.json' reads it."
