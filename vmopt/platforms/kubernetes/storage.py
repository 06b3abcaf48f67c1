"""Room for volumes that are still to be made, as drivers publish it (``CSIStorageCapacity``)."""

from __future__ import annotations

from vmopt.platforms.kubernetes.documents import Objects
from vmopt.platforms.kubernetes.fields import Object, mapping, objects, text, texts
from vmopt.platforms.kubernetes.free_volumes import ANYWHERE
from vmopt.platforms.kubernetes.quantity import units

STORAGE = "storage"


class StorageRoom:
    """Where volumes of classes can be made, by their size; each claim by itself, as the scheduler looks at them.

    Examples
    --------
    >>> given = Objects()
    >>> topology = {"matchLabels": {"node": "n1"}}
    >>> about = {"metadata": {"name": "one"}, "storageClassName": "local", "nodeTopology": topology}
    >>> given.add("CSIStorageCapacity", {**about, "capacity": "10Gi"})
    >>> room, asks = StorageRoom(given), {"storageClassName": "local"}
    >>> [len(room.terms({"spec": {**asks, "resources": {"requests": {"storage": n}}}}, {})) for n in ("10Gi", "11Gi")]
    [1, 0]
    >>> room.terms({"spec": {"storageClassName": "other"}}, {})
    """

    def __init__(self, given: Objects) -> None:
        self._rooms: dict[str, list[Object]] = {}
        for one in given.of("CSIStorageCapacity"):
            self._rooms.setdefault(text(one, "storageClassName"), []).append(one)
        self._drivers = {text(one, "metadata", "name"): one for one in given.of("CSIDriver")}

    def terms(self, claim: Object, of_class: Object) -> list[Object] | None:
        """Terms of node selectors of which a node with room meets one; None where nobody looks at it."""
        rooms = self._rooms.get(text(claim, "spec", "storageClassName"), [])
        driver = self._drivers.get(text(of_class, "provisioner"))
        looked_at = bool(rooms) if driver is None else mapping(driver, "spec").get("storageCapacity") is True
        if not looked_at:
            return None
        wanted = _size(mapping(claim, "spec", "resources", "requests"), STORAGE, up=True)
        return [_term(one) for one in rooms if one.get("nodeTopology") is not None and _largest(one) >= wanted]


def _largest(room: Object) -> int:
    """The largest volume that can be made there."""
    told = "maximumVolumeSize" if room.get("maximumVolumeSize") is not None else "capacity"
    return _size(room, told, up=False)


def _size(given: Object, name: str, *, up: bool) -> int:
    return units(given[name], STORAGE, up=up) if given.get(name) is not None else 0


def _term(room: Object) -> Object:
    """Its topology, which is a label selector, as a term of a node selector."""
    labels = texts(room, "nodeTopology", "matchLabels")
    alike: list[Object] = [{"key": key, "operator": "In", "values": [value]} for key, value in labels.items()]
    asked = [*alike, *objects(room, "nodeTopology", "matchExpressions")]
    return {"matchExpressions": asked} if asked else ANYWHERE
