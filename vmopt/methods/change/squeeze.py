"""Squeeze: VMs that had to leave and find no room are put where others make room, with as few of these as can be."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.formulation.goals import part_program
from vmopt.goals import FewestMoves
from vmopt.methods.change.parameters import DEFAULT, ChangeParameters
from vmopt.methods.goals.choice import Drawn
from vmopt.methods.goals.freed_hosts import FreedHosts
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.model.goal_level import GoalLevel
from vmopt.problem import Problem

BACKEND = "cp-sat"


def squeezed(
    problem: Problem,
    placed: IntArray,
    waiting: IntArray,
    stop: float = np.inf,
    parameters: ChangeParameters = DEFAULT,
    seed: int = 0,
    gap: float = 0.0,
) -> IntArray:
    """Put VMs where others make room for them: VM by VM, few hosts with room are filled anew.

    Parameters
    ----------
    placed : (n_vms,) int64 array
        A placement that keeps all rules but `MustRun`.
    waiting : (n,) int64 array
        Who is to be placed, in this order.
    stop : float
        Value of ``time.perf_counter()`` at which to leave off.
    parameters : ChangeParameters
    seed : int
        Of the draw of hosts.
    gap : float
        How far each of these fillings may be from the fewest moves.

    Returns
    -------
    (n_vms,) int64 array
        The placement with as many of these as found room; all others run as before, some elsewhere.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> arrays = {"demand": [[3], [3], [4]], "capacity": [[6], [5]], "current": [0, 1, 0]}
    >>> cluster = compile(vmopt.Instance.from_arrays(**arrays))
    >>> squeezed(cluster, np.array([0, 1, -1]), np.array([2])).tolist()
    [0, 0, 1]
    """
    if not len(waiting):
        return placed
    state, in_vain = _State(problem, placed, stop, parameters, seed, gap), 0
    size = dict.fromkeys(waiting.tolist(), parameters.first_hosts)
    while size and not state.late and in_vain < parameters.most_in_vain:
        for vm in list(size):
            if state.late or state.too_large(vm) or state.squeeze(vm, size[vm]):
                del size[vm]
            elif size[vm] >= min(parameters.most_hosts, problem.n_hosts):
                in_vain += 1
                del size[vm]
            else:
                size[vm] *= 2
    return state.placed


@dataclass
class _State:
    problem: Problem
    placed: IntArray
    stop: float
    parameters: ChangeParameters
    seed: int
    gap: float

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.seed)
        self._level = GoalLevel.of(FewestMoves())
        self._places = PartialPlacement(self.problem, self.placed, hard_only=True)

    def _now(self, placed: IntArray) -> None:
        """Take a placement that differs in a few VMs."""
        moved = np.flatnonzero(placed != self.placed)
        self._places.take_off(moved)
        for vm in moved[placed[moved] >= 0]:
            self._places.put(np.array([vm]), placed[[vm]])
        self.placed = placed

    @property
    def late(self) -> bool:
        return time.perf_counter() > self.stop

    def too_large(self, vm: int) -> bool:
        """Whether nobody can make room for a VM."""
        return self._lacks(vm, np.arange(self.problem.n_hosts))

    def _lacks(self, vm: int, hosts: IntArray) -> bool:
        """Whether hosts together have less left than a VM must get."""
        return bool((self.problem.least[vm] > self._places.free[hosts].sum(axis=0)).any())

    def squeeze(self, vm: int, size: int) -> bool:
        """Fill so many hosts anew, with this VM; tell whether that went well."""
        hosts = self._hosts(vm, size)
        if not len(hosts) or self._lacks(vm, hosts):
            return False
        inside = np.append(np.flatnonzero(np.isin(self.placed, hosts)), vm)
        vm_class = self.problem.vms.of[inside]
        supply = np.bincount(vm_class, minlength=len(self.problem.vms)).astype(np.int64)
        if np.count_nonzero(supply) * len(hosts) > self.parameters.most_cells:
            return False
        outside = self.placed.copy()
        outside[inside] = -1
        model = part_program(self.problem, hosts, outside, supply, self._level, ())
        seconds = max(0.0, min(self.parameters.squeeze_seconds, self.stop - time.perf_counter()))
        options = LPOptions(time_limit=seconds, gap=self.gap, seed=0, threads=1)
        result = registry.get(BACKEND).solve(model.program, options)
        if result.x is None:
            return False
        part = FreedHosts(Drawn(hosts, 0, size, False, 0), inside, vm_class, model)
        self._now(part.placed(model.counts(result.x), self.placed))
        return True

    def _hosts(self, vm: int, size: int) -> IntArray:
        """Hosts that may take the VM, those with most of what is scarce for it, and others for who makes room."""
        problem, places = self.problem, self._places
        takes = places.allowed(vm) & (problem.least[vm] <= problem.capacity).all(axis=1)
        scarcity = 1.0 / np.maximum(places.free.sum(axis=0), 1)
        room = np.minimum(places.free, problem.least[vm]) @ scarcity * self._rng.uniform(0.5, 1.5, problem.n_hosts)
        near = _first(np.flatnonzero(takes), -room, size - size // 4)
        far = _first(np.setdiff1d(np.arange(problem.n_hosts), near), -room, size - len(near))
        return np.union1d(near, far) if len(near) else near


def _first(hosts: IntArray, key: FloatArray, count: int) -> IntArray:
    return hosts[np.argsort(key[hosts], kind="stable")[:count]]
