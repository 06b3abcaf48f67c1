"""Greedy placement under rules: VM by VM, those that run together or not at all in one go."""

from __future__ import annotations

import time

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.free_capacity import Fit
from vmopt.methods.ruled.gangs import Gangs
from vmopt.methods.ruled.mend import urgent_vms
from vmopt.methods.ruled.places import Places
from vmopt.problem import Problem

ROUNDS = 3
"""How often VMs are looked at again that others must go before."""


def place(problem: Problem, order: IntArray, fit: Fit, start: IntArray, stop: float = np.inf) -> IntArray:
    """Place VMs in the given order, those that must run before all others, where capacity and rules allow it.

    Parameters
    ----------
    order : (n,) int array
        The VMs to place, unplaced so far; those that follow each other and are alike take one step.
    fit : {"first-fit", "best-fit"}
    start : (n_vms,) int array
        The placement to add to, which keeps all rules but `MustRun`.
    stop : float
        Value of ``time.perf_counter()`` at which to leave the rest unplaced.

    Returns
    -------
    (n_vms,) int array
        Host of each VM, -1 where it runs nowhere.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> apart = vmopt.Spread(["vm-0", "vm-1"])
    >>> cluster = compile(vmopt.Instance.from_arrays([[2], [2], [2]], [[4], [4]], rules=[apart]))
    >>> place(cluster, np.arange(3), "first-fit", np.full(3, -1)).tolist()
    [0, 1, 0]
    """
    filling = _Filling(problem, fit, start)
    host_index = filling.places.host_index
    filling.go(order[np.argsort(-urgent_vms(problem)[order], kind="stable")], stop)
    waits = np.logical_or.reduce([rule.concerns & rule.waits for rule in problem.rules])
    for _ in range(ROUNDS):
        left = order[waits[order] & (host_index[order] < 0)]
        filling.go(left, stop)
        if (host_index[left] < 0).all():
            break
    return host_index


class _Filling:
    """Hosts that are filled in order of their number, or the fullest first."""

    def __init__(self, problem: Problem, fit: Fit, start: IntArray) -> None:
        self.places = Places(problem, start)
        self._gangs = Gangs(problem, self._take)
        self._classes = problem.vms.of
        self._best_fit = fit == "best-fit"
        total = problem.total.astype(np.float64)
        self._weight: FloatArray = np.divide(1.0, total, out=np.zeros(len(total)), where=total > 0)

    def go(self, order: IntArray, stop: float) -> None:
        """Look at each VM once."""
        edges = np.flatnonzero(np.diff(self._classes[order], prepend=-1, append=-1))
        for step, (begin, end) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
            if step % 64 == 63 and time.perf_counter() > stop:
                break
            vms = order[begin:end]
            self._gangs.place(vms[self.places.host_index[vms] < 0], self.places)

    def _take(self, vms: IntArray) -> None:
        hosts = self.places.roomy(int(vms[0]))
        if self._best_fit:
            hosts = hosts[np.argsort(self.places.free[hosts] @ self._weight, kind="stable")]
        self.places.take(vms, hosts)
