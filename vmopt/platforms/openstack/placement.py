"""Placement: providers, what each offers and to whom, and who holds what."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

from vmopt.errors import FileError
from vmopt.platforms.fields import Row, whole
from vmopt.platforms.openstack.tables import OpenStackTables, Owned

Amounts = dict[str, int]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Inventory:
    """What a provider offers of one resource class.

    Attributes
    ----------
    capacity : int
        ``(total - reserved) * allocation_ratio``, rounded down.
    least, most, step : int
        What one consumer may take: so much at least and at most, and a multiple of `step`.
    """

    capacity: int
    least: int = 1
    most: int | None = None
    step: int = 1

    @classmethod
    def read(cls, row: Row) -> Inventory:
        """Read one inventory.

        Examples
        --------
        >>> row = Row({"total": 5825, "reserved": 512, "allocation_ratio": 1.5, "max_unit": 5825}, "inventory.json")
        >>> Inventory.read(row).capacity
        7969
        """
        total, reserved = row.whole("total", "capacity") or 0, row.whole("reserved") or 0
        ratio: Fraction = row.fraction("allocation_ratio", 1)
        least, step = row.whole("min_unit"), row.whole("step_size")
        return cls(floor(max(total - reserved, 0) * ratio), least or 1, row.whole("max_unit"), step or 1)


@dataclass
class Provider:
    """A resource provider; a tree of them is a host."""

    uuid: str
    name: str
    parent: str | None = None
    root: str | None = None
    inventories: dict[str, Inventory] = field(default_factory=dict)
    usages: Amounts | None = None
    traits: set[str] | None = None
    aggregates: set[str] = field(default_factory=set)


@dataclass
class PlacementService:
    """All that Placement says.

    Attributes
    ----------
    providers : dict of Provider by id
    held : dict of consumer to dict of provider id to amounts
    ownerless : set of str
        Documents that say neither inside nor by their name whose they are.
    """

    providers: dict[str, Provider] = field(default_factory=dict)
    held: dict[str, dict[str, Amounts]] = field(default_factory=dict)
    ownerless: set[str] = field(default_factory=set)

    def root_of(self, uuid: str) -> str:
        """Id of the root of a provider's tree; of parents that are not there, the last that is."""
        seen = set[str]()
        while uuid not in seen:
            seen.add(uuid)
            provider = self.providers[uuid]
            above = provider.parent or provider.root
            if above is None or above == uuid or above not in self.providers:
                break
            uuid = above
        return uuid

    def trees(self) -> dict[str, list[Provider]]:
        """The providers of each root."""
        found: dict[str, list[Provider]] = {}
        for uuid, provider in self.providers.items():
            found.setdefault(self.root_of(uuid), []).append(provider)
        return found


def read_placement(tables: OpenStackTables) -> PlacementService:
    """Read providers, and give each what belongs to it."""
    placement = PlacementService()
    for row in tables.providers:
        uuid = row.needed("uuid")
        known = placement.providers.setdefault(uuid, Provider(uuid, row.text("name") or uuid))
        known.parent = known.parent or row.text("parent_provider_uuid")
        known.root = known.root or row.text("root_provider_uuid")
    for owned in tables.owned:
        _give(placement, owned)
    return placement


def _give(placement: PlacementService, owned: Owned) -> None:
    """Hand one document on, or each of its parts where they are told apart by their owners."""
    value = owned.value
    if owned.kind == "provider_summaries":
        _summaries(placement, owned)
    elif owned.kind == "consumer":
        _consumer(placement, owned)
    elif isinstance(value, dict) and _by_owner(owned.kind, value):
        for name, part in value.items():
            inner = part.get(owned.kind, part) if isinstance(part, dict) else part
            _give(placement, Owned(owned.kind, str(name), inner, owned.source))
    else:
        provider = owner_of(placement, owned.owner)
        if provider is None:
            placement.ownerless.add(owned.source)
        else:
            _own(placement, provider, owned)


def _by_owner(kind: str, value: dict[Any, Any]) -> bool:
    """Whether an object has a part for each owner rather than one owner's own."""
    parts = [part for part in value.values() if isinstance(part, dict | list)]
    if kind in {"traits", "aggregates"}:
        return bool(parts)
    if kind == "allocations":
        inner = [one for part in parts if isinstance(part, dict) for one in part.values()]
        return (
            bool(parts)
            and not any("resources" in part for part in parts)
            and any("resources" in one for one in inner if isinstance(one, dict))
        )
    return bool(parts) and not any(isinstance(part, dict) and {"total", "capacity"} & part.keys() for part in parts)


