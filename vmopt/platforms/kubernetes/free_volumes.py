"""Volumes that nobody has claimed yet, for claims of classes that make none."""

from __future__ import annotations

from vmopt.platforms.kubernetes.fields import Object, mapping, objects, text, words
from vmopt.platforms.kubernetes.quantity import units
from vmopt.platforms.kubernetes.selectors import selects

ANYWHERE: Object = {"matchFields": [{"key": "metadata.name", "operator": "NotIn", "values": [""]}]}
"""A term that every node meets."""


class FreeVolumes:
    """Volumes that are available, by their class.

    Examples
    --------
    >>> spec = {"storageClassName": "local", "capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"]}
    >>> free = FreeVolumes([{"spec": spec, "status": {"phase": "Available"}}])
    >>> asks = {"storageClassName": "local", "accessModes": ["ReadWriteOnce"]}
    >>> [len(free.terms({"spec": {**asks, "resources": {"requests": {"storage": f"{n}Gi"}}}})) for n in (10, 11)]
    [1, 0]
    """

    def __init__(self, volumes: list[Object]) -> None:
        self._by_class: dict[str, list[Object]] = {}
        for volume in volumes:
            if text(volume, "status", "phase") in {"Available", ""}:
                self._by_class.setdefault(text(volume, "spec", "storageClassName"), []).append(volume)

    def terms(self, claim: Object) -> list[Object]:
        """Terms of node selectors: a node that meets one of them has a volume for a claim within its reach."""
        found: list[Object] = []
        for volume in self._by_class.get(text(claim, "spec", "storageClassName"), []):
            if _suits(volume, claim):
                found += terms_of(volume) or [ANYWHERE]
        return found


def terms_of(volume: Object) -> list[Object]:
    """Terms of the node selector of a volume."""
    return objects(volume, "spec", "nodeAffinity", "required", "nodeSelectorTerms")


def _suits(volume: Object, claim: Object) -> bool:
    """Whether a volume is large enough, of the right sort, and nobody else's."""
    spec, asked = mapping(volume, "spec"), mapping(claim, "spec")
    owner, about = mapping(spec, "claimRef"), mapping(claim, "metadata")
    if owner and (owner.get("name"), owner.get("namespace")) != (about.get("name"), about.get("namespace")):
        return False
    selector = asked.get("selector")
    if selector is not None and not selects(selector, mapping(volume, "metadata", "labels")):
        return False
    if not set(words(asked, "accessModes")) <= set(words(spec, "accessModes")):
        return False
    return _storage(mapping(spec, "capacity"), up=False) >= _storage(mapping(asked, "resources", "requests"), up=True)


def _storage(amounts: Object, *, up: bool) -> int:
    return units(amounts["storage"], "storage", up=up) if "storage" in amounts else 0
