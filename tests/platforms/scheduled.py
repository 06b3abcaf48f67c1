"""Random clusters that a scheduler has filled pod by pod, with pods left over."""

from __future__ import annotations

import random

from tests.platforms.kubernetes import HOST, ZONE
from tests.platforms.scheduler import CORDONED, REQUIRED, Scheduler

EBS = "ebs.csi.aws.com"
TAINTS = (
    {"key": "gpu", "value": "yes", "effect": "NoSchedule"},
    {"key": "infra", "value": "yes", "effect": "NoSchedule"},
    {"key": "spot", "effect": "NoExecute"},
)
TOLERATIONS = (
    [{"key": "gpu", "operator": "Exists"}],
    [{"operator": "Exists"}],
    [{"key": "infra", "value": "yes"}],
    [{"key": "spot", "operator": "Exists", "effect": "NoExecute"}],
)
NODE_TERMS = (
    {"key": "cores", "operator": "Gt", "values": ["4"]},
    {"key": ZONE, "operator": "NotIn", "values": ["a"]},
    {"key": "disk", "operator": "In", "values": ["ssd"]},
)
APPS = ("web", "db", "cache")


class Dice(random.Random):
    """Random numbers, and coins."""

    def coin(self, part):
        """True in a part of all cases."""
        return self.random() < part

    def maybe(self, part, given):
        """These fields in a part of all cases."""
        return given if self.coin(part) else {}


def filled(seed, features):
    """A cluster with pods that use some features: many run, others wait, of which some would fit."""
    dice = Dice(seed)
    items = [*_nodes(dice, features), *_storage(dice), *map(_space, ("shop", "data"))]
    waits = [pod for g in range(dice.randint(3, 8)) for pod in _group(dice, g, features)]
    dice.shuffle(waits)
    for pod in waits:
        items.append(pod)
        here = Scheduler(items)
        free = [] if here.first(pod) else [node for node in here.nodes if not here.refusals(pod, node)]
        if free and dice.coin(0.88):
            pod["spec"]["nodeName"] = dice.choice(free)["metadata"]["name"]
            pod["status"]["phase"] = "Running"
    return items


def _space(name):
    return {"kind": "Namespace", "metadata": {"name": name, "labels": {"team": name}}}


def _nodes(dice, features):
    for n in range(dice.randint(5, 12)):
        labels = {HOST: f"n{n}", "disk": dice.choice(["ssd", "hdd"]), "cores": dice.choice(["4", "8"])}
        labels |= dice.maybe(0.85, {ZONE: dice.choice("abc")})
        offers = {"cpu": dice.choice(["2", "4", "3920m"]), "memory": "8Gi", "pods": dice.choice(["4", "6", "110"])}
        offers |= {"hugepages-2Mi": dice.choice(["0", "64Mi"]), "nvidia.com/gpu": dice.choice(["0", "1"])}
        shut = "cordoned" in features and dice.coin(0.15)
        taints = dice.sample(TAINTS, dice.choice([1, 1, 2])) if "taints" in features and dice.coin(0.3) else []
        yield {
            "kind": "Node",
            "metadata": {"name": f"n{n}", "labels": labels},
            "spec": {"taints": [*taints, *([CORDONED] if shut else [])], **({"unschedulable": True} if shut else {})},
            "status": {"allocatable": offers},
        }
        driver = {"name": EBS, "allocatable": {"count": dice.choice([1, 2, 25])}}
        yield {"kind": "CSINode", "metadata": {"name": f"n{n}"}, "spec": {"drivers": [driver]}}


