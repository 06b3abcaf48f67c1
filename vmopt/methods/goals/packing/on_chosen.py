"""On chosen hosts: everybody placed on fewer of them, by the methods that know utilisation and rules.

Where rules or levels above say who may run where, patterns of hosts are no placements. But whoever places as much as
can be, under these rules, says of fewer hosts whether all have room there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import SolverError
from vmopt.goals.forced import capacity_left
from vmopt.methods import registry
from vmopt.methods.adapted import adapted
from vmopt.methods.goals.packing import few_hosts
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.packing.parameters import DEFAULT, PackingParameters
from vmopt.methods.goals.packing.relaxed import METHOD
from vmopt.methods.goals.stage import Stage
from vmopt.methods.search import Search
from vmopt.model.columns import frozen
from vmopt.model.objective import Objective
from vmopt.status import Limit
from vmopt.verify import verify


def run(stage: Stage, ground: PackingProblem, parameters: PackingParameters = DEFAULT) -> None:
    """Try hosts that cost less and less, each time half of what is open; nothing where some VMs run nowhere."""
    if (stage.host_index < 0).any() or stage.problem.elastic:
        return
    with stage.within(parameters.chosen_share):
        for may in _tries(stage, ground, parameters):
            placed = _placed(stage, may, parameters.try_chosen * stage.remaining)
            if placed is not None:
                stage.offer(placed, METHOD)


def _tries(stage: Stage, ground: PackingProblem, parameters: PackingParameters) -> Iterator[BoolArray]:
    """Hosts, in number half-way between the most that gain something and the most that are known to be too few."""
    in_use = few_hosts.choose(stage, ground, 0.0, parameters.few_hosts)
    if in_use is None:
        return
    order, unit = _order(stage, in_use), ground.in_use.unit * ground.weight
    upto = np.cumsum((ground.cost * ground.scale)[stage.problem.hosts.of[order]])
    too_few = _below(upto, float((stage.bound or 0) / unit))
    for _ in range(parameters.chosen_tried):
        most, before = _below(upto, float(stage.value / unit)), stage.value
        if stage.finished or most <= too_few:
            return
        number, may = (too_few + most + 1) // 2, np.zeros(len(order), dtype=bool)
        may[order[:number]] = True
        yield may
        if stage.value == before:
            too_few = number


def _below(upto: FloatArray, cost: float) -> int:
    """How many of the first hosts cost less."""
    return int(np.searchsorted(upto, cost * (1 - 1e-9), "left"))


def _order(stage: Stage, in_use: IntArray) -> IntArray:
    """Hosts that classes choose first, then the largest; of a class those that run something come first."""
    hosts = stage.problem.hosts
    used = np.bincount(stage.host_index[stage.host_index >= 0], minlength=stage.problem.n_hosts) > 0
    order = np.lexsort((~used, hosts.of))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - np.searchsorted(hosts.of[order], hosts.of[order])
    size = (stage.problem.capacity / np.maximum(stage.problem.total, 1)).sum(axis=1)
    return np.lexsort((rank, -size, rank >= in_use[hosts.of]))


def _placed(stage: Stage, may: BoolArray, seconds: float) -> IntArray | None:
    """Everybody, on these hosts; None where that is not found."""
    instance = stage.instance
    room = np.maximum(capacity_left(instance, stage.holds)[instance.host_classes.of], 0)
    part = replace(instance, capacity=frozen(np.where(may[:, None], room, 0)), objective=Objective("demand"))
    search = _Everybody(part, replace(stage.options, time_limit=seconds, gap=0.0, progress=None))
    with suppress(SolverError):  # then it has what it has found
        adapted(*registry.get("auto"), part)(search)
    if search.limit is Limit.INTERRUPTED:
        raise KeyboardInterrupt
    if (search.host_index < 0).any() or verify(instance, search.host_index):
        return None
    return search.host_index


class _Everybody(Search):
    """Ends as soon as it is proven that not all can run."""

    @property
    def finished(self) -> bool:
        """Whether all run, or not all can, or time is up."""
        too_few = self.bound < float(self.instance.value.sum()) * (1 - 1e-9)
        return super().finished or (too_few and not self.instance.has_penalties)
