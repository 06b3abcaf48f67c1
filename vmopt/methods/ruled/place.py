"""Greedy placement under rules: VM by VM, those that run together or not at all in one go."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.free_capacity import Fit
from vmopt.methods.ruled.gangs import Gangs
from vmopt.methods.ruled.homes import Homes, by_domain
from vmopt.methods.ruled.mend import urgent_vms
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.methods.ruled.partners import Partners
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem


def place(
    problem: Problem,
    order: IntArray,
    fit: Fit,
    start: IntArray,
    stop: float = np.inf,
    hosts: IntArray | None = None,
    *,
    urgent_stop: float | None = None,
    parameters: RuledParameters = DEFAULT,
) -> IntArray:
    """Place VMs in the given order, those that must run before all others, where capacity and rules allow it.

    Soft rules count as hard: `bend` places the VMs that they keep out.

    Parameters
    ----------
    order : (n,) int array
        The VMs to place, unplaced so far; those that follow each other and are alike take one step.
    fit : {"first-fit", "best-fit"}
    start : (n_vms,) int array
        The placement to add to, which keeps all rules but `MustRun`.
    stop : float
        Value of ``time.perf_counter()`` at which to leave the rest unplaced.
    hosts : (n_hosts,) int array, optional
        In the order in which they are filled first-fit; default: that of the instance.
    urgent_stop : float, optional
        The same as `stop` for VMs that must run, without which there is nothing; default: `stop`.
    parameters : RuledParameters

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
    filling = _Filling(problem, fit, start, np.arange(problem.n_hosts) if hosts is None else hosts, parameters)
    host_index, urgent = filling.places.host_index, urgent_vms(problem)[order] > 0
    filling.go(order[urgent], stop if urgent_stop is None else urgent_stop)
    filling.go(order[~urgent], stop)
    waits = np.logical_or.reduce([rule.concerns & rule.waits for rule in problem.rules])
    for _ in range(parameters.again):
        left = order[waits[order] & (host_index[order] < 0)]
        filling.go(left, stop)
        if (host_index[left] < 0).all():
            break
    return host_index


class _Filling:
    """Hosts that are filled in a given order, or the fullest first."""

    def __init__(
        self, problem: Problem, fit: Fit, start: IntArray, hosts: IntArray, parameters: RuledParameters
    ) -> None:
        self._hosts = hosts
        self.places = PartialPlacement(problem, start)
        self._gangs, self._homes = Gangs(problem, self._take), Homes(problem, self._room)
        self._partners = Partners(problem, self.places, self._in_order, parameters)
        self._classes = problem.vms.of
        self._best_fit = fit == "best-fit"
        total = problem.total.astype(np.float64)
        self._weight: FloatArray = np.divide(1.0, total, out=np.zeros(len(total)), where=total > 0)

    def go(self, order: IntArray, stop: float) -> None:
        """Look at each VM once."""
        self.places.stop = stop
        edges = np.flatnonzero(np.diff(self._classes[order], prepend=-1, append=-1))
        for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            if self.places.late:
                break
            vms = order[begin:end]
            self._gangs.place(vms[self.places.host_index[vms] < 0], self.places)

    def _take(self, vms: IntArray) -> None:
        """Place VMs that are all alike; where they need others that are nowhere, these come with the first of them."""
        while vms.size:
            hosts = self._in_order(int(vms[0]))
            went = self.places.take(vms, self._homes.among(int(vms[0]), hosts, self.places.host_index))
            vms = vms[went < 0]
            if not vms.size or not self._partners.begin(int(vms[0])):
                break
            vms = vms[self.places.host_index[vms] < 0]

    def _in_order(self, vm: int) -> IntArray:
        hosts = self._hosts[self.places.roomy(vm)[self._hosts]]
        if self._best_fit:
            hosts = hosts[np.argsort(self.places.free[hosts] @ self._weight, kind="stable")]
        return hosts

    def _room(self, rule: RuleInForce, vms: IntArray) -> FloatArray:
        """How often these VMs go into what each domain has left, where rules allow the first of them to be."""
        problem, hosts = self.places.problem, np.flatnonzero(self.places.allowed(int(vms[0])))
        asked = problem.least[vms].sum(axis=0)
        often = [by_domain(rule, hosts, self.places.free[hosts, k]) / asked[k] for k in np.flatnonzero(asked)]
        return np.min(often, axis=0) if often else np.ones(len(rule.domain))
