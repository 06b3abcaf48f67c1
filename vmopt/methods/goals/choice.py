"""Choice: which hosts to refill next, by what has paid so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.goals.parameters import DEFAULT, RefillParameters
from vmopt.methods.goals.stage import Stage
from vmopt.metrics import loads
from vmopt.model.shapes import Worth, has

WAYS = ("far", "ends", "empty", "full", "any", "own")


@dataclass(frozen=True)
class Drawn:
    """Hosts to refill.

    Attributes
    ----------
    hosts : (n,) int64 array
        Ordered.
    way, size : int
        How they were chosen.
    others : bool
        Whether VMs that run nowhere may take part, and those there may stop.
    seed : int
        Of what else is drawn.
    """

    hosts: IntArray
    way: int
    size: int
    others: bool
    seed: int


class Choice:
    """Draws hosts of a stage.

    A first host and others with it: one far from the mean in how full it is and any, the fullest and the emptiest, the
    emptiest in use, the fullest, or any; and where a goal says how interesting hosts are, some of these and any. Ways
    and sizes that have paid are drawn more often.

    Parameters
    ----------
    interest : callable, optional
        Returns how interesting each host is now, ``(n_hosts,)``, at least 0.
    parameters : RefillParameters
    """

    def __init__(
        self,
        stage: Stage,
        interest: Callable[[], FloatArray] | None = None,
        parameters: RefillParameters = DEFAULT.refill,
    ) -> None:
        self._stage, self._interest, self._forgets = stage, interest, parameters.forgets
        self._rng = np.random.default_rng(stage.options.seed)
        self._sizes = [n for n in parameters.sizes if n <= stage.problem.n_hosts] or [stage.problem.n_hosts]
        self._paid = np.ones((len(WAYS), len(self._sizes)))
        self._paid[WAYS.index("own")] = 0.0 if interest is None else parameters.own
        self._full: FloatArray = np.zeros(0)
        self._of: IntArray | None = None
        self._frees = _frees(stage)

    def draw(self, count: int) -> Iterator[Drawn]:
        """Draw so many sets of hosts that have none in common, fewer where hosts are few."""
        taken: list[int] = []
        for _ in range(count):
            drawn = self._drawn(np.array(taken, dtype=np.int64))
            if drawn is None:
                return
            taken.extend(drawn.hosts.tolist())
            yield drawn

    def learn(self, drawn: Drawn, gained: bool) -> None:
        """Remember whether it was worth it."""
        self._paid[drawn.way, drawn.size] = max(0.05, self._forgets * self._paid[drawn.way, drawn.size]) + gained

    def _drawn(self, taken: IntArray) -> Drawn | None:
        weight = (self._paid / np.array(self._sizes)).ravel()  # what a set costs grows with its size, at least
        weight /= weight.sum()
        way, size = divmod(int(self._rng.choice(len(weight), p=weight)), len(self._sizes))
        free = np.ones(self._stage.problem.n_hosts, dtype=bool)
        free[taken] = False
        n = min(self._sizes[size], int(free.sum()))
        if n < min(2, self._stage.problem.n_hosts):
            return None
        hosts = self._hosts(WAYS[way], n, free)
        others = bool(self._rng.random() < self._frees)
        return Drawn(np.sort(hosts), way, size, others, int(self._rng.integers(2**30)))

    def _hosts(self, way: str, n: int, free: np.ndarray) -> IntArray:
        """Choose n of the free hosts."""
        full = self._fullness()
        noise = self._rng.random(len(full))
        if way == "far":
            first = np.abs(full - full.mean()) + 0.05 + 0.1 * (full > 0)
            key = np.where(np.arange(len(full)) == self._first(first * free), -1.0, noise)
        elif way == "ends":
            rank = np.argsort(np.argsort(full + 1e-9 * noise)) / max(1, len(full) - 1)
            key = np.minimum(rank, 1 - rank) + 0.2 * noise
        elif way == "empty":
            key = np.where(full > 0, full, 2.0) + 0.3 * noise
        elif way == "full":
            key = 0.3 * noise - full
        elif way == "own" and self._interest is not None:
            weight = self._interest() * free
            some = min(max(1, n // 2), int(np.count_nonzero(weight)))
            key = noise.copy()
            key[self._rng.choice(len(weight), some, replace=False, p=weight / weight.sum())] = -1.0
        else:
            key = noise
        return np.argpartition(np.where(free, key, np.inf), n - 1)[:n].astype(np.int64)

    def _first(self, weight: FloatArray) -> int:
        return int(self._rng.choice(len(weight), p=weight / weight.sum()))

    def _fullness(self) -> FloatArray:
        """How full each host is, worked out anew when the placement is another."""
        if self._of is not self._stage.host_index:
            self._of = self._stage.host_index
            used = loads(self._stage.instance, self._of) / np.maximum(self._stage.instance.capacity, 1)
            self._full = used.max(axis=1)
        return self._full


def _frees(stage: Stage) -> float:
    """How often VMs may stop and others start: always where no level above has what runs, never where all have to."""
    kept = [hold for hold in stage.holds if has(stage.instance, hold.level, Worth)]
    if not kept:
        return 1.0
    tight = all(hold.limit >= hold.value(stage.instance, stage.host_index) for hold in kept if hold.level.maximised)
    return (0.0 if (stage.host_index >= 0).all() else 0.15) if tight else 0.5
