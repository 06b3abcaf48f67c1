"""Objects of a cluster, sorted by kind, from any mix of lists, single objects and folders of a cluster-info dump."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from vmopt.errors import FileError
from vmopt.platforms.kubernetes.fields import Object, mapping, text
from vmopt.summary.layout import printable

DEEPEST = 4
"""Lists within lists that are looked into."""
KINDS = (
    "Node",
    "Pod",
    "PriorityClass",
    "PodDisruptionBudget",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "Namespace",
    "CSINode",
    "StorageClass",
    "CSIDriver",
    "CSIStorageCapacity",
    "ResourceSlice",
    "DeviceClass",
    "ResourceClaim",
    "ResourceClaimTemplate",
    "NodeResourceTopology",
    "KubeletConfiguration",
    "Event",
)


@dataclass
class Objects:
    """Objects by kind, each once by namespace and name, the last that was read; and how many there are of others."""

    by_kind: dict[str, dict[tuple[str, str], Object]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    others: dict[str, int] = field(default_factory=dict)

    def of(self, kind: str) -> list[Object]:
        """All of a kind."""
        return list(self.by_kind[kind].values())

    def add(self, kind: str, given: Object) -> None:
        """Take an object in."""
        if kind not in self.by_kind:
            self.others[kind] = self.others.get(kind, 0) + 1
            return
        key = (text(given, "metadata", "namespace"), text(given, "metadata", "name"))
        if kind == "KubeletConfiguration":
            key = ("", str(len(self.by_kind[kind])))
        if not key[1]:
            raise FileError(f"a {kind} has no metadata.name, and cannot be told apart without it.")
        self.by_kind[kind][key] = given


@contextmanager
def naming(kind: str, name: str) -> Iterator[None]:
    """Have errors in the fields of an object say whose they are."""
    try:
        yield
    except FileError as error:
        raise FileError(f"{kind} {printable(name)}: {error}") from None


def sorted_by_kind(documents: Iterable[tuple[str, Any]]) -> Objects:
    """Sort the objects of parsed documents.

    Raises
    ------
    FileError
        With the name of the file, if a document is no object of Kubernetes.

    Examples
    --------
    >>> node = {"kind": "Node", "metadata": {"name": "n1"}}
    >>> sorted_by_kind([("dump.json", {"kind": "List", "items": [node]})]).of("Node") == [node]
    True
    """
    found = Objects()
    for name, document in documents:
        try:
            for kind, one in _objects(document, "", 0):
                found.add(kind, one)
        except FileError as error:
            raise FileError(f"{name}: {error}") from None
    return found


def _objects(given: Any, kind: str, depth: int) -> Iterator[tuple[str, Object]]:
    """Yield what a document holds; items of a list may leave out what kind they are."""
    if isinstance(given, list) and depth < DEEPEST:
        for one in given:
            yield from _objects(one, kind, depth + 1)
        return
    if not isinstance(given, dict):
        raise FileError("it is no object of Kubernetes: give what kubectl get ... -o json or -o yaml prints.")
    own = text(given, "kind") or kind
    if isinstance(given.get("items"), list) and depth < DEEPEST and (own.endswith("List") or not own):
        for one in given["items"]:
            yield from _objects(one, own.removesuffix("List"), depth + 1)
    elif isinstance(given.get("kubeletconfig"), dict):
        yield "KubeletConfiguration", given["kubeletconfig"]
    else:
        yield own or _guessed(given), given


def _guessed(given: Object) -> str:
    """The kind of an object that does not say so, as in a cluster-info dump, or in what a kubelet tells of itself."""
    if "allocatable" in mapping(given, "status"):
        return "Node"
    if "topologyManagerPolicy" in given:
        return "KubeletConfiguration"
    return "Pod" if "containers" in mapping(given, "spec") else "objects of unknown kind"
