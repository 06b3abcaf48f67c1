"""Groups of pods that rules speak of: gathered, and stated in as few rules as can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from vmopt.platforms.kubernetes.account import AFFINITY, ANTI, SPREAD
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

    Attributes
    ----------
    labels : dict of str to dict of str to str
        Of nodes, by their names.
    why : dict of int to str
        What the rules are for, by their identity, once `rules` were made.
    """

    def __init__(self, nodes: list[Node], pods: list[Pod], tally: FeatureTally, spread: str = ANTI) -> None:
        labels = {node.name: node.labels for node in nodes}
        self.labels, self.why = labels, dict[int, str]()
        self._spread_is = spread
        self._today = Today({pod.name: pod.found.host for pod in pods}, labels)
        self._keys = {key for node in nodes for key in node.labels} | {HOST}
        self._tally = tally
        self._spread: dict[Key, list[list[str]]] = {}
        self._gather: dict[Key, list[list[str]]] = {}
        self._apart: dict[Key, list[Pair]] = {}
        self._near: dict[Key, list[Pair]] = {}
        self._even: dict[tuple[str, float | None, int], list[tuple[list[str], int]]] = {}
        self._limited: dict[tuple[str, float | None, int], list[list[str]]] = {}
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
        if a and (over not in self._keys or not b):
            self._nowhere(a, penalty, AFFINITY)
        elif a:
            self._near.setdefault((over, penalty), []).append((a, b))

    def gather(self, group: Names, over: str, penalty: float | None = None) -> None:
        """All of them in one domain; where they run in several now, who comes goes to one of these."""
        group = sorted(group)
        if over not in self._keys:
            self._nowhere(group, penalty, AFFINITY)
        elif len(group) > 1:
            self._gather.setdefault((over, penalty), []).append(group)
        elif penalty is None and over != HOST:
            inside = [name for name, of in self.labels.items() if over in of]
            if len(inside) < len(self.labels):
                self._closed(group, inside, AFFINITY)

    def even(self, group: Names, over: str, most: int, least: int, penalty: float | None) -> None:
        """Evenly over domains."""
        group = sorted(group)
        if over in self._keys:
            self._even.setdefault((over, penalty, least), []).append((group, most))
        else:
            self._nowhere(group, penalty, SPREAD)

    def at_most(self, group: Names, over: str, most: int, penalty: float | None) -> None:
        """So many in a domain, for one that takes none of them counts as well."""
        group = sorted(group)
        if len(group) > most:
            self._limited.setdefault((over, penalty, most), []).append(group)

    def only_on(self, names: Names, hosts: Names) -> None:
        """Those that wait come to these nodes."""
        self._closed(sorted(names), sorted(hosts), SPREAD)

    def within(self, names: Names, over: str) -> None:
        """Those that run stay in the domains where they are."""
        self._fences += self._today.within(sorted(names), over)

    def beside(self, names: Names, others: Names, over: str) -> set[str]:
        """Those that run in a domain with one of the others."""
        places = {place for name in others if (place := self._today.place(name, over)) is not None}
        return {name for name in names if self._today.place(name, over) in places}

    def home_of(self, name: str) -> str | None:
        """The node of a pod."""
        return self._today.homes[name]

    def rules(self) -> list[BaseRule]:
        """All of them."""
        today, found = self._today, list(self._fences)
        spread = _stated(self._spread, apart, Spread, lambda groups, over: today.spread(groups, over=over))
        gather = _stated(
            self._gather, apart, Gather, lambda groups, over: today.gather(groups, over, brought_together=False)
        )
        parted = _stated(self._apart, pairs_apart, _paired(Apart), today.apart)
        near = _stated(self._near, pairs_apart, _paired(Near), today.near)
        even = [*self._even_rules(), *self._limits()]
        reasons = (self._spread_is, AFFINITY, ANTI, AFFINITY, SPREAD)
        for why, rules in zip(reasons, (spread, gather, parted, near, even), strict=True):
            self.why |= {id(rule): why for rule in rules}
            found += rules
        how = f"they may go on so, at a penalty of {BROKEN:g}; all others keep the rule, also towards them"
        self._tally.add("hard rules that what runs breaks", "approximated", "pods", how, today.n_broken)
        return found

    def _even_rules(self) -> list[BaseRule]:
        found: list[BaseRule] = []
        for (over, penalty, least), stated in self._even.items():
            for groups in apart([[*group, str(at)] for at, (group, _) in enumerate(stated)]):
                most = [stated[int(group[-1])][1] for group in groups]
                found.append(Skew([group[:-1] for group in groups], over, most, least, penalty=penalty))
        return found

    def _limits(self) -> list[BaseRule]:
        found: list[BaseRule] = []
        for (over, penalty, most), groups in self._limited.items():
            for layer in apart(groups):
                hard = penalty is None
                found += self._today.spread(layer, most, over) if hard else [Spread(layer, over, most, penalty=penalty)]
        return found

    def _nowhere(self, names: list[str], penalty: float | None, why: str) -> None:
        """No node is in any domain: who waits finds no place, who runs stays where it is."""
        if penalty is None and names:
            how = "no node has the label that is asked for, or no pod the labels"
            self._tally.add("nothing to be near to", "modelled", "pods", how, len(names))
            self._closed(names, [], why)

    def _closed(self, names: list[str], hosts: list[str], why: str) -> None:
        waits = [name for name in names if self._today.homes[name] is None]
        if waits:
            self._fences.append(Fence(waits, hosts))
            self.why[id(self._fences[-1])] = why


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
