"""The ground of a tabu search: the VMs whose place is in doubt, and the capacity that the others leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.packing.losses import Losses
from vmopt.methods.tabu.parameters import DEFAULT, TabuParameters
from vmopt.problem import Problem


@dataclass(frozen=True, eq=False)
class TabuProblem:
    """The VMs in doubt, one row each, and what the search needs to know of them.

    Attributes
    ----------
    problem : Problem
    vms : (n,) int64 array
        The VMs in doubt.
    settled : (n_vms,) int64 array
        Host of every VM that is not in doubt, -1 for those in doubt.
    demand : (n, n_resources) int64 array
    value : (n,) array
    room : (n_hosts, n_resources) int64 array
        Capacity that the settled VMs leave.
    prices : (n_hosts, n_resources) array
    worth : (n,) array
        Value less the price of what is asked for, on the best host.
    """

    problem: Problem
    vms: IntArray
    settled: IntArray
    demand: IntArray
    value: FloatArray
    room: IntArray
    prices: FloatArray
    worth: FloatArray

    @property
    def worth_of_settled(self) -> float:
        """Value of what runs whatever the search does."""
        return float(self.problem.value[self.settled >= 0].sum())

    def placement(self, at: IntArray) -> IntArray:
        """Host of each VM of the instance, from the hosts of the VMs in doubt."""
        host_index = self.settled.copy()
        host_index[self.vms] = at
        return host_index


def in_doubt(problem: Problem, losses: Losses, gap: float, parameters: TabuParameters = DEFAULT) -> TabuProblem:
    """Settle the VMs that prices tell about clearly.

    On one host only those are in doubt whose reduced value is nearest to 0, the core of Balas and Zemel (1980): the
    others run where they are worth their price. On several hosts every VM is in doubt but those that lose more than
    `gap` wherever they run, since where a VM runs is never clear.

    Examples
    --------
    >>> import numpy as np
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[4], [3], [2]], [[6]], value=[8, 3, 2]))
    >>> in_doubt(cluster, Losses(cluster, np.array([[1.0]])), gap=1.0).vms.tolist()
    [0, 1, 2]
    """
    worth = losses.worth[problem.vms.of]
    settled = np.full(problem.n_vms, -1, dtype=np.int64)
    if problem.n_hosts > 1:
        doubtful = worth >= -gap
    else:
        doubtful, settled = _core(problem, worth, parameters)
    vms = np.flatnonzero(doubtful)
    return TabuProblem(
        problem=problem,
        vms=vms,
        settled=settled,
        demand=problem.demand[vms],
        value=problem.value[vms],
        room=problem.capacity - problem.loads(settled),
        prices=losses.prices[losses.host_class],
        worth=worth[vms],
    )


def _core(problem: Problem, worth: FloatArray, parameters: TabuParameters) -> tuple[BoolArray, IntArray]:
    """Which VMs are in doubt on the only host, and the placement of the others; the more the less fits otherwise."""
    able = worth > -np.inf
    by_doubt = np.argsort(np.where(able, np.abs(worth), np.inf), kind="stable")
    by_resource, by_vms = parameters.core_per_resource * problem.n_resources, parameters.core_part * problem.n_vms
    size = int(parameters.core + by_resource + by_vms)
    while True:
        doubtful = np.zeros(problem.n_vms, dtype=bool)
        doubtful[by_doubt[:size]] = True
        doubtful &= able
        settled = np.where(~doubtful & (worth > 0), 0, -1)
        if size >= problem.n_vms or (problem.loads(settled) <= problem.capacity).all():
            return doubtful, settled
        size *= 2
