"""Devices that drivers publish (``ResourceSlice``), and which of them a request selects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from vmopt.platforms.fields import as_text
from vmopt.platforms.kubernetes.cel import holds
from vmopt.platforms.kubernetes.documents import Objects, naming
from vmopt.platforms.kubernetes.fields import Object, key_of, mapping, objects, text, whole
from vmopt.platforms.kubernetes.nodes import HARD
from vmopt.platforms.kubernetes.quantity import quantity
from vmopt.platforms.kubernetes.selectors import tolerates

Key = tuple[str, str, str]
"""Driver, pool and name of a device."""
OF_DEVICE = re.compile(r"""device\.(?:attributes|capacity)\[["'][^"']*["']\]\.""")
SELECTED_BY = 60
"""Letters of a selector that are shown."""


class _Domains(dict[str, dict[str, Any]]):
    """Attributes by domain; in one that is not there are none."""

    def __missing__(self, domain: str) -> dict[str, Any]:
        return {}


class Device(NamedTuple):
    """A device.

    Attributes
    ----------
    key : Key
    node : str
        The one node that reaches it; empty where several may.
    view : dict
        What selectors see of it.
    taints : list of dict
    parted : bool
        Whether it is a part of a device, or one that several claims may have at a time.
    """

    key: Key
    node: str
    view: dict[str, Any]
    taints: list[Object]
    parted: bool = False

    def told(self, attribute: str) -> str:
        """What it has of an attribute, which is named with its domain, as a text; empty where it has none."""
        domain, _, own = attribute.rpartition("/")
        value = self.view["attributes"][domain].get(own)
        return "" if value is None else repr(value)


@dataclass(frozen=True)
class Request:
    """So many devices of a class that selectors choose.

    Attributes
    ----------
    of_class : str
    selectors : tuple of str
    tolerations : bytes
        What tells them apart.
    count : int
    """

    of_class: str
    selectors: tuple[str, ...]
    tolerations: bytes
    count: int

    @property
    def name(self) -> str:
        """What its devices are called."""
        told = " && ".join(OF_DEVICE.sub("", " ".join(one.split())) for one in self.selectors)
        short = told if len(told) <= SELECTED_BY else f"{told[:SELECTED_BY]}..."
        return f"{self.of_class} ({short})" if told else self.of_class


def devices_of(given: Objects) -> list[Device]:
    """Read all devices of the last generation of each pool."""
    newest: dict[tuple[str, str], int] = {}
    read = list[tuple[Object, int, list[Device]]]()
    for one in given.of("ResourceSlice"):
        with naming("resource slice", text(one, "metadata", "name")):
            spec = mapping(one, "spec")
            read.append((spec, whole(spec, "pool", "generation"), list(_devices(spec))))
            newest[_pool(spec)] = max(read[-1][1], newest.get(_pool(spec), 0))
    return [one for spec, generation, devices in read if generation == newest[_pool(spec)] for one in devices]


def _pool(spec: Object) -> tuple[str, str]:
    return text(spec, "driver"), text(spec, "pool", "name")


def _devices(spec: Object) -> Iterator[Device]:
    driver, pool = _pool(spec)
    for one in objects(spec, "devices"):
        told = mapping(one, "basic") or one
        attributes, capacity = _Domains(), _Domains()
        for name, value in mapping(told, "attributes").items():
            _put(attributes, driver, name, _attribute(value))
        for name, value in mapping(told, "capacity").items():
            amount = value.get("value") if isinstance(value, dict) else value
            _put(capacity, driver, name, quantity(as_text(amount)))
        view = {"driver": driver, "attributes": attributes, "capacity": capacity}
        node = text(spec, "nodeName") or text(told, "nodeName")
        parted = bool(objects(told, "consumesCounters")) or told.get("allowMultipleAllocations") is True
        yield Device((driver, pool, text(one, "name")), node, view, objects(told, "taints"), parted)


def _attribute(value: Any) -> Any:
    """A text, a number, a truth value or a version; lists of them are told by the first that is there."""
    return next(iter(value.values()), None) if isinstance(value, dict) else value


def _put(domains: dict[str, dict[str, Any]], driver: str, name: str, value: Any) -> None:
    domain, _, own = name.rpartition("/")
    domains.setdefault(domain or driver, {})[own] = value


def chosen(request: Request, of_class: Object, devices: list[Device], tolerations: list[Object]) -> frozenset[int]:
    """Return which devices, by number, a request may be given.

    Raises
    ------
    CelError
        If a selector is beyond what is read here.
    """
    tests = [text(one, "cel", "expression") for one in objects(of_class, "spec", "selectors")]
    tests = [one for one in [*tests, *request.selectors] if one]
    return frozenset(
        n
        for n, device in enumerate(devices)
        if all(holds(one, device.view) for one in tests)
        and all(tolerates(tolerations, one) for one in device.taints if text(one, "effect") in HARD)
    )


def request_of(given: Object) -> Request:
    """Read a request for a number of devices."""
    selectors = tuple(text(one, "cel", "expression") for one in objects(given, "selectors"))
    count = whole(given, "count", default=1)
    return Request(text(given, "deviceClassName"), selectors, key_of(objects(given, "tolerations")), count)


__all__ = ["Device", "Key", "Request", "chosen", "devices_of", "request_of"]
