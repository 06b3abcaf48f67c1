"""How many volumes of each driver may be attached to a node, and claims that one pod at a time may use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from vmopt.platforms.kubernetes.account import ATTACHED
from vmopt.platforms.kubernetes.bars import Step
from vmopt.platforms.kubernetes.documents import Objects
from vmopt.platforms.kubernetes.fields import mapping, objects, text, whole
from vmopt.platforms.kubernetes.nodes import Node
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.kubernetes.quantity import units
from vmopt.platforms.kubernetes.volumes import Demand, Volumes, not_on_nodes
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


def count_attached(
    given: Objects, nodes: list[Node], pods: list[Pod], volumes: Volumes, tally: FeatureTally
) -> dict[str, list[Demand]]:
    """Let volumes of drivers that have a limit on any node be a resource of nodes, of which each pod takes its own.

    A node without a limit has room for all that there are. Returned is what pods that wait demand of nodes, by their
    names, for volumes that other pods mount as well: these count where they are attached, and nowhere else.
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
    how = "so many to a node as its CSINode says; one that several pods mount counts once for each node that it is on"
    tally.add("attach limits of volumes", "modelled", "pods", how, counts)
    unlimited = sum(bool(of_pod) and not limited & of_pod.keys() for of_pod in asked.values())
    how = "no node tells a limit: give csinodes as well, if there is one"
    tally.add("attach limits of volumes", "left out", "pods", how, unlimited)
    shared = _shared(pods, volumes, limits)
    how = "those that wait come to nodes where they are attached, or that have room for them today (Fence)"
    tally.add("attach limits of shared volumes", "approximated", "waiting pods", how, len(shared))
    return shared


def _asked(pods: list[Pod], volumes: Volumes) -> dict[str, Counter[str]]:
    """How many volumes of each driver a pod brings, beside those of pods before it; first come those that run.

    To each node on which pods run that mount it, a volume is attached once.
    """
    found, known, on_nodes = dict[str, Counter[str]](), set[object](), set[tuple[str, object]]()
    for pod in sorted(pods, key=lambda one: one.found.host is None):
        home, mounted = pod.found.host, dict(volumes.attached(pod))
        own = {one: driver for one, driver in mounted.items() if one not in known or _is_new(home, one, on_nodes)}
        known |= own.keys()
        on_nodes |= {(home, one) for one in own if home is not None}
        found[pod.name] = Counter(own.values())
    return found


def _is_new(home: str | None, volume: object, on_nodes: set[tuple[str, object]]) -> bool:
    return home is not None and (home, volume) not in on_nodes


def _shared(pods: list[Pod], volumes: Volumes, limits: dict[str, dict[str, int]]) -> dict[str, list[Demand]]:
    """What pods that wait demand of nodes whose limit is reached, of volumes that they mount together with others."""
    mounted = {pod.name: dict(volumes.attached(pod)) for pod in pods}
    users = Counter(volume for own in mounted.values() for volume in own)
    on: dict[str, dict[object, str]] = {name: {} for name in limits}
    for pod in pods:
        if pod.found.host is not None:
            on[pod.found.host] |= mounted[pod.name]
    found: dict[str, list[Demand]] = {}
    for pod in pods:
        own = mounted[pod.name] if pod.found.host is None else {}
        if any(users[volume] > 1 for volume in own):
            found[pod.name] = list(_where_full(own, on, limits))
    return {name: demands for name, demands in found.items() if demands}


def _where_full(
    own: dict[object, str], on: dict[str, dict[object, str]], limits: dict[str, dict[str, int]]
) -> Iterator[Demand]:
    """Yield, for each driver, that a node is none of those to which so many more cannot be attached."""
    for driver in sorted(set(own.values())):
        full = []
        for name, attached in on.items():
            more = sum(of == driver and volume not in attached for volume, of in own.items())
            if more and more + Counter(attached.values())[driver] > limits[name].get(driver, more + len(attached)):
                full.append(name)
        if full:
            yield Demand(f"short of {ATTACHED}{driver}", [not_on_nodes(full)], Step.ATTACH)


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
