"""Topology spread: groups of pods that are even over domains, and which domains count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.platforms.kubernetes.fields import objects, text, whole
from vmopt.platforms.kubernetes.neighbours import HOSTNAME, AffinityTerm
from vmopt.platforms.kubernetes.places import NodeRules
from vmopt.platforms.kubernetes.pod_groups import PodGroups
from vmopt.platforms.kubernetes.pods import Pod
from vmopt.platforms.tally import FeatureTally


class Spreads:
    """States topology spread constraints.

    A domain counts where pods may go by their selectors, and, unless the constraint honours taints, whatever taints its
    nodes have: where one of them takes no such pod, the others may not have more than `maxSkew` above what it has.

    Attributes
    ----------
    today : dict of str to (n_nodes,) bool array
        Where each pod that waits may come as things are, once they were stated.
    """

    def __init__(self, stated: PodGroups, places: NodeRules, pods: list[Pod], tally: FeatureTally) -> None:
        self._stated, self._places, self._tally = stated, places, tally
        self._pods = {pod.name: pod for pod in pods}
        self.today: dict[str, BoolArray] = {}
        self._kept: dict[bytes, BoolArray] = {}
        self._at = {name: n for n, name in enumerate(stated.labels)}
        self._numbers: dict[str, IntArray] = {}
        self._with_labels: dict[tuple[str, ...], BoolArray] = {}

    def state(self, all_asked: Iterable[AffinityTerm]) -> None:
        """State all of them."""
        for asked in all_asked:
            most, least = max(1, whole(asked.term, "maxSkew", default=1)), whole(asked.term, "minDomains")
            outside = sorted(set(asked.askers) - set(asked.meant))
            self._tell(asked, outside)
            domains = self._domains(asked.over)
            if asked.penalty is None:
                self._enter(asked, most, least, domains)
            kept = self._kept_even(asked)
            if kept:
                self._stated.even(kept, asked.over, most, max(0, least), asked.penalty)
                self._close(asked, kept, most, domains)
            if outside and asked.penalty is None:
                self._let_in(asked, most, least, outside, domains)

    def _enter(self, asked: AffinityTerm, most: int, least: int, domains: list[str | None]) -> None:
        """Note the nodes to which each pod that waits may come as things are, by this constraint and those before."""
        codes = self._codes(asked.over, domains)
        homes = (self._stated.home_of(name) for name in asked.meant)
        at = np.array([self._at[home] for home in homes if home is not None], dtype=np.int64)
        for pod, alike in self._sorts(asked, waiting=True):
            count, is_open = self._counted(asked, pod)
            count = count & self._labelled(pod) & (codes >= 0)
            taken = np.bincount(codes[at[count[at]]], minlength=int(codes.max(initial=0)) + 1)
            counted = np.unique(codes[count])
            lowest = int(taken[counted].min()) if len(counted) >= max(least, 1) else 0
            takes = (codes >= 0) & (taken[codes] + (pod.name in asked.meant) - lowest <= most)
            fewest = counted[taken[counted] == lowest]
            if not np.isin(fewest, codes[is_open]).all() and (is_open & ~takes).any():
                self._stated.only_on(alike, [host for host, n in zip(self._at, takes.tolist(), strict=True) if n])
            for name in alike:
                both = self.today.get(name, takes) & takes
                self.today[name] = self._kept.setdefault(both.tobytes(), both)

    def _codes(self, over: str, domains: list[str | None]) -> IntArray:
        """The domain of each node as a number; -1 where it is in none."""
        if over not in self._numbers:
            number = {domain: n for n, domain in enumerate(dict.fromkeys(one for one in domains if one is not None))}
            self._numbers[over] = np.array([-1 if one is None else number[one] for one in domains], dtype=np.int64)
        return self._numbers[over]

    def _labelled(self, pod: Pod) -> BoolArray:
        """Nodes with the labels that all its constraints are about: no others count."""
        hard = (
            one
            for one in objects(pod.given, "spec", "topologySpreadConstraints")
            if text(one, "whenUnsatisfiable") != "ScheduleAnyway"
        )
        keys = tuple(text(one, "topologyKey") for one in hard)
        if keys not in self._with_labels:
            wanted = set(keys) - {HOSTNAME}
            self._with_labels[keys] = np.array([wanted <= of.keys() for of in self._stated.labels.values()], dtype=bool)
        return self._with_labels[keys]

    def _kept_even(self, asked: AffinityTerm) -> list[str]:
        """Who asks and is meant, and others that run; those that wait go anywhere, after all that ask."""
        asks = set(asked.askers)
        return [name for name in asked.meant if name in asks or self._stated.home_of(name) is not None]

    def _close(self, asked: AffinityTerm, kept: list[str], most: int, domains: list[str | None]) -> None:
        """Limit all domains by those that count and take none of the pods."""
        taken, shut = self._taken(asked, domains), set[str]()
        for n, (pod, _) in enumerate(self._sorts(asked)):
            count, is_open = self._counted(asked, pod)
            closed = _named(domains, count) - _named(domains, is_open)
            shut = closed if n == 0 else shut & closed
        if shut:
            lowest = min(taken[domain] for domain in shut)
            self._stated.at_most(kept, asked.over, most + lowest, asked.penalty)
            how = "a domain where they may not go counts: no other has more than maxSkew above it (Spread)"
            self._tally.add("topology spread, closed domains", "modelled", "pods", how, len(asked.askers))

    def _let_in(
        self, asked: AffinityTerm, most: int, least: int, outside: list[str], domains: list[str | None]
    ) -> None:
        """Pods that their own selector does not take come to where those that it takes leave room today."""
        for pod, _ in self._sorts(asked):
            if pod.name not in outside:
                continue
            count, _ = self._counted(asked, pod)
            taken = self._taken(asked, [domain if n else None for domain, n in zip(domains, count, strict=True)])
            counted = _named(domains, count)
            lowest = min((taken[domain] for domain in counted), default=0) if len(counted) >= max(least, 1) else 0
            alike = [name for name in outside if self._key(self._pods[name]) == self._key(pod)]
            free = (domain is not None and taken[domain] - lowest <= most for domain in domains)
            hosts = [host for host, takes in zip(self._stated.labels, free, strict=True) if takes]
            self._stated.only_on(alike, hosts)

    def _tell(self, asked: AffinityTerm, outside: list[str]) -> None:
        how = "the selectors of others take them: what runs is kept even with those that ask, what waits goes anywhere"
        others = len(set(asked.meant) - set(asked.askers))
        self._tally.add("topology spread of pods that do not ask", "approximated", "pods", how, others)
        how = "their own selector does not take them: those that wait come to where the others leave room today (Fence)"
        self._tally.add("topology spread of other pods", "approximated", "pods", how, len(outside))

    def _counted(self, asked: AffinityTerm, pod: Pod) -> tuple[BoolArray, BoolArray]:
        """Nodes whose domains count for a pod, and those that it may use."""
        by_taints, by_selectors, is_open = self._places.domains(pod)
        counts = np.ones_like(by_taints)
        if text(asked.term, "nodeAffinityPolicy") != "Ignore":
            counts = counts & by_selectors
        if text(asked.term, "nodeTaintsPolicy") == "Honor":
            counts = counts & by_taints
        return counts, is_open

    def _sorts(self, asked: AffinityTerm, *, waiting: bool = False) -> list[tuple[Pod, list[str]]]:
        """One pod of each sort that asks, or of those that wait, and all of it.

        They may use the same nodes, and all of them are meant, or none.
        """
        found: dict[tuple[bytes, bool], list[str]] = {}
        meant = set(asked.meant)
        for name in asked.askers:
            if not waiting or self._stated.home_of(name) is None:
                found.setdefault((self._key(self._pods[name]), name in meant), []).append(name)
        return [(self._pods[names[0]], names) for names in found.values()]

    def _key(self, pod: Pod) -> bytes:
        return b"".join(mask.tobytes() for mask in self._places.domains(pod))

    def _domains(self, over: str) -> list[str | None]:
        labels: Mapping[str, Mapping[str, str]] = self._stated.labels
        return [name if over == "host" else of.get(over) for name, of in labels.items()]

    def _taken(self, asked: AffinityTerm, domains: list[str | None]) -> Counter[str]:
        """How many of the pods are in each domain."""
        of = dict(zip(self._stated.labels, domains, strict=True))
        homes = (self._stated.home_of(name) for name in asked.meant)
        return Counter(domain for home in homes if home is not None and (domain := of[home]) is not None)


def _named(domains: list[str | None], nodes: BoolArray) -> set[str]:
    return {domain for domain, has in zip(domains, nodes.tolist(), strict=True) if has and domain is not None}
