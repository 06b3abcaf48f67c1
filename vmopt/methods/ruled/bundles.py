"""Bundles: of VMs that have to share a host, or need another there, those that are worth placing there together."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.ruled.couples import couple, coupling
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.model.rule import RuleInForce
from vmopt.problem import Problem
from vmopt.rules.gathered import fitting_sets


def bundles(
    problem: Problem, prices: FloatArray, parameters: RuledParameters = DEFAULT, *, couples: bool = True
) -> IntArray:
    """Choose from each group that shares a host the VMs that gain most at some prices, where they fit together.

    Those that need another on their host follow one: see `couples`.

    Parameters
    ----------
    problem : Problem
    prices : (n_host_classes, n_resources) array
    parameters : RuledParameters
    couples : bool
        Whether those that need others follow them.

    Returns
    -------
    (n_vms,) int64 array
        The first VM of its bundle for each VM in one, or the partner that it needs; itself for VMs that go alone, -1
        for those that are left out.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> together = vmopt.Gather(["vm-0", "vm-1", "vm-2"])
    >>> cluster = compile(vmopt.Instance.from_arrays([[3], [4], [4], [1]], [[8], [5]], rules=[together]))
    >>> bundles(cluster, np.zeros((2, 1))).tolist()
    [-1, 1, 1, 3]
    """
    leader = np.arange(problem.n_vms)
    free = np.ones(problem.n_vms, dtype=bool)
    for rule in problem.rules:
        if not (rule.gathers and rule.by_host and rule.penalty is None):
            continue
        for vms in rule.members:
            if len(vms) > 1 and free[vms].all():
                chosen = _best(problem, vms, prices, parameters.most_sets)
                leader[vms], free[vms] = -1, False
                leader[chosen] = chosen.min(initial=problem.n_vms)
    if couples and coupling(problem.rules):
        couple(problem, prices, leader, free)
    return leader


def has_bundles(rules: tuple[RuleInForce, ...]) -> bool:
    """Whether any VMs have to share a host, or need others there."""
    gathered = any(rule.gathers and rule.by_host and rule.penalty is None for rule in rules)
    return gathered or bool(coupling(rules))


def _best(problem: Problem, vms: IntArray, prices: FloatArray, most: int) -> IntArray:
    """The VMs of a group that together are worth most above what they pay on a host that has room for them."""
    room, kinds = problem.hosts.capacity, problem.vms.of[vms]
    kind, count = np.unique(kinds, return_counts=True)
    demand, value = problem.vms.least[kind], problem.vms.value[kind]
    sets = fitting_sets(demand, count, room, most)
    if sets is None:
        sets = _grown(demand, value, count, room)
    asked = sets @ demand
    fits = np.ones((len(sets), len(room)), dtype=bool)
    for k in range(room.shape[1]):
        fits &= asked[:, k, None] <= room[:, k]
    gain = np.where(fits, (sets @ value)[:, None] - asked @ prices.T, -np.inf).max(axis=1)
    best = sets[int(gain.argmax())]
    order = np.argsort(kinds, kind="stable")
    place = np.arange(len(vms)) - np.searchsorted(kinds[order], kinds[order])
    return np.asarray(vms[order][place < best[np.searchsorted(kind, kinds[order])]])


def _grown(demand: IntArray, value: FloatArray, count: IntArray, room: IntArray) -> IntArray:
    """Sets that grow VM by VM, the most valuable for its size first, as far as they fit some host."""
    size = (demand / np.maximum(room.max(axis=0), 1)).sum(axis=1)
    every = [np.zeros(len(count), dtype=np.int64)]
    for kind in np.argsort(-value / np.maximum(size, 1e-300), kind="stable").tolist():
        for _ in range(int(count[kind])):
            more = every[-1].copy()
            more[kind] += 1
            if not (more @ demand <= room).all(axis=1).any():
                break
            every.append(more)
    return np.array(every)
