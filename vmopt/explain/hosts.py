"""Hosts by reason: why each of them does not take a VM beside what runs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.explain.eviction import least_worth
from vmopt.explain.reasons import HostReason, Nearest
from vmopt.explain.scene import Scene

NOBODY = -1


class Hosts:
    """All hosts, as an unplaced VM finds them.

    Attributes
    ----------
    short_empty, short : (n_hosts, n_resources) int64 arrays
        What it lacks on each host when the host is empty, and now.
    always, now : (n_hosts,) int64 arrays
        The first rule that keeps it off each host whoever runs, and beside what runs; -1 for none.
    """

    def __init__(self, scene: Scene, vm: int) -> None:
        self.scene, self.vm = scene, vm
        need = scene.instance.reserved[vm]
        self.short_empty = np.maximum(need - scene.instance.capacity, 0)
        self.short = np.maximum(need - scene.free, 0)
        self.masks = scene.masks(vm)
        self.barred = scene.barred(vm)
        self.always = self._first([(number, ~mask) for number, mask in self.barred])
        self.now = self._first(self.masks)

    @property
    def free(self) -> BoolArray:
        """Hosts that take it as they are."""
        return np.asarray((self.now == NOBODY) & ~self.short.any(axis=1))

    @property
    def possible(self) -> BoolArray:
        """Hosts that would take it if they were empty, as far as rules that look at nobody else are concerned."""
        return np.asarray((self.always == NOBODY) & ~self.short_empty.any(axis=1))

    @property
    def too_small(self) -> BoolArray:
        """Hosts that have not enough of some resource, or no such parts, even when they are empty."""
        parts = [mask for number, mask in self.barred if number == self.scene.inside]
        return np.asarray(np.any([self.short_empty.any(axis=1), *parts], axis=0))

    @property
    def distance(self) -> FloatArray:
        """What is short, added up over the resources, each as a part of what the cluster has."""
        return np.asarray(self.short @ np.divide(1.0, np.maximum(self.scene.instance.total, 1)))

    def reasons(self) -> Iterator[HostReason]:
        """All hosts by reason, each counted once."""
        too_small = self.short_empty.any(axis=1)
        yield from self._by_resource("too small", np.flatnonzero(too_small), self.short_empty)
        rule = np.where(self.always >= 0, self.always, self.now)
        banned = ~too_small & (rule >= 0)
        for number in np.unique(rule[banned]).tolist():
            for always in (True, False):
                hosts = np.flatnonzero(banned & (rule == number) & ((self.always >= 0) == always))
                if hosts.size:
                    yield from self._against(number, hosts, always)
        full = ~too_small & (rule < 0) & self.short.any(axis=1)
        yield from self._by_resource("full", np.flatnonzero(full), self.short)
        free = np.flatnonzero(self.free)
        if free.size:
            yield HostReason("free", len(free), self._nearest_of(free))

    def _against(self, number: int, hosts: IntArray, always: bool) -> Iterator[HostReason]:
        """Say what a rule has against it on some hosts, and which parts are short on which."""
        if number != self.scene.inside:
            yield HostReason("rule", len(hosts), self._nearest_of(hosts), self.scene.rule(number), always)
            return
        short = np.array(self.scene.pieces(self.vm, hosts, empty=always))
        for pieces in dict.fromkeys(short.tolist()):
            some, why = hosts[short == pieces], "too small" if always else "full"
            yield HostReason(why, len(some), self._nearest_of(some), pieces=pieces)

    def nearest(self) -> Nearest | None:
        """Return the host with the fewest rules against the VM, then the least that is short."""
        bans = np.zeros(len(self.now), dtype=np.int64)
        for _, mask in self.masks:
            bans += ~mask
        host = int(np.lexsort((self.distance, bans))[0])
        classes, names = self.scene.instance.host_classes, self.scene.instance.resources
        short = [(names[k], self.scene.own(self.short[host, k], k)) for k in np.flatnonzero(self.short[host]).tolist()]
        against = [number for number, mask in self.masks if not mask[host]]
        rules = tuple(self.scene.rule(number) for number in against if number != self.scene.inside)
        pieces = None
        if self.scene.inside in against:
            (pieces,) = self.scene.pieces(self.vm, np.array([host]), empty=False)
        alike = int(classes.count[classes.of[host]])
        return Nearest(self.scene.instance.host_names[host], tuple(short), rules, alike, pieces)

    def _by_resource(self, why: str, hosts: IntArray, short: IntArray) -> Iterator[HostReason]:
        """Sort hosts by what is scarcest there, measured by what the VM needs."""
        if not hosts.size:
            return
        need = np.maximum(self.scene.instance.reserved[self.vm], 1)
        scarcest = np.argmax(short[hosts] / need, axis=1)
        worth_more = self._worth_more(hosts) if why == "full" else np.zeros(len(hosts), dtype=bool)
        for k in np.unique(scarcest).tolist():
            mine = scarcest == k
            some = hosts[mine]
            nearest = int(some[np.argmin(short[some, k])])
            yield HostReason(
                why,
                len(some),
                self.scene.instance.host_names[nearest],
                resource=self.scene.instance.resources[k],
                short=self.scene.own(short[nearest, k], k),
                worth_more=int(worth_more[mine].sum()),
            )

    def _worth_more(self, hosts: IntArray) -> BoolArray:
        lost = least_worth(self.scene, self.short, hosts)
        return np.asarray(lost > float(self.scene.instance.value[self.vm]))

    def _first(self, masks: list[tuple[int, BoolArray]]) -> IntArray:
        found = np.full(self.scene.instance.n_hosts, NOBODY)
        for number, mask in reversed(masks):
            found[~mask] = number
        return found

    def _nearest_of(self, hosts: IntArray) -> str:
        return self.scene.instance.host_names[int(hosts[np.argmin(self.distance[hosts])])]
