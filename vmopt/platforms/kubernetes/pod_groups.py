"""Groups of pods that rules speak of: gathered, and stated in as few rules as can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from vmopt.platforms.kubernetes.nodes import Node
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import BROKEN, HOST, Today, apart, pairs_apart
from vmopt.rules import Apart, BaseRule, Fence, Gather, Near, Skew, Spread

Names = Iterable[str]
Key = tuple[str, float | None]
Pair = tuple[list[str], list[str]]


class PodGroups:
    """Groups for rules between pods, one rule for as many as can be.

    Kubernetes looks at such rules when a pod comes, and evicts nobody for them: hard ones that what runs breaks are
    stated as `Today` says.
    """

    def __init__(self, nodes: list[Node], pods: list[Pod], tally: FeatureTally) -> None:
        self.tainted = any(node.taints for node in nodes)
        labels = {node.name: node.labels for node in nodes}
        self._today = Today({pod.name: pod.found.host for pod in pods}, labels)
        self._keys = {key for node in nodes for key in node.labels} | {HOST}
        self._tally = tally
        self._spread: dict[Key, list[list[str]]] = {}
        self._gather: dict[Key, list[list[str]]] = {}
        self._apart: dict[Key, list[Pair]] = {}
        self._near: dict[Key, list[Pair]] = {}
        self._even: dict[tuple[str, float | None, int], list[tuple[list[str], int]]] = {}
        self._fences: list[BaseRule] = []

    def spread(self, group: Names, over: str, penalty: float | None = None) -> None:
        """At most one of them in a domain."""
        group = sorted(group)
        if over in self._keys and len(group) > 1:
            self._spread.setdefault((over, penalty), []).append(group)

    def apart(self, a: Names, b: Names, over: str, penalty: float | None = None) -> None:
        """None of a in a domain with one of b."""
        a, b = sorted(a), sorted(b)
        if over in self._keys and a and b:
            self._apart.setdefault((over, penalty), []).append((a, b))

    def near(self, a: Names, b: Names, over: str, penalty: float | None = None) -> None:
        """Whoever is of a runs in a domain with one of b."""
        a, b = sorted(a), sorted(b)
        if over not in self._keys or not b:
            self._nowhere(a, penalty)
        elif a:
            self._near.setdefault((over, penalty), []).append((a, b))

    def gather(self, group: Names, over: str, penalty: float | None = None) -> None:
        """All of them in one domain; where they run in several now, who comes goes to one of these."""
        group = sorted(group)
        if over not in self._keys:
            self._nowhere(group, penalty)
        elif len(group) > 1:
            self._gather.setdefault((over, penalty), []).append(group)

    def even(self, group: Names, over: str, most: int, least: int, penalty: float | None) -> None:
        """Evenly over domains."""
        group = sorted(group)
        if over in self._keys:
            self._even.setdefault((over, penalty, least), []).append((group, most))
        else:
            self._nowhere(group, penalty)

    def rules(self) -> list[BaseRule]:
        """All of them."""
        today, found = self._today, list(self._fences)
        found += _stated(self._spread, apart, Spread, lambda groups, over: today.spread(groups, over=over))
        found += _stated(
            self._gather, apart, Gather, lambda groups, over: today.gather(groups, over, brought_together=False)
        )
        found += _stated(self._apart, pairs_apart, _paired(Apart), today.apart)
        found += _stated(self._near, pairs_apart, _paired(Near), today.near)
        for (over, penalty, least), stated in self._even.items():
            for groups in apart([[*group, str(at)] for at, (group, _) in enumerate(stated)]):
                most = [stated[int(group[-1])][1] for group in groups]
                found.append(Skew([group[:-1] for group in groups], over, most, least, penalty=penalty))
        how = f"they may go on so, at a penalty of {BROKEN:g}; all others keep the rule, also towards them"
        self._tally.add("hard rules that what runs breaks", "approximated", "pods", how, today.n_broken)
        return found

    def _nowhere(self, names: list[str], penalty: float | None) -> None:
        """No node is in any domain: who waits finds no place, who runs stays where it is."""
        if penalty is None and names:
            how = "no node has the label that is asked for, or no pod the labels"
            self._tally.add("nothing to be near to", "modelled", "pods", how, len(names))
            waits = [name for name in names if self._today.homes[name] is None]
            self._fences += [Fence(waits, [])] if waits else []


def _stated(stated: dict[Key, list[Any]], layers: Callable[[Any], list[Any]], soft: Any, hard: Any) -> list[BaseRule]:
    """Rules over the same domains, layer by layer: wishes as they are, hard rules as today has it."""
    rules: list[BaseRule] = []
    for (over, penalty), groups in stated.items():
        for layer in layers(groups):
            rules += hard(layer, over=over) if penalty is None else [soft(layer, over, penalty=penalty)]
    return rules


def _paired(rule: Any) -> Callable[..., BaseRule]:
    def made(pairs: list[Pair], over: str, *, penalty: float) -> BaseRule:
        paired: BaseRule = rule([a for a, _ in pairs], [b for _, b in pairs], over, penalty=penalty)
        return paired

    return made
