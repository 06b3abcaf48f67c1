"""Pods: which of them count, what they ask for, and which may not move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vmopt.platforms.found import KEPT_FOR, FoundGuest
from vmopt.platforms.kubernetes.documents import Objects, naming
from vmopt.platforms.kubernetes.fields import Object, mapping, objects, text, texts, whole
from vmopt.platforms.kubernetes.messages import Messages
from vmopt.platforms.kubernetes.requests import demand_of
from vmopt.platforms.tally import FeatureTally

SYSTEM = 2_000_000_000
"""Priorities from here on are the system's own."""
OF_NOBODY = (
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "statefulset.kubernetes.io/pod-name",
)
"""Labels that tell copies and versions of one thing apart."""
SAFE = "cluster-autoscaler.kubernetes.io/safe-to-evict"
STATIC, OF_DAEMONS, ENDING = "static pod", "of a DaemonSet", "being deleted"
OF_NODES = (STATIC, OF_DAEMONS, ENDING)
"""Why pods may not move that nobody has to evict before their node is empty."""
MIRROR, SOURCE = "kubernetes.io/config.mirror", "kubernetes.io/config.source"


@dataclass
class Pod:
    """A pod that runs or is to run.

    Attributes
    ----------
    found : FoundGuest
        Named ``namespace/name``.
    given : dict
    namespace : str
    labels : dict of str to str
    priority : int
    stays : str
        Why it may not move; empty where it may.
    message : str
        What the scheduler says of it while it waits.
    """

    found: FoundGuest
    given: Object
    namespace: str
    labels: Mapping[str, str]
    priority: int
    stays: str
    message: str = ""

    @property
    def name(self) -> str:
        """Its name, with the namespace."""
        return self.found.name


def pods_of(given: Objects, hosts: set[str], tally: FeatureTally) -> list[Pod]:
    """Read all pods that take room, or wait for it."""
    classes = {text(one, "metadata", "name"): one for one in given.of("PriorityClass")}
    default = next((whole(one, "value") for one in classes.values() if one.get("globalDefault") is True), 0)
    messages = Messages(given)
    found = []
    for one in given.of("Pod"):
        name = f"{text(one, 'metadata', 'namespace') or 'default'}/{text(one, 'metadata', 'name')}"
        with naming("pod", name):
            if _counts(one, hosts, tally):
                found.append(_pod(one, name, _priority(one, classes, default)))
                if found[-1].found.host is None:
                    found[-1].message = messages.of(one)
    for pod in found:
        belongs = pod.stays in OF_NODES
        how = "it is not moved, and its node is emptied without it (Resident)" if belongs else "it is not moved (Keep)"
        tally.add(f"stays: {pod.stays}", "modelled", "pods", how, bool(pod.stays))
        if pod.stays and not belongs:
            pod.found.labels[KEPT_FOR] = pod.stays
    return found


def _counts(pod: Object, hosts: set[str], tally: FeatureTally) -> bool:
    phase, home = text(pod, "status", "phase"), text(pod, "spec", "nodeName")
    if phase in ("Succeeded", "Failed"):
        tally.add("ended", "left out", "pods", "they take no room any more")
        return False
    if home and home not in hosts:
        tally.add("on a node that is not in the data", "left out", "pods", "give the nodes as well")
        return False
    if not home and text(pod, "metadata", "deletionTimestamp"):
        tally.add("deleted before they ran", "left out", "pods", "they will not run any more")
        return False
    how = "they wait for others to stop on a node, and here for room anywhere"
    nominated = not home and bool(text(pod, "status", "nominatedNodeName"))
    tally.add("nominated for a node", "approximated", "waiting pods", how, nominated)
    scheduler = text(pod, "spec", "schedulerName") or "default-scheduler"
    how = "placed as the default scheduler would"
    tally.add(f"scheduler {scheduler[:60]}", "approximated", "pods", how, scheduler != "default-scheduler")
    return True


def _pod(given: Object, name: str, priority: int) -> Pod:
    labels, home = texts(given, "metadata", "labels"), text(given, "spec", "nodeName") or None
    kind, owner = _owner(given)
    shown = {key: value for key, value in labels.items() if key not in OF_NOBODY}
    shown |= {"namespace": name.partition("/")[0]} | ({"owner": f"{kind}/{owner}"} if owner else {})
    found = FoundGuest(name, demand_of(given), home, shown)
    return Pod(found, given, name.partition("/")[0], labels, priority, _stays(given, kind, priority) if home else "")


def _priority(pod: Object, classes: Mapping[str, Object], default: int) -> int:
    if mapping(pod, "spec").get("priority") is not None:
        return whole(pod, "spec", "priority")
    of = classes.get(text(pod, "spec", "priorityClassName"))
    return default if of is None else whole(of, "value")


def _owner(pod: Object) -> tuple[str, str]:
    """Kind and name of who looks after a pod: of a ReplicaSet of a Deployment that Deployment."""
    for one in objects(pod, "metadata", "ownerReferences"):
        if one.get("controller") is True:
            kind, name = text(one, "kind"), text(one, "name")
            tail = text(pod, "metadata", "labels", "pod-template-hash")
            if kind == "ReplicaSet" and tail and name.endswith(f"-{tail}"):
                return "Deployment", name.removesuffix(f"-{tail}")
            return kind, name
    return "", ""


def _stays(pod: Object, kind: str, priority: int) -> str:
    notes = texts(pod, "metadata", "annotations")
    if MIRROR in notes or kind == "Node" or notes.get(SOURCE, "api") != "api":
        return STATIC
    if text(pod, "metadata", "deletionTimestamp"):
        return ENDING
    if kind == "DaemonSet":
        return OF_DAEMONS
    if priority >= SYSTEM:
        return "priority of the system"
    if not kind:
        return "nobody would make it again"
    if notes.get(SAFE) == "false":
        return "not safe to evict"
    volumes = objects(pod, "spec", "volumes")
    return "local data" if any("emptyDir" in one or "hostPath" in one for one in volumes) else ""
