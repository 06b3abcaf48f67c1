"""Small clusters of Kubernetes for tests, and what the scheduler's documentation says of them, in code of its own."""

from __future__ import annotations

import random

ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


def node(name, zone="a", cpu="4", *, taints=(), labels=None, **spec):
    """A node that is ready."""
    return {
        "kind": "Node",
        "metadata": {"name": name, "labels": {HOST: name, ZONE: zone, **(labels or {})}},
        "spec": {"taints": list(taints), **spec},
        "status": {
            "allocatable": {"cpu": cpu, "memory": "8Gi", "pods": "20"},
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


def pod(name, on=None, cpu="500m", labels=None, **spec):
    """A pod of a ReplicaSet, that runs on a node, or waits."""
    container = {"name": "c", "resources": {"requests": {"cpu": cpu, "memory": "256Mi"}}}
    return {
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": "shop",
            "labels": labels or {},
            "ownerReferences": [{"kind": "ReplicaSet", "name": "of", "controller": True}],
        },
        "spec": {"containers": [container], **({"nodeName": on} if on else {}), **spec},
        "status": {"phase": "Running" if on else "Pending"},
    }


def selector(app):
    """Pods of an application."""
    return {"matchLabels": {"app": app}}


def apart(app, key=HOST):
    """Required anti-affinity."""
    term = {"labelSelector": selector(app), "topologyKey": key}
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def near(app, key=ZONE):
    """Required affinity."""
    term = {"labelSelector": selector(app), "topologyKey": key}
    return {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def spread(app, key=ZONE, most=1):
    """A topology spread constraint."""
    return {"maxSkew": most, "topologyKey": key, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector(app)}


def drawn(seed):
    """A random cluster where nothing runs yet."""
    dice = random.Random(seed)
    gpu = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
    nodes = [
        node(
            f"n{n}",
            dice.choice("ab"),
            labels={"disk": dice.choice(["ssd", "hdd"])},
            taints=[gpu] if dice.random() < 0.2 else [],
            **({"unschedulable": True} if dice.random() < 0.1 else {}),
        )
        for n in range(dice.randint(2, 4))
    ]
    pods = []
    for n in range(dice.randint(2, 5)):
        spec = {}
        if dice.random() < 0.25:
            spec["nodeSelector"] = {"disk": dice.choice(["ssd", "hdd"])}
        if dice.random() < 0.25:
            spec["tolerations"] = [{"key": "gpu", "operator": "Exists"}]
        if dice.random() < 0.5:
            spec["affinity"] = dice.choice([apart, apart, near])(dice.choice(["web", "db"]), dice.choice([HOST, ZONE]))
        pods.append(pod(f"p{n}", labels={"app": dice.choice(["web", "db"])}, **spec))
    return [*nodes, *pods]


def allowed(given, placed):
    """Whether the documentation allows pods by name to run on nodes by name together, whoever came first."""
    nodes, pods = _by_name(given)
    return all(_fits(pods[name], nodes[home], pods, nodes, placed) for name, home in placed.items())


def reachable(given, placed):
    """Whether there is an order in which the scheduler may bind them so."""
    nodes, pods = _by_name(given)
    if not all(_fits(pods[name], nodes[home], pods, nodes, placed, alone=True) for name, home in placed.items()):
        return False

    def bound(some):
        last = (name for name in some if _fits(pods[name], nodes[some[name]], pods, nodes, some))
        return not some or any(bound({n: home for n, home in some.items() if n != name}) for name in last)

    return bound(placed)


def _by_name(given):
    return tuple({one["metadata"]["name"]: one for one in given if one["kind"] == kind} for kind in ("Node", "Pod"))


def _fits(one, home, pods, nodes, placed, *, alone=False):
    labels, spec = home["metadata"]["labels"], one["spec"]
    if any(labels.get(key) != value for key, value in spec.get("nodeSelector", {}).items()):
        return False
    tolerant = bool(spec.get("tolerations"))
    if home["spec"].get("unschedulable") or (home["spec"]["taints"] and not tolerant):
        return False
    for kind, wanted in (("podAntiAffinity", False), *([] if alone else [("podAffinity", True)])):
        for term in spec.get("affinity", {}).get(kind, {}).get("requiredDuringSchedulingIgnoredDuringExecution", []):
            app, key = term["labelSelector"]["matchLabels"]["app"], term["topologyKey"]
            here = labels.get(key)
            others = [name for name in placed if name != one["metadata"]["name"]]
            meant = [name for name in others if pods[name]["metadata"]["labels"]["app"] == app]
            beside = [name for name in meant if nodes[placed[name]]["metadata"]["labels"].get(key) == here]
            first = one["metadata"]["labels"]["app"] == app and not meant
            if bool(beside) != wanted and not (wanted and first):
                return False
    return True
