"""The filters of kube-scheduler, in code of its own: why each node refuses a pod, as things are."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from tests.platforms.kubernetes import HOST

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "m": Fraction(1, 1000)}
CORDONED = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


def amount(told):
    """A quantity."""
    unit = next((unit for unit in UNITS if told.endswith(unit)), "")
    return Fraction(told.removesuffix(unit)) * UNITS.get(unit, 1)


def meets(expression, labels):
    """Whether labels meet a requirement."""
    value, wanted = labels.get(expression["key"]), expression.get("values", [])
    if expression["operator"] == "Gt":
        return value is not None and int(value) > int(wanted[0])
    if expression["operator"] in ("Exists", "DoesNotExist"):
        return (value is not None) == (expression["operator"] == "Exists")
    return (value in wanted) == (expression["operator"] == "In")


def takes(selector, labels):
    """Whether a label selector takes an object."""
    alike = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    return alike and all(meets(one, labels) for one in selector.get("matchExpressions", []))


def untolerated(pod, node):
    """The first taint of a node that a pod does not tolerate."""
    tolerations = pod["spec"].get("tolerations", [])
    return next((one for one in node["spec"].get("taints", []) if not any(_suits(t, one) for t in tolerations)), None)


def _suits(toleration, taint):
    if toleration.get("effect", taint["effect"]) != taint["effect"]:
        return False
    if toleration.get("key", taint["key"]) != taint["key"]:
        return False
    return toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")


def wanted(pod, node):
    """Whether a node meets a pod's selector and required affinity."""
    labels = labels_of(node)
    terms = pod["spec"].get("affinity", {}).get("nodeAffinity", {}).get(REQUIRED, {}).get("nodeSelectorTerms")
    selected = all(labels.get(key) == value for key, value in pod["spec"].get("nodeSelector", {}).items())
    return selected and (terms is None or any(_all_met(term["matchExpressions"], labels) for term in terms))


def _all_met(expressions, labels):
    return all(meets(one, labels) for one in expressions)


def labels_of(one):
    """Labels of an object."""
    return one["metadata"].get("labels", {})


def asked(pod):
    """What a pod asks for."""
    of_containers = [one["resources"]["requests"] for one in pod["spec"]["containers"]]
    return Counter({"pods": 1}) + sum(
        (Counter({k: amount(n) for k, n in one.items()}) for one in of_containers), Counter()
    )


def ports(pod):
    """Host ports of a pod."""
    told = [one for container in pod["spec"]["containers"] for one in container.get("ports", [])]
    return [(one["hostPort"], one.get("hostIP", "0.0.0.0")) for one in told]