def owner_of(placement: PlacementService, told: str) -> Provider | None:
    """The provider that a text names by its id or name, or holds the id of; the only one there is, for any text."""
    if told in placement.providers:
        return placement.providers[told]
    named = [one for one in placement.providers.values() if one.name == told]
    inside = [one for one in placement.providers.values() if one.uuid in told]
    by_name = [one for one in placement.providers.values() if len(one.name) > 2 and one.name in told]
    for found in (named, inside, sorted(by_name, key=lambda one: -len(one.name))[:1]):
        if len(found) == 1:
            return found[0]
    return next(iter(placement.providers.values())) if len(placement.providers) == 1 else None


def _own(placement: PlacementService, provider: Provider, owned: Owned) -> None:
    value, source = owned.value, owned.source
    if owned.kind == "inventories":
        rows = _classes(value, source)
        provider.inventories.update({name: Inventory.read(row) for name, row in rows})
        told = {name: row.whole("used") or 0 for name, row in rows if row.given("used") is not None}
        provider.usages = {**told, **(provider.usages or {})} if told else provider.usages
    elif owned.kind == "usages":
        found = {name: row.whole("usage", "used") or 0 for name, row in _classes(value, source)}
        provider.usages = {**(provider.usages or {}), **found}
    elif owned.kind == "traits":
        provider.traits = (provider.traits or set()) | set(_names(value, source))
    elif owned.kind == "aggregates":
        provider.aggregates |= set(_names(value, source))
    else:
        for consumer, part in Row({"held": value}, source).mapping("held").items():
            _hold(placement, str(consumer), provider.uuid, Row({"held": part}, source).mapping("held"), source)


def _classes(value: Any, source: str) -> list[tuple[str, Row]]:
    """Rows by resource class, of an object or of a list of the command line; a number alone is a usage."""
    if isinstance(value, list):
        rows = [Row(one, source) for one in value if isinstance(one, dict)]
        return [(row.needed("resource_class"), row) for row in rows]
    if not isinstance(value, dict):
        raise FileError(f"{source}: what a provider offers or uses is not an object: give it by resource class.")
    return [
        (str(name), Row(part if isinstance(part, dict) else {"usage": part}, source)) for name, part in value.items()
    ]


def _names(value: Any, source: str) -> list[str]:
    if isinstance(value, list):
        return [Row(one, source).needed("name", "uuid") if isinstance(one, dict) else str(one) for one in value]
    raise FileError(f"{source}: traits and aggregates of a provider are lists of names.")


def _hold(placement: PlacementService, consumer: str, provider: str, part: dict[str, Any], source: str) -> None:
    amounts = Row(part, source).mapping("resources") or {}
    found = {str(name): whole(amount, str(name), source) for name, amount in amounts.items()}
    placement.held.setdefault(consumer, {})[provider] = found


def _consumer(placement: PlacementService, owned: Owned) -> None:
    """What one consumer holds: by provider, as the API and the command line tell it."""
    if isinstance(owned.value, list):
        parts = [(Row(one, owned.source).needed("resource_provider"), one) for one in owned.value]
    else:
        parts = list(Row({"held": owned.value}, owned.source).mapping("held").items())
    told = UUID.search(owned.owner)
    consumer = told.group() if told else owned.owner
    for uuid, part in parts:
        if uuid in placement.providers and isinstance(part, dict):
            _hold(placement, consumer, uuid, part, owned.source)
        else:
            placement.ownerless.add(owned.source)


def _summaries(placement: PlacementService, owned: Owned) -> None:
    """Providers as candidates for allocations tell them: their capacity is worked out already."""
    for uuid, part in Row({"all": owned.value}, owned.source).mapping("all").items():
        row = Row(Row({"part": part}, owned.source).mapping("part"), owned.source)
        provider = placement.providers.setdefault(str(uuid), Provider(str(uuid), str(uuid)))
        provider.parent = provider.parent or row.text("parent_provider_uuid")
        provider.root = provider.root or row.text("root_provider_uuid")
        for name, kind in _classes(row.mapping("resources"), owned.source):
            provider.inventories.setdefault(name, Inventory.read(kind))
            provider.usages = {**(provider.usages or {}), name: kind.whole("used") or 0}
        if "traits" in row:
            provider.traits = (provider.traits or set()) | set(row.texts("traits"))
