"""Sorts the documents of Nova and Placement, of their APIs and of the command line, into tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from vmopt.errors import FileError
from vmopt.platforms.fields import Row

DEEPEST = 6
LISTS = {
    "hypervisors": "hypervisors",
    "hypervisor": "hypervisors",
    "services": "services",
    "service": "services",
    "servers": "servers",
    "server": "servers",
    "flavors": "flavors",
    "flavor": "flavors",
    "server_groups": "groups",
    "server_group": "groups",
    "aggregates": "aggregates",
    "aggregate": "aggregates",
    "availabilityzoneinfo": "zones",
    "resource_providers": "providers",
    "providers": "providers",
}
OF_SERVERS = {
    *("flavor", "flavor_name", "flavor_id", "networks", "addresses", "power_state", "os-ext-sts:vm_state"),
    *("os-ext-sts:task_state", "task_state", "hostid", "host", "os-ext-srv-attr:host", "image_name"),
}
"""Columns of servers that images, volumes, ports and migrations have none of, which have an id and a status as well."""
OWNED = ("inventories", "usages", "allocations", "traits", "aggregates", "provider_summaries")


class Owned(NamedTuple):
    """What belongs to a provider, or to a consumer, that is named elsewhere.

    Attributes
    ----------
    kind : str
        One of `OWNED`, or ``"consumer"``: what one consumer holds.
    owner : str
        An id or a name, or a text that holds one, such as the name of a file.
    value : object
    source : str
    """

    kind: str
    owner: str
    value: Any
    source: str


@dataclass
class OpenStackTables:
    """Rows of each kind, in the order in which they were read."""

    hypervisors: list[Row] = field(default_factory=list)
    services: list[Row] = field(default_factory=list)
    servers: list[Row] = field(default_factory=list)
    flavors: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    aggregates: list[Row] = field(default_factory=list)
    zones: list[Row] = field(default_factory=list)
    providers: list[Row] = field(default_factory=list)
    owned: list[Owned] = field(default_factory=list)
    unknown: int = 0

    def add(self, kind: str, given: Any, source: str) -> None:
        """Take rows of one kind."""
        for one in given if isinstance(given, list) else [given]:
            if not isinstance(one, dict):
                raise FileError(f"{source}: the list of {kind} holds what is not an object: {type(one).__name__}.")
            row = Row(one, source)
            getattr(self, kind).append(row)
            if kind == "providers":
                owner = row.text("uuid", "name") or source
                self.owned += [Owned(part, owner, row.fields[part], source) for part in OWNED if part in row]


def sorted_into_tables(documents: Iterable[tuple[str, Any]]) -> OpenStackTables:
    """Sort parsed documents, each with the name of its file.

    Examples
    --------
    >>> tables = sorted_into_tables([("a.json", [{"Hypervisor Hostname": "h1"}]), ("b.json", {"servers": []})])
    >>> len(tables.hypervisors), len(tables.servers)
    (1, 0)
    """
    tables = OpenStackTables()
    for source, document in documents:
        _walk(tables, document, source, source, 0)
    return tables


def _walk(tables: OpenStackTables, value: Any, owner: str, source: str, depth: int) -> None:
    if depth > DEEPEST:
        tables.unknown += 1
    elif isinstance(value, list):
        _walk_list(tables, value, owner, source, depth)
    elif isinstance(value, dict):
        _walk_object(tables, value, owner, source, depth)


def _walk_list(tables: OpenStackTables, value: list[Any], owner: str, source: str, depth: int) -> None:
    if value and all(isinstance(one, str) for one in value):
        tables.unknown += 1
        return
    rows = [one for one in value if isinstance(one, dict)]
    kinds = [_kind(Row(one, source)) for one in rows]
    for kind in dict.fromkeys(kinds):
        part = [one for one, of in zip(rows, kinds, strict=True) if of == kind]
        if kind in {"inventories", "usages", "traits", "consumer"}:
            tables.owned.append(Owned(kind, owner, part, source))
        elif kind is not None:
            tables.add(kind, part, source)
        else:
            for one in part:
                _walk(tables, one, owner, source, depth + 1)


def _walk_object(tables: OpenStackTables, value: dict[Any, Any], owner: str, source: str, depth: int) -> None:
    row = Row(value, source)
    kind = _kind(row)
    if kind is not None and kind not in {"inventories", "usages", "traits", "consumer"}:
        tables.add(kind, value, source)
        return
    known = False
    for name, part in row.fields.items():
        if name in LISTS and not (name == "aggregates" and _strings(part)):
            tables.add(LISTS[name], part, source)
        elif name in OWNED:
            consumer = name == "allocations" and ("consumer_generation" in row or "consumer_type" in row)
            tables.owned.append(Owned("consumer" if consumer else name, owner, part, source))
        elif isinstance(part, dict | list):
            _walk(tables, part, name, source, depth + 1)
        else:
            continue
        known = True
    tables.unknown += not known


def _kind(row: Row) -> str | None:
    """What a row is, by the columns that only its kind has."""
    has = row.fields.keys()
    tests = {
        "hypervisors": "hypervisor_hostname" in has,
        "inventories": {"resource_class", "total"} <= has,
        "usages": {"resource_class", "usage"} <= has,
        "consumer": {"resource_provider", "resources"} <= has,
        "providers": "uuid" in has and bool({"generation", "root_provider_uuid", "parent_provider_uuid"} & has),
        "services": {"binary", "host"} <= has,
        "zones": bool({"zone_name", "zonename"} & has),
        "groups": bool({"policy", "policies"} & has) and "name" in has,
        "flavors": "vcpus" in has and "ram" in has,
        "servers": {"id", "status"} <= has and bool(OF_SERVERS & has),
        "aggregates": {"name", "availability_zone"} <= has or {"name", "hosts"} <= has,
        "traits": has == {"name"},
    }
    return next((kind for kind, told in tests.items() if told), None)


def _strings(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
