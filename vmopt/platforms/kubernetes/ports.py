"""Ports of nodes that pods take for themselves."""

from __future__ import annotations

from vmopt.platforms.kubernetes.fields import mapping, objects, text, whole
from vmopt.platforms.kubernetes.pod_groups import PodGroups
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import HOST

ANY = "0.0.0.0"


def state_ports(pods: list[Pod], stated: PodGroups, tally: FeatureTally) -> None:
    """At most one pod of each port, protocol and address on a node; the address of all of them counts for each."""
    takers: dict[tuple[int, str], dict[str, list[str]]] = {}
    for pod in pods:
        taken = _ports(pod)
        for port, protocol, address in taken:
            takers.setdefault((port, protocol), {}).setdefault(address, []).append(pod.name)
        tally.add("host ports", "modelled", "pods", "one pod of a port on a node (Spread)", bool(taken))
    for by_address in takers.values():
        everywhere = by_address.get(ANY, [])
        groups = [everywhere + names for address, names in by_address.items() if address != ANY] or [everywhere]
        for group in groups:
            if len(set(group)) > 1:
                stated.spread(set(group), HOST)


def _ports(pod: Pod) -> set[tuple[int, str, str]]:
    spec = mapping(pod.given, "spec")
    own = spec.get("hostNetwork") is True
    found = set()
    beside = [one for one in objects(spec, "initContainers") if text(one, "restartPolicy") == "Always"]
    for container in [*objects(spec, "containers"), *beside]:
        for one in objects(container, "ports"):
            port = whole(one, "hostPort") or (whole(one, "containerPort") if own else 0)
            if port > 0:
                address = text(one, "hostIP") or ANY
                found.add((port, text(one, "protocol") or "TCP", ANY if address == "::" else address))
    return found
