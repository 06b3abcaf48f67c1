"""Refill: few hosts at a time filled anew, so that a level gets better while all others stay as they are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.formulation.goals import part_program
from vmopt.methods.change import fewest
from vmopt.methods.goals.stage import Stage
from vmopt.metrics import loads

METHOD = "refill"
BACKEND = "cp-sat"
SIZES = (2, 3, 4, 6, 9, 13)
SECONDS = 1.0
"""Of one sub-problem at most."""
MOST_CELLS = 4_000
MOST_IN_VAIN = 200
"""Sub-problems without gain after which a search ends."""


def run(stage: Stage) -> None:
    """Refill hosts until the stage is finished, or too much was in vain."""
    walk = _Walk(stage)
    while not stage.finished and walk.in_vain < min(MOST_IN_VAIN, 20 + 4 * stage.problem.n_hosts):
        walk.step()


@dataclass(eq=False)
class _Walk:
    stage: Stage
    in_vain: int = 0
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.stage.options.seed)

    def step(self) -> None:
        """Choose hosts, refill them, take what came of it."""
        stage, problem = self.stage, self.stage.problem
        sizes = [n for n in SIZES if n <= problem.n_hosts] or [problem.n_hosts]
        hosts = self._choose(int(self.rng.choice(sizes)))
        inside = np.isin(stage.host_index, hosts)
        outside = np.where(inside, -1, stage.host_index)
        supply = np.bincount(problem.vms.of[inside], minlength=len(problem.vms)).astype(np.int64)
        self.in_vain += 1
        if not inside.any() or np.count_nonzero(supply) * len(hosts) > MOST_CELLS:
            return
        model = part_program(problem, hosts, outside, supply, stage.level, stage.holds)
        seed = int(self.rng.integers(2**30))
        result = registry.get(BACKEND).solve(
            model.program, LPOptions(time_limit=min(SECONDS, stage.remaining), gap=0.0, seed=seed, threads=1)
        )
        if result.x is not None and stage.offer(self._placed(model.columns, model.counts(result.x), outside), METHOD):
            self.in_vain = 0

    def _placed(self, columns: object, counts: IntArray, outside: IntArray) -> IntArray:
        """The placement with these counts on the hosts: who of a class stays outside is left where it is."""
        problem, taken = self.stage.problem, outside.copy()
        waiting = [list(members) for members in _members(problem.vms.of, self.stage.host_index, outside)]
        for j, host, n in zip(columns.vm_class.tolist(), columns.where.tolist(), counts.tolist(), strict=True):  # type: ignore[attr-defined]
            for _ in range(n):
                taken[waiting[j].pop()] = host
        return taken

    def _choose(self, size: int) -> IntArray:
        """A host that is far from the others in how full it is, and others at random."""
        n_hosts = self.stage.problem.n_hosts
        weight = self._interest()
        first = self.rng.choice(n_hosts, p=weight / weight.sum())
        others = np.setdiff1d(np.arange(n_hosts), [first])
        chance = weight[others] / weight[others].sum()
        return np.sort(np.append(self.rng.choice(others, size - 1, replace=False, p=chance), first)).astype(np.int64)

    def _interest(self) -> FloatArray:
        """How likely a host is to be chosen first: full and empty ones are, or those that moves touch."""
        if self.stage.level.names("fewest-moves"):
            return fewest.interest(self.stage)
        instance = self.stage.instance
        used = loads(instance, self.stage.host_index) / np.maximum(instance.capacity, 1)
        mean = used.max(axis=1)
        return np.abs(mean - mean.mean()) + 0.05 + 0.1 * (mean > 0)  # type: ignore[no-any-return]


def _members(of: IntArray, host_index: IntArray, outside: IntArray) -> list[IntArray]:
    """VMs of each class that are to be put."""
    inside = np.flatnonzero((host_index >= 0) & (outside < 0))
    order = inside[np.argsort(of[inside], kind="stable")]
    return np.split(order, np.searchsorted(of[order], np.arange(1, int(of.max(initial=0)) + 1)))
