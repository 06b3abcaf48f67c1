"""Files of the simulator of the HA manager: nodes by their power, services by their names."""

from __future__ import annotations

import re
from typing import Any

from vmopt.platforms.fields import Row

SID = re.compile(r"(vm|ct):(\d{1,9})")
ON = {"started", "enabled", "migrate", "relocate", "request_start", "request_start_balance"}


def as_resources(row: Row) -> list[dict[str, Any]] | None:
    """Return rows as the cluster tells them: of ``hardware_status``, or of ``service_config``; None for another object.

    Where no capacity is told, a node has room for any number of guests.

    Examples
    --------
    >>> as_resources(Row({"n1": {"power": "on", "network": "off"}}, "hardware_status"))
    [{'type': 'node', 'node': 'n1', 'status': 'offline'}]
    >>> as_resources(Row({"vm:101": {"node": "n1", "state": "started"}}, "service_config"))[0]["status"]
    'running'
    """
    parts = {name: Row(part, row.source) for name, part in row.fields.items() if isinstance(part, dict)}
    if not parts or len(parts) < len(row.fields):
        return None
    if all({"power", "network"} <= part.fields.keys() for part in parts.values()):
        return [_node(name, part) for name, part in parts.items()]
    if all(SID.fullmatch(name) and "node" in part for name, part in parts.items()):
        return [made for name, part in parts.items() for made in _service(name, part)]
    return None


def sizes(row: Row) -> dict[str, Row] | None:
    """What ``static_service_stats`` says of guests, by their numbers; None for another object."""
    parts = {name: part for name, part in row.fields.items() if isinstance(part, dict) and SID.fullmatch(name)}
    if (
        not parts
        or len(parts) < len(row.fields)
        or not all({"maxcpu", "maxmem"} & part.keys() for part in parts.values())
    ):
        return None
    return {name.partition(":")[2]: Row(part, row.source) for name, part in parts.items()}


def _node(name: str, part: Row) -> dict[str, Any]:
    on = part.text("power") == "on" and part.text("network") == "on"
    state = {"hastate": "maintenance"} if part.flag("maintenance") else {}
    told = {kind: part.fields[kind] for kind in ("maxcpu", "maxmem") if kind in part}
    return {"type": "node", "node": name, "status": "online" if on else "offline", **told, **state}


def _service(name: str, part: Row) -> list[dict[str, Any]]:
    kind, number = name.split(":")
    state = part.text("state") or "started"
    status = "running" if state in ON else "stopped"
    guest = {"type": "lxc" if kind == "ct" else "qemu", "vmid": number, "name": name, "node": part.needed("node")}
    managed = {"type": kind, "sid": name, "state": state, "group": part.text("group")}
    return [{**guest, "status": status}, managed]
