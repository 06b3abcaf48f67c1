"""On which nodes a pod may run: selectors, affinity to nodes, taints, volumes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray
from vmopt.platforms.kubernetes.bars import Bar, Step, meeting_all
from vmopt.platforms.kubernetes.fields import Object, key_of, mapping, objects, text, texts, whole, words
from vmopt.platforms.kubernetes.nodes import CORDONED, EVICTING, Node
from vmopt.platforms.kubernetes.pods import OF_NODES, Pod
from vmopt.platforms.kubernetes.selectors import NAME, holds, tolerates
from vmopt.platforms.kubernetes.volumes import Demand
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import BROKEN, WISH
from vmopt.rules import Ban, BaseRule, Fence, Keep, Resident
from vmopt.rules.parse import PATTERN

REQUIRED, PREFERRED = (
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
)
Demands = Callable[[Pod], list[Demand]]
"""What the claims of a pod demand of its node."""
MOST_NAMED = 16
"""Nodes of a fence that are named one by one."""
HEAVIEST = 100
"""Weight of the strongest preference."""


class NodeRules:
    """Rules about who may run where, each for all pods that ask for the same.

    Kubernetes looks at them when a pod is scheduled, and never again: where a pod runs now it may go on running, unless
    a taint evicts it.

    Attributes
    ----------
    bars : dict of str to list of Bar
        Of pods that wait, by their names, once `rules` were made.
    """

    def __init__(self, nodes: list[Node], pods: list[Pod], demands: Demands, tally: FeatureTally) -> None:
        self._nodes, self._pods, self._demands, self._tally = nodes, pods, demands, tally
        self._at = {node.name: n for n, node in enumerate(nodes)}
        self._masks: dict[bytes, BoolArray] = {}
        self._by_label: dict[str, dict[str, list[int]]] = {}
        self._by_tolerations: dict[bytes, list[Bar]] = {}
        self._everywhere: BoolArray = np.ones(len(nodes), dtype=bool)
        self._open: dict[str, BoolArray] = {}
        self.bars: dict[str, list[Bar]] = {}

    def rules(self) -> list[BaseRule]:
        """All of them."""
        moving = [pod for pod in self._pods if not pod.stays]
        belong = [pod.name for pod in self._pods if pod.stays in OF_NODES]
        stays = [pod.name for pod in self._pods if pod.stays and pod.stays not in OF_NODES]
        kept: list[BaseRule] = [*([Resident(belong)] if belong else []), *([Keep(stays)] if stays else [])]
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
            told = allowed.tobytes()
            allowed = self._open[pod.name] = groups.setdefault(told, (allowed, []))[0]
            if outside:
                elsewhere.setdefault(told, (allowed, []))[1].append(pod)
            else:
                groups[told][1].append(pod.name)
        some = [(names, allowed) for allowed, names in groups.values() if names and not allowed.all()]
        fences: list[BaseRule] = [self._fence(names, allowed) for names, allowed in some]
        return fences + [self._or_at_home(allowed, there) for allowed, there in elsewhere.values()]

    def _fence(self, names: list[str], allowed: BoolArray) -> BaseRule:
        """Few nodes are named: thousands of columns of all nodes would take gigabytes."""
        chosen = np.flatnonzero(allowed).tolist()
        nodes = [self._nodes[n].name for n in chosen] if len(chosen) <= MOST_NAMED else []
        told = 0 < len(nodes) < len(self._nodes) and not any(PATTERN & set(name) for name in nodes)
        return Fence(names, nodes if told else allowed)

    def _or_at_home(self, allowed: BoolArray, pods: list[Pod]) -> BaseRule:
        """One fence for all of them: what they may use, and the nodes where they are."""
        wider = allowed.copy()
        wider[[self._at[str(pod.found.host)] for pod in pods]] = True
        return self._fence([pod.name for pod in pods], wider)

    def _allowed(self, pod: Pod) -> BoolArray:
        spec = mapping(pod.given, "spec")
        selector, terms = mapping(spec, "nodeSelector"), mapping(spec, "affinity", "nodeAffinity", REQUIRED)
        self._tally.add("nodeSelector", "modelled", "pods", "on nodes with these labels (Fence)", bool(selector))
        self._tally.add("node affinity, required", "modelled", "pods", "on nodes that meet it (Fence)", bool(terms))
        waits = pod.found.host is None
        bars = [
            *(self._gates(spec) if waits else []),
            *self._taints(objects(spec, "tolerations")),
            *self._asked(spec),
            *(Bar(one.why, self._any(one.terms), one.step) for one in self._demands(pod)),
        ]
        if waits:
            self.bars[pod.name] = [bar for bar in bars if not bar.meets.all()]
        return meeting_all(self._everywhere, bars)

    def domains(self, pod: Pod) -> tuple[BoolArray, BoolArray, BoolArray]:
        """Return which nodes a pod may use by their taints, which by its selectors, and which by all that is asked."""
        spec = mapping(pod.given, "spec")
        taints, selectors = self._taints(objects(spec, "tolerations")), self._asked(spec)
        by_taints, by_selectors = (meeting_all(self._everywhere, bars) for bars in (taints, selectors))
        return by_taints, by_selectors, by_taints & by_selectors & self._open.get(pod.name, self._everywhere)

    def _gates(self, spec: Object) -> list[Bar]:
        gates = [text(one, "name") for one in objects(spec, "schedulingGates")]
        how = "they are not to be scheduled yet: they wait, and no node takes them (Fence)"
        self._tally.add("scheduling gates", "modelled", "waiting pods", how, bool(gates))
        why = f"while it has scheduling gates ({', '.join(gates)})"
        return [Bar(why, self._any([]), Step.BEFORE)] if gates else []

    def _taints(self, tolerations: list[Object]) -> list[Bar]:
        """Nodes by the first of their taints that is not tolerated: cordoned ones, then the others by its key."""
        told = key_of(tolerations)
        if told not in self._by_tolerations:
            first = [_first_untolerated(tolerations, node.taints) for node in self._nodes]
            keys = sorted({key for key in first if key is not None}, key=lambda key: (key != CORDONED["key"], key))
            self._by_tolerations[told] = [
                Bar(_of_taint(key), np.array([one != key for one in first], dtype=bool), _step_of_taint(key))
                for key in keys
            ]
        return self._by_tolerations[told]

    def _asked(self, spec: Object) -> list[Bar]:
        """Nodes with the labels of a selector, and those that required affinity takes."""
        terms = mapping(spec, "affinity", "nodeAffinity", REQUIRED)
        chosen: list[Bar] = [
            Bar("without a label of its nodeSelector", self._mask({"key": key, "operator": "In", "values": [value]}))
            for key, value in texts(spec, "nodeSelector").items()
        ]
        if terms:
            chosen.append(Bar("against its node affinity", self._any(objects(terms, "nodeSelectorTerms"))))
        return chosen

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

        told = key_of([of_name, expression])
        if told not in self._masks and text(expression, "operator") == "In":
            with_values = self._with_values(text(expression, "key"), words(expression, "values"), of_name=of_name)
            self._masks[told] = with_values
        return self._kept([of_name, expression], meets)

    def _with_values(self, key: str, values: list[str], *, of_name: bool) -> BoolArray:
        """Nodes with a label of one of some values, or one of some names, looked up."""
        found = np.zeros(len(self._nodes), dtype=bool)
        if of_name:
            found[[self._at[value] for value in values if key == NAME and value in self._at]] = True
            return found
        if key not in self._by_label:
            by_value = self._by_label.setdefault(key, {})
            for n, node in enumerate(self._nodes):
                if key in node.labels:
                    by_value.setdefault(node.labels[key], []).append(n)
        for value in values:
            found[self._by_label[key].get(value, [])] = True
        return found

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


def _of_taint(key: str) -> str:
    return "cordoned" if key == CORDONED["key"] else f"with the taint {key}, which it does not tolerate"


def _step_of_taint(key: str) -> Step:
    return Step.CORDONED if key == CORDONED["key"] else Step.TAINT


def _first_untolerated(tolerations: list[Object], taints: list[Object]) -> str | None:
    """The key of the first taint that is not tolerated; that of being cordoned, wherever it stands."""
    keys = [text(taint, "key") for taint in taints if not tolerates(tolerations, taint)]
    return CORDONED["key"] if CORDONED["key"] in keys else next(iter(keys), None)


def _for_good(pod: Pod) -> list[Object]:
    """Tolerations that do not end after some seconds."""
    return [one for one in objects(pod.given, "spec", "tolerations") if one.get("tolerationSeconds") is None]


def _all_tolerated(tolerations: list[Object], taints: list[Object]) -> bool:
    return all(tolerates(tolerations, taint) for taint in taints)


def _welcomes(pod: Pod) -> Any:
    tolerations = objects(pod.given, "spec", "tolerations")
    return lambda node: _all_tolerated(tolerations, node.wishes)
