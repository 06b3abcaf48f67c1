"""Groups of pods that rules speak of: gathered, parted where what runs breaks them, and dealt into few rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from vmopt.platforms.kubernetes.nodes import Node
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import BROKEN, apart
from vmopt.rules import Apart, BaseRule, Fence, Gather, Near, Skew, Spread

HOST = "host"
Names = Iterable[str]
Key = tuple[str, float | None]


class PodGroups:
    """Groups for rules between pods, one rule for as many as can be.

    Kubernetes looks at such rules when a pod comes, and evicts nobody for them. So those that break a hard rule now are
    only asked to mend it; it stays hard for all others, also towards them.
    """

    def __init__(self, nodes: list[Node], pods: list[Pod], tally: FeatureTally) -> None:
        self.tainted = any(node.taints for node in nodes)
        self._labels = {node.name: node.labels for node in nodes}
        self._home = {pod.name: pod.found.host for pod in pods}
        self._keys = {key for node in nodes for key in node.labels} | {HOST}
        self._tally = tally
        self._single: dict[tuple[Any, ...], list[list[str]]] = {}
        self._paired: dict[tuple[Any, ...], list[tuple[list[str], list[str]]]] = {}
        self._even: dict[tuple[str, float | None, int], list[tuple[list[str], int]]] = {}
        self._fences: list[BaseRule] = []

    def spread(self, group: Names, over: str, penalty: float | None = None) -> None:
        """At most one of them in a domain."""
        group, loose = sorted(group), list[str]()
        if penalty is None:
            crowded = {place for place, n in self._places(group, over).items() if n > 1}
            loose = [name for name in group if self._place(name, over) in crowded] if over in self._keys else []
        self._parted(loose)
        rest = _without(group, loose)
        self._add(self._single, (Spread, over, penalty), rest, len(rest) > 1 and over in self._keys)
        self._add(self._single, (Spread, over, BROKEN), loose, bool(loose))
        self._add(self._paired, (Apart, over, None), (rest, loose), bool(rest and loose))

    def apart(self, a: Names, b: Names, over: str, penalty: float | None = None) -> None:
        """None of a in a domain with one of b."""
        a, b = sorted(a), sorted(b)
        if over not in self._keys or not a or not b:
            return
        met = self._places(a, over).keys() & self._places(b, over).keys() if penalty is None else set()
        loose_a = [name for name in a if self._place(name, over) in met]
        loose_b = [name for name in b if self._place(name, over) in met]
        self._parted(loose_a)
        rest_a, rest_b = _without(a, loose_a), _without(b, loose_b)
        for pair, cost in (((rest_a, b), penalty), ((loose_a, rest_b), penalty), ((loose_a, loose_b), BROKEN)):
            self._add(self._paired, (Apart, over, cost), pair, bool(pair[0] and pair[1]))

    def near(self, a: Names, b: Names, over: str, penalty: float | None = None) -> None:
        """Whoever is of a runs in a domain with one of b."""
        a, b = sorted(a), sorted(b)
        if over not in self._keys or not b:
            self._nowhere(a, penalty)
            return
        served = self._places(b, over).keys()
        loose = [name for name in a if self._home[name] is not None and self._place(name, over) not in served]
        loose = loose if penalty is None else []
        self._parted(loose)
        rest = _without(a, loose)
        self._add(self._paired, (Near, over, penalty), (rest, b), bool(rest))
        self._add(self._paired, (Near, over, BROKEN), (loose, b), bool(loose))

    def gather(self, group: Names, over: str, penalty: float | None = None) -> None:
        """All of them in one domain; where they run in several now, who comes goes to one of these."""
        group = sorted(group)
        if over not in self._keys:
            self._nowhere(group, penalty)
            return
        run = [name for name in group if self._home[name] is not None]
        places = {self._place(name, over) for name in run}
        if penalty is not None or (len(places) < 2 and None not in places):
            self._add(self._single, (Gather, over, penalty), group, len(group) > 1)
            return
        self._parted(run)
        waits = _without(group, run)
        self._add(self._paired, (Near, over, None), (waits, run), bool(waits))
        inside = [name for name in run if self._place(name, over) is not None]
        hosts = [name for name in self._labels if self._domain(name, over) in places - {None}]
        self._fences += [Fence(inside, hosts)] if inside else []

    def even(self, group: Names, over: str, most: int, least: int, penalty: float | None) -> None:
        """Evenly over domains."""
        group = sorted(group)
        if over in self._keys:
            self._even.setdefault((over, penalty, least), []).append((group, most))
        else:
            self._nowhere(group, penalty)

    def rules(self) -> list[BaseRule]:
        """All of them."""
        found = list(self._fences)
        for (kind, over, penalty), groups in self._single.items():
            found += [kind(layer, over, penalty=penalty) for layer in apart(groups)]
        for (kind, over, penalty), pairs in self._paired.items():
            for layer in _pairs_apart(pairs):
                found.append(kind([a for a, _ in layer], [b for _, b in layer], over, penalty=penalty))
        for (over, penalty, least), stated in self._even.items():
            for groups in apart([[*group, str(at)] for at, (group, _) in enumerate(stated)]):
                most = [stated[int(group[-1])][1] for group in groups]
                found.append(Skew([group[:-1] for group in groups], over, most, least, penalty=penalty))
        return found

    def _nowhere(self, names: list[str], penalty: float | None) -> None:
        """No node is in any domain: who waits finds no place, who runs stays where it is."""
        if penalty is None and names:
            how = "no node has the label that is asked for, or no pod the labels"
            self._tally.add("nothing to be near to", "modelled", "pods", how, len(names))
            waits = [name for name in names if self._home[name] is None]
            self._fences += [Fence(waits, [])] if waits else []

    def _parted(self, loose: list[str]) -> None:
        how = f"they may go on so, at a penalty of {BROKEN:g}; all others keep the rule, also towards them"
        self._tally.add("hard rules that what runs breaks", "approximated", "pods", how, len(loose))

    def _places(self, names: list[str], over: str) -> Counter[str]:
        return Counter(place for place in (self._place(name, over) for name in names) if place is not None)

    def _place(self, pod: str, over: str) -> str | None:
        home = self._home[pod]
        return None if home is None else self._domain(home, over)

    def _domain(self, node: str, over: str) -> str | None:
        return node if over == HOST else self._labels[node].get(over)

    @staticmethod
    def _add(where: dict[Any, list[Any]], key: Any, what: Any, wanted: bool) -> None:
        if wanted:
            where.setdefault(key, []).append(what)


def _without(names: list[str], others: list[str]) -> list[str]:
    gone = set(others)
    return [name for name in names if name not in gone] if gone else names


def _pairs_apart(pairs: list[tuple[list[str], list[str]]]) -> list[list[tuple[list[str], list[str]]]]:
    """Deal pairs into layers where neither the first sides nor the second have a common member."""
    layers: list[tuple[set[str], set[str], list[tuple[list[str], list[str]]]]] = []
    for a, b in pairs:
        free = next((one for one in layers if one[0].isdisjoint(a) and one[1].isdisjoint(b)), None)
        if free is None:
            free = (set(), set(), [])
            layers.append(free)
        free[0].update(a)
        free[1].update(b)
        free[2].append((a, b))
    return [dealt for _, _, dealt in layers]
