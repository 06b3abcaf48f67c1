"""How many volumes of each driver may be attached to a node, and claims that one pod at a time may use."""

from __future__ import annotations

from collections import Counter

from vmopt.platforms.kubernetes.account import ATTACHED
from vmopt.platforms.kubernetes.documents import Objects
from vmopt.platforms.kubernetes.fields import mapping, objects, text, whole
from vmopt.platforms.kubernetes.nodes import Node
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.kubernetes.quantity import units
from vmopt.platforms.kubernetes.volumes import Volumes
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import apart
from vmopt.rules import BaseRule, Quota

OLDER = {
    "ebs.csi.aws.com": "attachable-volumes-aws-ebs",
    "pd.csi.storage.gke.io": "attachable-volumes-gce-pd",
    "disk.csi.azure.com": "attachable-volumes-azure-disk",
    "cinder.csi.openstack.org": "attachable-volumes-cinder",
}
"""Where nodes told the limits of drivers before there were objects for it."""
ONE_POD, ONE_NODE = "ReadWriteOncePod", "ReadWriteOnce"


def count_attached(given: Objects, nodes: list[Node], pods: list[Pod], volumes: Volumes, tally: FeatureTally) -> None:
    """Let volumes of drivers that have a limit on any node be a resource of nodes, of which each pod takes its own.

    A node without a limit has room for all that there are.
    """
    asked = _asked(pods, volumes)
    total = sum(asked.values(), Counter[str]())
    limits = _limits(given, nodes)
    limited = {driver for of_node in limits.values() for driver in of_node} & total.keys()
    for driver in sorted(limited):
        kind = ATTACHED + driver
        for node in nodes:
            node.found.capacity[kind] = limits[node.name].get(driver, total[driver])
        for pod in pods:
            pod.found.demand[kind] = asked[pod.name][driver]
    counts = sum(any(driver in limited for driver in of_pod) for of_pod in asked.values())
    how = "so many to a node as its CSINode says; one that several pods mount counts once, for the first that runs"
    tally.add("attach limits of volumes", "modelled", "pods", how, counts)
    unlimited = sum(bool(of_pod) and not limited & of_pod.keys() for of_pod in asked.values())
    how = "no node tells a limit: give csinodes as well, if there is one"
    tally.add("attach limits of volumes", "left out", "pods", how, unlimited)


def _asked(pods: list[Pod], volumes: Volumes) -> dict[str, Counter[str]]:
    """How many volumes of each driver a pod brings, beside those of pods before it; first come those that run."""
    found, known = dict[str, Counter[str]](), set[object]()
    for pod in sorted(pods, key=lambda one: one.found.host is None):
        own = {volume: driver for volume, driver in volumes.attached(pod) if volume not in known}
        known |= own.keys()
        found[pod.name] = Counter(own.values())
    return found


def one_at_a_time(pods: list[Pod], volumes: Volumes, tally: FeatureTally) -> list[BaseRule]:
    """At most one pod of each claim that only one pod at a time may use; or as many as use it now."""
    users: dict[tuple[str, str], list[Pod]] = {}
    shared: dict[tuple[str, str], list[Pod]] = {}
    for pod in pods:
        for key, claim in volumes.claims(pod):
            modes = mapping(claim, "spec").get("accessModes")
            if isinstance(modes, list) and ONE_POD in modes:
                users.setdefault(key, []).append(pod)
            elif modes == [ONE_NODE]:
                shared.setdefault(key, []).append(pod)
    among = {pod.name for some in users.values() for pod in some}
    how = "of those that share a claim one runs at a time (Quota)"
    tally.add(ONE_POD, "modelled", "pods", how, len(among))
    several = {pod.name for some in shared.values() if len(some) > 1 for pod in some}
    how = "the scheduler does not look at it, though a second node could not attach the volume"
    tally.add(f"{ONE_NODE}, one claim of several pods", "left out", "pods", how, len(several))
    groups: dict[int, list[list[str]]] = {}
    for some in users.values():
        most = max(1, sum(pod.found.host is not None for pod in some))
        if len(some) > most:
            groups.setdefault(most, []).append([pod.name for pod in some])
    return [Quota(most, of=layer) for most, of in groups.items() for layer in apart(of)]


def _limits(given: Objects, nodes: list[Node]) -> dict[str, dict[str, int]]:
    """How many volumes of which driver each node may have; a driver that it does not name has no limit there."""
    found: dict[str, dict[str, int]] = {node.name: {} for node in nodes}
    for one in given.of("Node"):
        offered = mapping(one, "status", "allocatable")
        of_node = found[text(one, "metadata", "name")]
        of_node |= {driver: units(offered[key], key, up=False) for driver, key in OLDER.items() if key in offered}
    for one in given.of("CSINode"):
        of_node = found.get(text(one, "metadata", "name"), {})
        for driver in objects(one, "spec", "drivers"):
            if mapping(driver, "allocatable").get("count") is not None:
                of_node[text(driver, "name")] = whole(driver, "allocatable", "count")
    return found
