"""Claims of devices, as pods name them or as they are made for pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vmopt.platforms.kubernetes.devices import Key
from vmopt.platforms.kubernetes.fields import Object, objects, text
from vmopt.platforms.kubernetes.volumes import Demand


class Claim(NamedTuple):
    """A claim, or the template of one that is still to be made."""

    key: tuple[str, ...]
    given: Object

    @property
    def requests(self) -> list[Object]:
        """What it asks for."""
        return objects(self.given, "spec", "devices", "requests")

    @property
    def taken(self) -> list[Key]:
        """Devices that it has been given for itself."""
        results = objects(self.given, "status", "allocation", "devices", "results")
        alone = (one for one in results if one.get("adminAccess") is not True)
        return [(text(one, "driver"), text(one, "pool"), text(one, "device")) for one in alone]


def where_claimed(claims: list[Claim]) -> Iterator[Demand]:
    """Claims that have devices already are used where these are."""
    for claim in claims:
        terms = objects(claim.given, "status", "allocation", "nodeSelector", "nodeSelectorTerms")
        if terms:
            yield Demand("out of reach of the devices of its claims", terms)