class Scheduler:
    """A cluster as the scheduler sees it."""

    def __init__(self, items):
        def named(kind):
            return {one["metadata"]["name"]: one for one in items if one["kind"] == kind}

        self.nodes = [one for one in items if one["kind"] == "Node"]
        self.pods = [one for one in items if one["kind"] == "Pod"]
        self.spaces = {name: labels_of(one) for name, one in named("Namespace").items()}
        self.claims, self.volumes = named("PersistentVolumeClaim"), named("PersistentVolume")
        self.classes, self.drivers = named("StorageClass"), named("CSINode")
        self.by_name = {one["metadata"]["name"]: one for one in self.nodes}
        self.placed = [one for one in self.pods if one["spec"].get("nodeName")]

    def first(self, pod):
        """What keeps a pod from all nodes."""
        if pod["spec"].get("schedulingGates"):
            return "gates"
        claims = [self.claims.get(name) for name in self._mounted(pod)]
        if any(one is None for one in claims):
            return "claim"
        free = [one["spec"] for one in claims if not one["spec"].get("volumeName")]
        at_once = [self.classes[one["storageClassName"]]["volumeBindingMode"] == "Immediate" for one in free]
        return "claim" if any(at_once) else None

    def refusals(self, pod, node):
        """Why a node refuses a pod; nothing where it takes it."""
        taint = untolerated(pod, node)
        if node["spec"].get("unschedulable") and not any(
            _suits(one, CORDONED) for one in pod["spec"].get("tolerations", [])
        ):
            return ["cordoned"]
        if taint is not None:
            return [f"with the taint {taint['key']}"]
        if not wanted(pod, node):
            return ["selector"]
        here = self._on(node)
        if any(a == b and (x == y or "0.0.0.0" in (x, y)) for a, x in ports(pod) for o in here for b, y in ports(o)):
            return ["ports"]
        return self._short(pod, node, here) or self._volumes(pod, node, here) or self._others(pod, node)

    def _on(self, node):
        return [one for one in self.placed if one["spec"]["nodeName"] == node["metadata"]["name"]]

    def _short(self, pod, node, here):
        used = sum((asked(one) for one in here), Counter())
        offered = node["status"]["allocatable"]
        return [f"short of {k}" for k, n in asked(pod).items() if n > amount(offered.get(k, "0")) - used[k]]

    def _mounted(self, pod):
        return [one["persistentVolumeClaim"]["claimName"] for one in pod["spec"].get("volumes", [])]

    def _volumes(self, pod, node, here):
        name, mounted = node["metadata"]["name"], self._mounted(pod)
        used = [claim for one in self.placed for claim in self._mounted(one)]
        if any(self.claims[one]["spec"]["accessModes"] == ["ReadWriteOncePod"] and one in used for one in mounted):
            return ["as another pod uses its claim"]
        attached = {claim for one in here for claim in self._mounted(one)}
        limit = self.drivers[name]["spec"]["drivers"][0]["allocatable"]["count"]
        if set(mounted) - attached and len(attached | set(mounted)) > limit:
            return ["volumes"]
        return [why for one in mounted for why in self._reach(self.claims[one], node)][:1]

    def _reach(self, claim, node):
        volume = self.volumes.get(claim["spec"].get("volumeName"))
        if volume is not None:
            terms = volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"]
            met = any(_all_met(term["matchExpressions"], labels_of(node)) for term in terms)
            return [] if met else ["out of reach of its volumes"]
        allowed = self.classes[claim["spec"]["storageClassName"]]["allowedTopologies"]
        told = [[{**one, "operator": "In"} for one in term["matchLabelExpressions"]] for term in allowed]
        return [] if any(_all_met(one, labels_of(node)) for one in told) else ["where its class makes no volumes"]

    def _others(self, pod, node):
        if any(self._uneven(pod, node, one) for one in pod["spec"].get("topologySpreadConstraints", [])):
            return ["against topology spread"]
        if not self._near(pod, node):
            return ["against pod affinity"]
        own = any(self._met(term, pod, other, node) for term in _terms(pod, "podAntiAffinity") for other in self.placed)
        of_others = (
            self._met(term, other, pod, node, self._home(other))
            for other in self.placed
            for term in _terms(other, "podAntiAffinity")
        )
        return ["against pod anti-affinity"] if own or any(of_others) else []

    def _home(self, pod):
        return self.by_name[pod["spec"]["nodeName"]]

    def _met(self, term, asker, other, node, home=None):
        """Whether a term of the asker means the other, in the domain of a node."""
        key = term["topologyKey"]
        here, there = labels_of(node).get(key), labels_of(home or self._home(other)).get(key)
        return here is not None and here == there and self._meant(term, asker, other)

    def _meant(self, term, asker, other):
        spaces = set(term.get("namespaces", []))
        if "namespaceSelector" in term:
            spaces |= {name for name, labels in self.spaces.items() if takes(term["namespaceSelector"], labels)}
        spaces = spaces or {asker["metadata"]["namespace"]}
        mine, theirs = labels_of(asker), labels_of(other)
        same = all(theirs.get(key) == mine[key] for key in term.get("matchLabelKeys", []))
        differs = all(theirs.get(key) != mine[key] for key in term.get("mismatchLabelKeys", []))
        return other["metadata"]["namespace"] in spaces and takes(term["labelSelector"], theirs) and same and differs

    def _near(self, pod, node):
        terms = _terms(pod, "podAffinity")
        fit = [other for other in self.placed if all(self._meant(term, pod, other) for term in terms)]
        if any(term["topologyKey"] not in labels_of(node) for term in terms):
            return False
        if all(any(self._met(term, pod, other, node) for other in fit) for term in terms):
            return True
        counted = any(term["topologyKey"] in labels_of(self._home(other)) for term in terms for other in fit)
        return not counted and all(self._meant(term, pod, pod) for term in terms)

    def _uneven(self, pod, node, rule):
        key, mine = rule["topologyKey"], labels_of(pod)

        def counts(other):
            same = all(labels_of(other).get(one) == mine[one] for one in rule.get("matchLabelKeys", []))
            alike = other["metadata"]["namespace"] == pod["metadata"]["namespace"]
            return alike and same and takes(rule["labelSelector"], labels_of(other))

        found = Counter()
        for one in self.nodes:
            open_ = rule.get("nodeTaintsPolicy") != "Honor" or untolerated(pod, one) is None
            if key in labels_of(one) and open_ and (rule.get("nodeAffinityPolicy") == "Ignore" or wanted(pod, one)):
                found[labels_of(one)[key]] += sum(map(counts, self._on(one)))
        if key not in labels_of(node):
            return True
        least = 0 if len(found) < rule.get("minDomains", 1) else min(found.values())
        return found[labels_of(node)[key]] + counts(pod) - least > rule["maxSkew"]


def _terms(pod, kind):
    return pod["spec"].get("affinity", {}).get(kind, {}).get(REQUIRED, [])


__all__ = ["HOST", "REQUIRED", "Scheduler"]
