"""Few hosts: choose how many of each class to open, by an integer program of classes, and place all VMs on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.goals.wanted import Wanted
from vmopt.methods import auto
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.packing.parameters import DEFAULT, FewHostsParameters
from vmopt.methods.goals.packing.relaxed import METHOD, class_program
from vmopt.methods.goals.stage import Stage
from vmopt.methods.search import Search
from vmopt.model.instance import Instance
from vmopt.status import Limit

BACKEND = "highs"


def choose(
    stage: Stage, ground: PackingProblem, ease: float, parameters: FewHostsParameters = DEFAULT.few_hosts
) -> IntArray | None:
    """Cheapest hosts that carry the running VMs in fractions, were all a little larger; None where there are none.

    Parameters
    ----------
    ease : float
        Part by which the VMs count as larger.
    parameters : FewHostsParameters
    """
    running = ground.running(stage)
    demand: Any = ground.demand * (1.0 + ease)
    easy = replace(ground, asked=Wanted(running, running, ()), demand=demand)
    program, _ = class_program(easy, parameters.most_pairs)
    n_classes = len(ground.hosts)
    integer = np.arange(program.n_columns) >= program.n_columns - n_classes
    program = replace(program, integer=integer, objective=program.objective * ground.scale)
    options = LPOptions(
        time_limit=min(parameters.choice_seconds, stage.remaining),
        gap=0.0 if ground.alike else parameters.choice_gap,
        seed=stage.options.seed,
        threads=stage.options.threads,
    )
    result = registry.get(BACKEND).solve(program, options)
    if result.x is None:
        return None
    return np.rint(result.x[-n_classes:]).astype(np.int64)


def place(stage: Stage, in_use: IntArray, seconds: float) -> bool:
    """Try to place all running VMs on so many hosts of each class; tell whether the stage took what came of it."""
    members = stage.problem.hosts.members
    hosts = np.concatenate([members[c][:n] for c, n in enumerate(in_use.tolist())])
    vms = np.flatnonzero(stage.host_index >= 0)
    instance = stage.instance
    share = instance.share[vms]
    part = Instance.from_arrays(
        stage.problem.least[vms], stage.problem.capacity[hosts], value=1.0 + share / max(share.mean(), 1e-12)
    )
    search = _Placing(part, replace(stage.options, time_limit=min(seconds, stage.remaining), gap=0.0, progress=None))
    auto.run(search)
    if search.limit is Limit.INTERRUPTED:
        raise KeyboardInterrupt
    if (search.host_index < 0).any():
        return False
    placement = np.full(stage.problem.n_vms, -1, dtype=np.int64)
    placement[vms] = hosts[search.host_index]
    return stage.offer(placement, METHOD)


class _Placing(Search):
    """Of use only where all VMs run: ends when they do, and when they are proven not to."""

    @property
    def finished(self) -> bool:
        """Whether all run, or not all can, or time is up."""
        if self.remaining <= 0 or (self.found and bool((self.host_index >= 0).all())):
            return True
        return self.bound < float(self.instance.value.sum()) * (1 - 1e-9)
