"""A better answer: open the VMs of a few hosts anew, with the containers on them and some that wait, again and again.

The others stay, so each try is a small integer program (large neighbourhood search; Shaw 1998).
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends.base import Backend, LPOptions
from vmopt.nesting.check import verify_nest
from vmopt.nesting.free import Answer, Free
from vmopt.nesting.nested import Nested
from vmopt.nesting.parameters import ImproveParameters
from vmopt.nesting.prices import NestPrices, classes_of
from vmopt.nesting.program import nest_program
from vmopt.status import Limit


class Improve:
    """Tries, each on a few hosts; `answer` is the best so far at the goal that is pursued."""

    def __init__(
        self,
        nested: Nested,
        units: IntArray,
        answer: Answer,
        solver: Backend,
        seed: int,
        threads: int,
        prices: NestPrices | None,
        parameters: ImproveParameters,
    ) -> None:
        self.nested, self.units, self.answer, self.solver = nested, units, answer, solver
        self.rng, self.seed, self.threads, self.parameters = np.random.default_rng(seed), seed, threads, parameters
        self.pays = _pays(nested, prices)
        self.n_hosts, self.waiting, self.failed = parameters.hosts, parameters.waiting, 0
        self.exhausted = False

    def tries(self, end: float, *, cheaper: bool = False) -> Iterator[Answer]:
        """Yield every answer as good as the one before, until all was free at once and searched to its end."""
        self.exhausted = False
        while time.perf_counter() < end and not self.exhausted:
            free = self._free()
            found, ended = self._once(free, end, cheaper)
            self.exhausted = ended and free.is_all(self.nested)
            if found is not None and not verify_nest(self.nested, *found):
                gained = self._rank(found) > self._rank(self.answer)
                self.failed, self.answer = 0 if gained else self.failed + 1, found
                yield found
            else:
                self.failed += 1
            self._adapt(ended)

    def _free(self) -> Free:
        """Choose hosts by chance, and containers that wait by what they pay."""
        vm_of, m = self.answer[1], self.nested.cluster.n_hosts
        hosts = self.rng.choice(m, size=min(self.n_hosts, m), replace=False)
        here = Free.some(self.nested, self.answer, hosts, np.zeros(0, dtype=np.int64))
        waits = np.flatnonzero(vm_of < 0)
        number = int(self.waiting * len(here.containers)) + 1
        cluster = self.nested.cluster
        pays = self.pays[:, cluster.host_classes.of[hosts]].max(axis=1)[cluster.vm_classes.of[waits]]
        first = waits[np.argsort(-pays, kind="stable")[:number]]
        return Free.some(self.nested, self.answer, hosts, first)

    def _once(self, free: Free, end: float, cheaper: bool) -> tuple[Answer | None, bool]:
        """Solve a part anew: the whole answer with it, if any, and whether the search came to its end."""
        model = nest_program(self.nested, self.units, free)
        start = model.columns.point(model.program.n_columns, self.answer)
        won = round(float(model.program.objective @ start))
        seconds = min(self.parameters.seconds, end - time.perf_counter())
        options = LPOptions(max(seconds, 0.0), 0.0, self.seed, self.threads, start=start)
        found = self.solver.solve(model.cheapest(won) if cheaper else model.program, options)
        if found.limit is Limit.INTERRUPTED:
            raise KeyboardInterrupt
        if found.x is None:
            return None, found.limit is None
        part = free.joined(self.answer, model.columns.answer(found.x))
        return (part if self._rank(part) >= self._rank(self.answer) else None), found.limit is None

    def _rank(self, answer: Answer) -> tuple[int, float]:
        worth = int(self.units[self.nested.cluster.vm_classes.of[answer[1] >= 0]].sum())
        return worth, -float(sum(self.nested.flavors[flavor].cost for flavor, _ in answer[0]))

    def _adapt(self, ended: bool) -> None:
        """Take more hosts, then more of what waits, where few bring nothing, and fewer where time runs out."""
        if not ended:
            self.n_hosts, self.waiting, self.failed = max(self.n_hosts - 1, 1), self.parameters.waiting, 0
        elif self.failed >= self.parameters.patience:
            self.waiting *= 1 if self.n_hosts < self.nested.cluster.n_hosts else 2
            self.n_hosts, self.failed = min(self.n_hosts + 1, self.nested.cluster.n_hosts), 0


def _pays(nested: Nested, prices: NestPrices | None) -> FloatArray:
    """What a container of each class is worth beside what it takes of a host of each class at the prices."""
    value, (demand, capacity) = nested.cluster.vm_classes.value, classes_of(nested)
    if prices is not None:
        return np.asarray(prices.worth * value[:, None] - demand @ prices.inside.T)
    share = (demand / np.maximum(capacity.max(axis=0, initial=1), 1)).sum(axis=1)
    return np.repeat((value / np.maximum(share, 1e-9))[:, None], len(capacity), axis=1)
