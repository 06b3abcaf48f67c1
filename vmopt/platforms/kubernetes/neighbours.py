"""Which pods run together, apart, or evenly: affinity between pods, and topology spread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vmopt.platforms.kubernetes.fields import Object, key_of, mapping, objects, text, texts, whole, words
from vmopt.platforms.kubernetes.places import HEAVIEST, PREFERRED, REQUIRED
from vmopt.platforms.kubernetes.pod_groups import PodGroups
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.kubernetes.selectors import selects
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import WISH

HOSTNAME = "kubernetes.io/hostname"
OWN_NAME = "kubernetes.io/metadata.name"
"""A label that every namespace has: its name."""


@dataclass(frozen=True)
class AffinityTerm:
    """What pods ask for about others: those who ask, and those that are meant."""

    askers: tuple[str, ...]
    meant: tuple[str, ...]
    over: str
    term: Object
    penalty: float | None


class Neighbours:
    """Rules about pods beside each other, one for all pods that ask for the same."""

    def __init__(self, pods: list[Pod], namespaces: dict[str, dict[str, str]], tally: FeatureTally) -> None:
        self._ending = {pod.name for pod in pods if text(pod.given, "metadata", "deletionTimestamp")}
        unlabelled = {pod.namespace: {OWN_NAME: pod.namespace} for pod in pods}
        self._pods, self._namespaces, self._tally = pods, unlabelled | namespaces, tally
        alike: dict[tuple[str, bytes], list[Pod]] = {}
        for pod in pods:
            alike.setdefault((pod.namespace, key_of(dict(pod.labels))), []).append(pod)
        self._alike: dict[tuple[str, ...], list[list[Pod]]] = {}
        for (namespace, _), group in alike.items():
            for key in ((namespace,), *((namespace, *label) for label in group[0].labels.items())):
                self._alike.setdefault(key, []).append(group)

    def state(self, stated: PodGroups) -> None:
        """State all rules of affinity; topology spread is a matter of domains as well."""
        for asked in self._terms("podAntiAffinity"):
            _apart(asked, stated)
        for asked in self._terms("podAffinity"):
            _together(asked, stated)

    def _terms(self, kind: str) -> Iterator[AffinityTerm]:
        """Terms of affinity between pods, each with all who state it."""
        stated: dict[bytes, tuple[Object, float | None, list[Pod], list[Object]]] = {}
        for pod in self._pods:
            affinity = mapping(pod.given, "spec", "affinity", kind)
            required = [(one, None) for one in objects(affinity, REQUIRED)]
            wished = [
                (mapping(one, "podAffinityTerm"), WISH * whole(one, "weight", default=1) / HEAVIEST)
                for one in objects(affinity, PREFERRED)
            ]
            self._tally.add(f"{kind}, required", "modelled", "pods", "rules over the nodes' label", bool(required))
            how = f"the same at penalties of up to {WISH:g}"
            self._tally.add(f"{kind}, preferred", "modelled", "pods", how, bool(wished))
            together = [term for term, _ in required] if kind == "podAffinity" else []
            for term, penalty in [*required, *wished]:
                if penalty is None or penalty > 0:
                    all_of = together if penalty is None and len(together) > 1 else [term]
                    key = key_of([[(self._scope(one, pod), _own(one, pod), one) for one in (term, *all_of)], penalty])
                    stated.setdefault(key, (term, penalty, [], all_of))[2].append(pod)
        for term, penalty, askers, all_of in stated.values():
            meant = self._meant_by_all(all_of, askers[0])
            yield AffinityTerm(_names(askers), meant, _over(text(term, "topologyKey")), term, penalty)

    def spreads(self) -> Iterator[AffinityTerm]:
        """Topology spread constraints, each with all who state it."""
        stated: dict[bytes, tuple[Object, list[Pod]]] = {}
        for pod in self._pods:
            for one in objects(pod.given, "spec", "topologySpreadConstraints"):
                key = key_of([pod.namespace, _own(one, pod), one])
                stated.setdefault(key, (one, []))[1].append(pod)
        for one, askers in stated.values():
            soft = text(one, "whenUnsatisfiable") == "ScheduleAnyway"
            how = "Skew of those that run, at a penalty" if soft else "Skew of those that run"
            self._tally.add("topology spread", "modelled", "pods", how, len(askers))
            meant = self._meant(one, askers[0], [askers[0].namespace])
            meant = tuple(name for name in meant if name not in self._ending)
            yield AffinityTerm(_names(askers), meant, _over(text(one, "topologyKey")), one, WISH if soft else None)

    def _meant_by_all(self, terms: list[Object], asker: Pod) -> tuple[str, ...]:
        """Pods that each of some terms means: of required affinity, one pod has to be meant by all."""
        first, *others = [self._meant(term, asker, self._scope(term, asker)) for term in terms]
        both = set(first).intersection(*others)
        return tuple(name for name in first if name in both)

    def _meant(self, term: Object, asker: Pod, namespaces: Iterable[str]) -> tuple[str, ...]:
        """Pods that the selector of a term takes."""
        scope, selector, more = sorted(set(namespaces)), term.get("labelSelector"), _own(term, asker)
        found: list[str] = []
        wanted = [] if selector is None else [*more["same"], *texts(selector, "matchLabels").items()]
        for namespace in scope:
            kin = [self._alike.get((namespace, *label), []) for label in wanted] or [self._alike.get((namespace,), [])]
            for pods in min(kin, key=len):
                labels = pods[0].labels
                alike = all(labels.get(key) == value for key, value in more["same"])
                other = any(labels.get(key) == value for key, value in more["other"])
                if alike and not other and selects(selector, labels):
                    found += [pod.name for pod in pods]
        return tuple(found)

    def _scope(self, term: Object, asker: Pod) -> list[str]:
        """Namespaces that a term speaks of."""
        named, selector = words(term, "namespaces"), term.get("namespaceSelector")
        if selector is None:
            return sorted(set(named)) or [asker.namespace]
        chosen = [name for name, labels in self._namespaces.items() if selects(selector, labels)]
        return sorted({*named, *chosen})


def _own(term: Object, pod: Pod) -> dict[str, list[tuple[str, str]]]:
    """The values of labels that those meant have in common with who asks, or must not have."""
    return {
        "same": [(key, pod.labels[key]) for key in words(term, "matchLabelKeys") if key in pod.labels],
        "other": [(key, pod.labels[key]) for key in words(term, "mismatchLabelKeys") if key in pod.labels],
    }


def _names(pods: Iterable[Pod]) -> tuple[str, ...]:
    return tuple(pod.name for pod in pods)


def _over(key: str) -> str:
    return "host" if key == HOSTNAME else key


def _apart(asked: AffinityTerm, stated: PodGroups) -> None:
    """No pod that asks shares a domain with one that is meant, other than itself; whoever came first."""
    askers, meant = set(asked.askers), set(asked.meant)
    both, only_ask, only_meant = askers & meant, askers - meant, meant - askers
    if len(both) > 1:
        stated.spread(both, asked.over, asked.penalty)
    for a, b in ((only_ask, both), (only_ask, only_meant), (both, only_meant)):
        stated.apart(a, b, asked.over, asked.penalty)


def _together(asked: AffinityTerm, stated: PodGroups) -> None:
    """Who asks runs in a domain of one that is meant; those that only mean each other share one."""
    askers, meant = set(asked.askers), set(asked.meant)
    inside, others = askers & meant, meant - askers
    if not inside:
        stated.near(askers, others, asked.over, asked.penalty)
        return
    if others:
        _among_others(inside, others, asked, stated)
    else:
        stated.gather(inside, asked.over, asked.penalty)
    if askers - meant:
        stated.near(askers - meant, meant, asked.over, asked.penalty)


def _among_others(inside: set[str], others: set[str], asked: AffinityTerm, stated: PodGroups) -> None:
    """Those that mean each other and others as well: any of these that runs makes room for one that waits."""
    waits = {name for name in inside if stated.home_of(name) is None}
    runs = inside - waits
    if not any(stated.home_of(name) is not None for name in others | runs):
        stated.gather(waits, asked.over, asked.penalty)  # the first goes anywhere, and those that ask as well join it
        return
    served = stated.beside(runs, others, asked.over)
    with_kin = {name for name in runs - served if stated.beside({name}, runs - {name}, asked.over)}
    stated.near(waits, others | runs, asked.over, asked.penalty)
    stated.near(runs - with_kin, others, asked.over, asked.penalty)
    if asked.penalty is None:
        stated.within(with_kin, asked.over)
