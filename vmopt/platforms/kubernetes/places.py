"""On which nodes a pod may run: selectors, affinity to nodes, taints, volumes."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import BoolArray
from vmopt.platforms.kubernetes.fields import Object, key_of, mapping, objects, text, texts, whole
from vmopt.platforms.kubernetes.nodes import CORDONED, EVICTING, Node
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.kubernetes.selectors import NAME, holds, tolerates
from vmopt.platforms.kubernetes.volumes import Volumes
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import BROKEN, WISH
from vmopt.plurals import count
from vmopt.rules import Ban, BaseRule, Fence, Keep

REQUIRED, PREFERRED = (
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
)
HEAVIEST = 100
"""Weight of the strongest preference."""


class NodeRules:
    """Rules about who may run where, each for all pods that ask for the same.

    Kubernetes looks at them when a pod is scheduled, and never again: where a pod runs now it may go on running, unless
    a taint evicts it.

    Attributes
    ----------
    against : dict of str to str
        What closes nodes to pods that wait, by their names, once `rules` were made.
    """

    def __init__(self, nodes: list[Node], pods: list[Pod], volumes: Volumes, tally: FeatureTally) -> None:
        self._nodes, self._pods, self._volumes, self._tally = nodes, pods, volumes, tally
        self._at = {node.name: n for n, node in enumerate(nodes)}
        self._masks: dict[bytes, BoolArray] = {}
        self.against: dict[str, str] = {}

    def rules(self) -> list[BaseRule]:
        """All of them."""
        moving = [pod for pod in self._pods if not pod.stays]
        stays = [pod.name for pod in self._pods if pod.stays]
        kept: list[BaseRule] = [Keep(stays)] if stays else []
        return [*kept, *self._fences(moving), *self._wishes(moving), *self._evictions(moving)]

    def _fences(self, pods: list[Pod]) -> list[BaseRule]:
        """Fences, one for all pods with the same nodes; pods that are elsewhere now may stay there."""
        groups: dict[bytes, tuple[BoolArray, list[str]]] = {}
        elsewhere: dict[bytes, tuple[BoolArray, list[Pod]]] = {}
        for pod in pods:
            allowed = self._allowed(pod)
            outside = pod.found.host is not None and not allowed[self._at[pod.found.host]]
            how = "it may go on there, or where others of its sort are that could not be scheduled either"
            self._tally.add("runs where it could not be scheduled now", "approximated", "pods", how, outside)
            if outside:
                elsewhere.setdefault(allowed.tobytes(), (allowed, []))[1].append(pod)
            else:
                groups.setdefault(allowed.tobytes(), (allowed, []))[1].append(pod.name)
        fences: list[BaseRule] = [Fence(names, allowed) for allowed, names in groups.values() if not allowed.all()]
        return fences + [self._or_at_home(allowed, there) for allowed, there in elsewhere.values()]

    def _or_at_home(self, allowed: BoolArray, pods: list[Pod]) -> BaseRule:
        """One fence for all of them: what they may use, and the nodes where they are."""
        wider = allowed.copy()
        wider[[self._at[str(pod.found.host)] for pod in pods]] = True
        return Fence([pod.name for pod in pods], wider)

    def _allowed(self, pod: Pod) -> BoolArray:
        spec = mapping(pod.given, "spec")
        selector = texts(spec, "nodeSelector")
        terms = mapping(spec, "affinity", "nodeAffinity", REQUIRED)
        demands = self._volumes.demands(pod)
        self._tally.add("nodeSelector", "modelled", "pods", "on nodes with these labels (Fence)", bool(selector))
        self._tally.add("node affinity, required", "modelled", "pods", "on nodes that meet it (Fence)", bool(terms))
        tolerations = objects(spec, "tolerations")
        chosen = [self._mask({"key": key, "operator": "In", "values": [value]}) for key, value in selector.items()]
        bars = [
            ("cordoned", self._untainted(tolerations, cordons=True)),
            ("with taints that it does not tolerate", self._untainted(tolerations, cordons=False)),
            *(("without a label of its nodeSelector", mask) for mask in chosen),
            *(("against its node affinity", self._any(objects(one, "nodeSelectorTerms"))) for one in [terms] if one),
            *(("out of reach of its volumes", self._any(one)) for one in demands),
        ]
        if pod.found.host is None:
            self._tell(pod, bars)
        allowed: BoolArray = np.logical_and.reduce([mask for _, mask in bars])
        return allowed

    def _tell(self, pod: Pod, bars: list[tuple[str, BoolArray]]) -> None:
        """Note how many nodes are closed to a pod, each by the first reason that there is."""
        left, told = np.ones(len(self._nodes), dtype=bool), dict[str, int]()
        for why, mask in bars:
            told[why] = told.get(why, 0) + int((left & ~mask).sum())
            left &= mask
        reasons = [f"{n:,} {why}" for why, n in told.items() if n]
        if reasons:
            open_to = f"{int(left.sum()):,} of {count(len(left), 'node')}"
            self.against[pod.name] = f"{open_to} may run it: {', '.join(reasons)}"

    def _untainted(self, tolerations: list[Object], *, cordons: bool) -> BoolArray:
        """Nodes whose taints are all tolerated: that they are cordoned, or all others."""

        def tolerated(node: Node) -> bool:
            asked = [taint for taint in node.taints if (text(taint, "key") == CORDONED["key"]) is cordons]
            return _all_tolerated(tolerations, asked)

        return self._kept(["taints", cordons, tolerations], tolerated)

    def _any(self, terms: list[Object]) -> BoolArray:
        """Nodes that meet one of the terms of a node selector."""
        found = np.zeros(len(self._nodes), dtype=bool)
        for term in terms:
            asked = objects(term, "matchExpressions")
            named = objects(term, "matchFields")
            if asked or named:
                masks = [*map(self._mask, asked), *(self._mask(one, of_name=True) for one in named)]
                found |= np.logical_and.reduce(masks)
        return found

    def _mask(self, expression: Object, *, of_name: bool = False) -> BoolArray:
        def meets(node: Node) -> bool:
            return holds(expression, {NAME: node.name} if of_name else node.labels)

        return self._kept([of_name, expression], meets)

    def _kept(self, key: Any, test: Any) -> BoolArray:
        """The nodes that pass a test, which is made once."""
        told = key_of(key)
        if told not in self._masks:
            self._masks[told] = np.fromiter((test(node) for node in self._nodes), bool, len(self._nodes))
        return self._masks[told]

    def _wishes(self, pods: list[Pod]) -> list[BaseRule]:
        """Preferences, at penalties in proportion to their weights."""
        asked: dict[tuple[bytes, float], tuple[BoolArray, list[str]]] = {}
        for pod in pods:
            wanted = objects(pod.given, "spec", "affinity", "nodeAffinity", PREFERRED)
            how = f"other nodes at a penalty of up to {WISH:g} (soft Fence)"
            self._tally.add("node affinity, preferred", "modelled", "pods", how, bool(wanted))
            masks = [(self._any([mapping(one, "preference")]), whole(one, "weight", default=1)) for one in wanted]
            shy = self._kept(["wishes", objects(pod.given, "spec", "tolerations")], _welcomes(pod))
            for mask, weight in [*masks, (shy, HEAVIEST)]:
                if weight > 0 and mask.any() and not mask.all():
                    key = (mask.tobytes(), WISH * weight / HEAVIEST)
                    asked.setdefault(key, (mask, []))[1].append(pod.name)
        return [Fence(names, mask, penalty=penalty) for (_, penalty), (mask, names) in asked.items()]

    def _evictions(self, pods: list[Pod]) -> list[BaseRule]:
        """Who is to leave a node that evicts, or is not ready; it goes on running where there is no other place."""
        taints = {node.name: [one for one in node.taints if one["effect"] == EVICTING] for node in self._nodes}
        evicting = {name: some for name, some in taints.items() if some}
        leaving: dict[tuple[str, ...], list[str]] = {}
        for pod in pods:
            if pod.found.host in evicting:
                tolerated = _for_good(pod)
                unbearable = tuple(name for name, some in evicting.items() if not _all_tolerated(tolerated, some))
                if pod.found.host in unbearable:
                    leaving.setdefault(unbearable, []).append(pod.name)
        how = f"they are to leave, at a penalty of {BROKEN:g} where they stay (soft Ban)"
        self._tally.add("on nodes that evict them", "modelled", "pods", how, sum(map(len, leaving.values())))
        return [Ban(names, nodes, penalty=BROKEN) for nodes, names in leaving.items()]


def _for_good(pod: Pod) -> list[Object]:
    """Tolerations that do not end after some seconds."""
    return [one for one in objects(pod.given, "spec", "tolerations") if one.get("tolerationSeconds") is None]


def _all_tolerated(tolerations: list[Object], taints: list[Object]) -> bool:
    return all(tolerates(tolerations, taint) for taint in taints)


def _welcomes(pod: Pod) -> Any:
    tolerations = objects(pod.given, "spec", "tolerations")
    return lambda node: _all_tolerated(tolerations, node.wishes)
