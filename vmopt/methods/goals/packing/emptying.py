"""Emptying: a few hosts are emptied and covered anew by patterns, on them or on hosts that are not in use."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.goals.packing.covering import Covering
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.packing.parameters import DEFAULT, EmptyingParameters
from vmopt.methods.goals.packing.patterns import add_placement
from vmopt.methods.goals.packing.relaxed import METHOD
from vmopt.methods.goals.packing.rounding import combine, dive
from vmopt.methods.goals.stage import Stage
from vmopt.methods.patterns.diving import Chosen

BETTER = 1e-9
"""What counts as a difference in cost: less is rounding."""


class Emptying:
    """Which hosts hold what, and the choice of those that are covered anew.

    Parameters
    ----------
    stage : Stage
    ground : PackingProblem
    program : Covering
        Its best valid point and its pool of patterns guide the search.
    in_use : (n_host_classes,) float64 array
        How many hosts of each class a relaxation uses.
    parameters : EmptyingParameters
    """

    def __init__(
        self,
        stage: Stage,
        ground: PackingProblem,
        program: Covering,
        in_use: FloatArray,
        parameters: EmptyingParameters = DEFAULT.emptying,
    ) -> None:
        self.stage, self.ground, self.program, self.parameters = stage, ground, program, parameters
        self.likely = (in_use > 0) + 0.1
        self.rng = np.random.default_rng(stage.options.seed)
        self.host_index = stage.host_index.copy()

    def step(self) -> bool:
        """Empty some hosts and cover again what they held; tell whether the stage became better."""
        problem, ground = self.stage.problem, self.ground
        if self._cost(self.host_index) > self._cost(self.stage.host_index) + BETTER:
            self.host_index = self.stage.host_index.copy()
        which = self._choose()
        vms = np.flatnonzero(np.isin(self.host_index, which))
        supply = np.bincount(problem.vms.of[vms], minlength=len(problem.vms)).astype(np.int64)
        used = np.unique(self.host_index[self.host_index >= 0])
        in_use = np.bincount(problem.hosts.of[used], minlength=len(ground.hosts))
        emptied = np.bincount(problem.hosts.of[which], minlength=len(ground.hosts))
        hosts = np.where(self._beside() | (emptied > 0), ground.hosts - in_use + emptied, 0)
        held = np.full(problem.n_vms, -1, dtype=np.int64)
        held[vms] = self.host_index[vms]
        chosen = self._cover(supply, hosts, held, float(emptied @ ground.cost))
        if chosen is None:
            return False
        free = np.setdiff1d(np.arange(problem.n_hosts), np.setdiff1d(used, which))
        self.host_index = self._placed(chosen, vms, free)
        return self.stage.offer(self.host_index, METHOD)

    def _cover(self, supply: IntArray, hosts: IntArray, held: IntArray, cost: float) -> Chosen | None:
        """Patterns that cover it at no more than the cost of those `held`; None where there are none."""
        stage, parameters = self.stage, self.parameters
        part = self.program.part(supply, hosts, parameters.most_patterns)
        add_placement(stage, part, held)  # with these there is always a choice
        cover = part.generate(parameters.rounds, 0, lambda: stage.finished)
        least = cost - (part.unit if self.ground.alike else 0.0)
        if cover.cost > least * (1 + BETTER) + BETTER or stage.finished:
            return None
        seconds, seed = min(parameters.seconds, stage.remaining), int(self.rng.integers(2**30))
        chosen = combine(part, seconds, seed, 1)
        if chosen is None:
            chosen = dive(part, lambda: stage.finished)
            if part.need.required.any():
                return None
        return chosen if self._cost_of(chosen) <= cost + BETTER else None

    def _placed(self, chosen: Chosen, vms: IntArray, free: IntArray) -> IntArray:
        """The placement with these VMs by the patterns on free hosts; what is covered twice runs once."""
        problem, placed = self.stage.problem, self.host_index.copy()
        placed[vms] = -1
        waiting = {j: vms[problem.vms.of[vms] == j].tolist() for j in np.unique(problem.vms.of[vms]).tolist()}
        open_hosts = {c: free[problem.hosts.of[free] == c].tolist() for c in set(chosen.host_class)}
        for c, row, times in zip(chosen.host_class, chosen.counts, chosen.times, strict=True):
            for _ in range(times):
                host = open_hosts[c].pop()
                for j in np.flatnonzero(row).tolist():
                    for vm in [waiting[j].pop() for _ in range(min(int(row[j]), len(waiting.get(j, ()))))]:
                        placed[vm] = host
        return placed

    def _choose(self) -> IntArray:
        """Some of the hosts in use: half of the choice is random, half by what a host costs more than it carries."""
        problem, valid = self.stage.problem, self.program.valid
        placed = self.host_index >= 0
        carried = np.bincount(self.host_index[placed], valid.worth[problem.vms.of[placed]], minlength=problem.n_hosts)
        used = np.unique(self.host_index[placed])
        loss: FloatArray = np.maximum(self.ground.cost[problem.hosts.of[used]] - carried[used], 0.0)
        weight = np.full(len(used), 1.0 / len(used))
        if loss.sum() > 0:
            by_loss = self.parameters.by_loss
            weight = by_loss * loss / loss.sum() + (1 - by_loss) * weight
        size = min(int(self.rng.choice(self.parameters.sizes)), len(used))
        return np.sort(self.rng.choice(used, size, replace=False, p=weight / weight.sum()))

    def _beside(self) -> BoolArray:
        """Classes of which hosts are offered beside those that were emptied."""
        n_classes = len(self.likely)
        size = min(self.parameters.beside, n_classes)
        some = self.rng.choice(n_classes, size, replace=False, p=self.likely / self.likely.sum())
        return np.isin(np.arange(n_classes), some)

    def _cost(self, host_index: IntArray) -> float:
        used = np.unique(host_index[host_index >= 0])
        return float(self.ground.cost[self.stage.problem.hosts.of[used]].sum())

    def _cost_of(self, chosen: Chosen) -> float:
        return float(sum(self.ground.cost[c] * n for c, n in zip(chosen.host_class, chosen.times, strict=True)))
