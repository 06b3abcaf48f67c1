"""Nodes: what they can give, and what they keep away."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vmopt.platforms.found import CLOSED, FoundHost
from vmopt.platforms.kubernetes.fields import Object, mapping, objects, text, texts
from vmopt.platforms.kubernetes.quantity import units
from vmopt.platforms.tally import FeatureTally

EVICTING = "NoExecute"
HARD = ("NoSchedule", EVICTING)
CORDONED: Object = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
PRESSED = {
    "DiskPressure": "node.kubernetes.io/disk-pressure",
    "PIDPressure": "node.kubernetes.io/pid-pressure",
    "NetworkUnavailable": "node.kubernetes.io/network-unavailable",
}
"""Conditions that keep pods away, and the taints that newer clusters give such nodes."""
VERSION, NEW_ORDER = re.compile(r"v?1\.(\d{1,3})"), 21
"""From this minor version on the scheduler looks at taints before amounts."""
OF_SYSTEM = ("node.kubernetes.io/", "node-role.kubernetes.io/", "node.cloudprovider.kubernetes.io/")
"""Taints by which the cluster keeps away whatever does not belong to it; others are about which pods a node is for."""
NOT_READY: Object = {"key": "node.kubernetes.io/not-ready", "effect": EVICTING}


@dataclass
class Node:
    """A node.

    Attributes
    ----------
    found : FoundHost
    labels : dict of str to str
    taints : list of dict
        Those that keep pods away that do not tolerate them, such as that it is cordoned or not ready.
    wishes : list of dict
        Those that only ask pods to stay away.
    """

    found: FoundHost
    labels: dict[str, str]
    taints: list[Object] = field(default_factory=list)
    wishes: list[Object] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name."""
        return self.found.name


def nodes_of(given: list[Object], tally: FeatureTally) -> list[Node]:
    """Read all nodes."""
    return [_node(one, tally) for one in given]


def _node(given: Object, tally: FeatureTally) -> Node:
    name, labels = text(given, "metadata", "name"), texts(given, "metadata", "labels")
    offered = mapping(given, "status", "allocatable") or mapping(given, "status", "capacity")
    capacity = {str(kind): units(amount, str(kind), up=False) for kind, amount in offered.items()}
    node = Node(FoundHost(name, capacity, dict(labels)), labels)
    for taint in objects(given, "spec", "taints"):
        (node.taints if text(taint, "effect") in HARD else node.wishes).append(taint)
    keys = {text(taint, "key") for taint in node.taints}
    if mapping(given, "spec").get("unschedulable") is True and CORDONED["key"] not in keys:
        node.taints.append(CORDONED)
    told = {text(one, "type"): text(one, "status") for one in objects(given, "status", "conditions")}
    pressed = [key for condition, key in PRESSED.items() if told.get(condition) == "True" and key not in keys]
    node.taints += [{"key": key, "effect": HARD[0]} for key in pressed]
    tally.add("under pressure, without a taint", "modelled", "nodes", "nothing new comes", bool(pressed))
    ready = told.get("Ready", "True")
    if ready != "True" and not keys & {NOT_READY["key"], "node.kubernetes.io/unreachable"}:
        node.taints.append(NOT_READY)
    shut = [key for taint in node.taints if (key := text(taint, "key")).startswith(OF_SYSTEM)]
    if shut:
        node.found.labels[CLOSED] = ", ".join(shut)
    _told(node, tally, ready=ready == "True")
    return node


def _told(node: Node, tally: FeatureTally, *, ready: bool) -> None:
    cordoned = any(text(taint, "key") == CORDONED["key"] for taint in node.taints)
    how = "nothing new comes but what tolerates it, what runs stays"
    tally.add("cordoned", "modelled", "nodes", how, cordoned)
    tally.add("not ready", "modelled", "nodes", "nothing new comes, and what is there is to leave", not ready)
    others = len(node.taints) - cordoned
    tally.add("taints NoSchedule, NoExecute", "modelled", "taints", "pods that do not tolerate them stay away", others)
    how = "pods that do not tolerate them run there at a penalty"
    tally.add("taints PreferNoSchedule", "modelled", "taints", how, len(node.wishes))


def is_older(given: list[Object]) -> bool:
    """Whether all nodes whose version is told are of one before 1.21.

    Examples
    --------
    >>> is_older([{"status": {"nodeInfo": {"kubeletVersion": "v1.18.20-gke.100"}}}]), is_older([])
    (True, False)
    """
    told = (VERSION.match(text(one, "status", "nodeInfo", "kubeletVersion")) for one in given)
    minors = [int(found[1]) for found in told if found is not None]
    return bool(minors) and max(minors) < NEW_ORDER