def _storage(dice):
    topology = {"matchLabelExpressions": [{"key": ZONE, "values": ["a", "b"]}]}
    for name, mode in (("late", "WaitForFirstConsumer"), ("now", "Immediate")):
        about = {"metadata": {"name": name}, "provisioner": EBS, "volumeBindingMode": mode}
        yield {"kind": "StorageClass", **about, "allowedTopologies": [topology]}
        yield _claim(name, {"accessModes": ["ReadWriteOnce"], "storageClassName": name})
    for n in range(4):
        term = {"matchExpressions": [{"key": ZONE, "operator": "In", "values": [dice.choice("abc")]}]}
        spec = {
            "csi": {"driver": EBS, "volumeHandle": f"v{n}"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
        }
        yield {"kind": "PersistentVolume", "metadata": {"name": f"v{n}"}, "spec": spec, "status": {"phase": "Bound"}}
        modes = ["ReadWriteOnce" if n else "ReadWriteOncePod"]
        yield _claim(f"c{n}", {"volumeName": f"v{n}", "accessModes": modes, "storageClassName": "late"})
    yield _claim("elsewhere", {"volumeName": "v1", "accessModes": ["ReadWriteOnce"]}, "data")


def _claim(name, spec, space="shop"):
    return {"kind": "PersistentVolumeClaim", "metadata": {"name": name, "namespace": space}, "spec": spec}


def _group(dice, g, features):
    """Pods of one owner."""
    space, app = dice.choice(["shop", "shop", "data"]), dice.choice(APPS)
    asks = {"cpu": dice.choice(["100m", "500m", "1", "1500m"]), "memory": dice.choice(["256Mi", "1Gi", "5Gi"])}
    asks |= dice.maybe(0.2, {"nvidia.com/gpu": "1"}) | dice.maybe(0.15, {"hugepages-2Mi": "32Mi"})
    port = {"hostPort": dice.choice([80, 443]), **dice.maybe(0.3, {"hostIP": "10.0.0.1"})}
    container = {"name": "c", "resources": {"requests": asks}, **dice.maybe(0.15, {"ports": [port]})}
    spec = {"containers": [container], **_spec(dice, app, space, features)}
    for n in range(dice.randint(1, 5)):
        about = {"name": f"p{g}-{n}", "namespace": space, "labels": {"app": app, "track": dice.choice("12")}}
        owner = [{"kind": "ReplicaSet", "name": f"g{g}", "controller": True}]
        yield {
            "kind": "Pod",
            "metadata": {**about, "ownerReferences": owner},
            "spec": dict(spec),
            "status": {"phase": "Pending"},
        }


def _spec(dice, app, space, features):
    def wish(feature, part):
        return feature in features and dice.coin(part)

    spec, affinity = {}, {}
    if wish("selector", 0.2):
        spec["nodeSelector"] = {"disk": dice.choice(["ssd", "hdd", "tape"])}
    if wish("selector", 0.2):
        terms = [{"matchExpressions": [dice.choice(NODE_TERMS)]} for _ in range(dice.choice([1, 2]))]
        affinity["nodeAffinity"] = {REQUIRED: {"nodeSelectorTerms": terms}}
    if wish("taints", 0.4):
        spec["tolerations"] = dice.choice(TOLERATIONS)
    for kind in ("podAffinity", "podAntiAffinity"):
        if wish(kind, 0.35):
            affinity[kind] = {REQUIRED: [_term(dice) for _ in range(dice.choice([1, 1, 2]))]}
    if wish("spread", 0.4):
        spec["topologySpreadConstraints"] = [_spread(dice, app)]
    if space == "shop" and wish("volumes", 0.3):
        named = dice.choice(["c0", "c1", "c2", "c3", "now", "gone"])
        spec["volumes"] = [{"name": "v", "persistentVolumeClaim": {"claimName": named}}]
    return {**spec, "affinity": affinity, **({"schedulingGates": [{"name": "q"}]} if wish("gates", 0.05) else {})}


def _term(dice):
    whose = dice.choice([{}, {}, {"namespaceSelector": {}}, {"namespaceSelector": {"matchLabels": {"team": "data"}}}])
    keys = dice.choice([{}, {}, {}, {"matchLabelKeys": ["track"]}, {"mismatchLabelKeys": ["track"]}])
    app = {"matchLabels": {"app": dice.choice(APPS)}}
    return {"labelSelector": app, "topologyKey": dice.choice([HOST, ZONE, ZONE]), **whose, **keys}


def _spread(dice, app):
    more = dice.maybe(0.2, {"minDomains": dice.choice([2, 4])}) | dice.maybe(0.3, {"nodeTaintsPolicy": "Honor"})
    more |= dice.maybe(0.2, {"nodeAffinityPolicy": "Ignore"}) | dice.maybe(0.2, {"matchLabelKeys": ["track"]})
    selector = {"matchLabels": {"app": app if dice.coin(0.8) else dice.choice(APPS)}}
    base = {"maxSkew": dice.choice([1, 1, 2]), "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector}
    return {**base, "topologyKey": dice.choice([ZONE, ZONE, HOST]), **more}
