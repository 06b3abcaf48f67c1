"""Claims of devices, as pods name them or as they are made for pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vmopt.platforms.kubernetes.devices import Key
from vmopt.platforms.kubernetes.fields import Object, mapping, objects, text, words
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


def alike_in(claim: Claim) -> Iterator[tuple[str, list[Object]]]:
    """Yield each attribute of which all devices of some requests are to have the same, with these requests.

    Those with alternatives, and for all devices, are left out.
    """
    for one in objects(claim.given, "spec", "devices", "constraints"):
        named, attribute = set(words(one, "requests")), text(one, "matchAttribute")
        meant = [given for given in claim.requests if not named or text(given, "name") in named]
        exact = [mapping(given, "exactly") or given for given in meant if not objects(given, "firstAvailable")]
        if attribute:
            yield attribute, [given for given in exact if text(given, "allocationMode") != "All"]
