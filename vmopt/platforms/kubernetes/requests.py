"""What a pod asks for, as the scheduler counts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from vmopt.platforms.kubernetes.fields import Object, mapping, objects, text
from vmopt.platforms.kubernetes.quantity import units

AT_POD_LEVEL = ("cpu", "memory", "hugepages-")
PODS = "pods"
"""The resource of which every pod takes one."""


def demand_of(pod: Object) -> dict[str, int]:
    """Return the effective request of a pod, for each resource.

    Containers and sidecars run together; init containers run before, one after the other, beside the sidecars that were
    started by then: the larger of both counts. What is asked for at the level of the pod replaces it, and the overhead
    of its runtime class is added.

    Parameters
    ----------
    pod : dict
        As Kubernetes has it; amounts in whole units (`vmopt.platforms.kubernetes.quantity.units`).

    Examples
    --------
    >>> def container(cpu, **more):
    ...     return {"resources": {"requests": {"cpu": cpu}}, **more}
    >>> spec = {"containers": [container("1")], "initContainers": [container("500m", restartPolicy="Always"),
    ...         container("2")], "overhead": {"cpu": "10m"}}
    >>> demand_of({"spec": spec})
    {'cpu': 2510, 'pods': 1}
    """
    spec = mapping(pod, "spec")
    statuses, hopeless = _statuses(pod), _hopeless(pod)
    running = _sum(_request(one, statuses, hopeless) for one in objects(spec, "containers"))
    beside: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for container in objects(spec, "initContainers"):
        own = _request(container, statuses, hopeless)
        if text(container, "restartPolicy") == "Always":
            beside += own
            most |= beside
        else:
            most |= own + beside
    asked = dict((running + beside) | most)
    whole_pod = _amounts(mapping(spec, "resources"), "requests")
    asked.update({kind: n for kind, n in whole_pod.items() if kind.startswith(AT_POD_LEVEL)})
    asked = dict(Counter(asked) + Counter(_amounts(spec, "overhead")))
    return {**asked, PODS: 1}


def container_demand(container: Object) -> dict[str, int]:
    """Return what a container by itself asks for."""
    return _amounts(mapping(container, "resources"), "requests")


def _request(container: Object, statuses: dict[str, Counter[str]], hopeless: bool) -> Counter[str]:
    """What a container asks for; while it is resized, the most of that and what it has, or this alone."""
    own, has = Counter(_amounts(mapping(container, "resources"), "requests")), statuses.get(text(container, "name"))
    if has is None:
        return own
    return has if hopeless else own | has


def _hopeless(pod: Object) -> bool:
    """Whether a resize is pending that its node can never grant."""
    return any(
        (text(one, "type"), text(one, "status"), text(one, "reason")) == ("PodResizePending", "True", "Infeasible")
        for one in objects(pod, "status", "conditions")
    )


def _statuses(pod: Object) -> dict[str, Counter[str]]:
    """What containers have, where that may differ from what they ask for."""
    found: dict[str, Counter[str]] = {}
    for key in ("containerStatuses", "initContainerStatuses"):
        for one in objects(pod, "status", key):
            has = Counter(_amounts(mapping(one, "resources"), "requests")) | Counter(
                _amounts(one, "allocatedResources")
            )
            if has:
                found[text(one, "name")] = has
    return found


def _amounts(given: Any, key: str) -> dict[str, int]:
    return {str(kind): units(amount, str(kind), up=True) for kind, amount in mapping(given, key).items()}


def _sum(parts: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for part in parts:
        total += part
    return total
