"""How many more VMs of a kind fit beside what runs."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.explain import forced
from vmopt.explain.kin import Kin
from vmopt.explain.one import require_placement
from vmopt.explain.pinned import pinned
from vmopt.explain.plain import Record
from vmopt.explain.room import by_domains, by_wholes, concerning, in_a_whole, most_on_hosts
from vmopt.explain.scene import Scene
from vmopt.model.columns import frozen
from vmopt.model.objective import Objective
from vmopt.plurals import plural
from vmopt.rules import MustRun, Whole
from vmopt.solution import Solution, require_solution
from vmopt.status import Status
from vmopt.summary.layout import printable
from vmopt.verify import verify

SHOWN = 5
TOLERANCE = 1e-6
MOST_PLACED = 20_000
"""VMs that are placed one by one where rules decide."""
MOST_SOLVED = 200
"""VMs up to which the number is found by solving."""


@dataclass(frozen=True, repr=False)
class Room(Record):
    """How many more VMs of a kind fit beside what runs, which stays where it is.

    Attributes
    ----------
    vm : str
        Of whose kind: same demand, same labels, in the same groups of all rules.
    fit : int
        So many fit: they were placed, and up to 20,000 of them the placement was verified.
    bound : int
        No more than these fit.
    hosts : tuple of (str, int)
        Where they would go, the hosts with most of them first; the first five.
    n_hosts : int
        How many hosts would take any.

    Examples
    --------
    >>> import vmopt
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[5], [2]], [[8], [8]]))
    >>> room = vmopt.how_many_more(solution, "vm-1")
    >>> room.fit, room.bound, room.n_hosts
    (4, 4, 2)
    """

    vm: str
    fit: int
    bound: int
    hosts: tuple[tuple[str, int], ...]
    n_hosts: int

    @property
    def proven(self) -> bool:
        """Whether it is known exactly."""
        return self.fit == self.bound

    def __str__(self) -> str:
        if not self.bound:
            return printable(f"No more like {self.vm} fits.")
        most = "and no more" if self.proven else f"and no more than {self.bound:,}"
        where = ", ".join(f"{n:,} on {host}" for host, n in self.hosts)
        where += " and more" if self.n_hosts > len(self.hosts) else ""
        fits = plural(self.fit, "fits", "fit")
        return printable(f"{self.fit:,} more like {self.vm} {fits}, {most}" + (f": {where}" if where else "") + ".")

    __repr__ = __str__


def how_many_more(solution: Solution, vm: Any, *, time_limit: float = 1.0) -> Room:
    """Count how many more VMs like one fit beside what runs, with a bound.

    Where no rule looks at who else runs, the number is exact. Else VMs are placed one by one, a bound is added up over
    the domains of rules, and where the instance is small both are found by solving with all that runs in its place.
    A soft rule may be broken; an elastic VM gets what it must.

    Parameters
    ----------
    solution : Solution
    vm : str, int, VM or mapping of resource to amount
        A VM that is there, running or not; a new one; or what a new one without labels asks for.
    time_limit : float
        Seconds for placing and solving.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[3]], [[8], [5]], resources=["cpu"], rules=[vmopt.Ban("vm-*", "host-1")])
    >>> solution = vmopt.solve(cluster)
    >>> print(how_many_more(solution, "vm-0"))
    1 more like vm-0 fits, and no more: 1 on host-0.
    >>> how_many_more(solution, {"cpu": 2}).fit
    4
    """
    require_placement(require_solution(solution))
    seconds = checks.between(time_limit, "time_limit", 0.0, inf, "a number of seconds, at least 0")
    kind = Kin(solution, vm, time.perf_counter() + seconds)
    scene, like = kind.scene(1), solution.instance.n_vms
    most = most_on_hosts(scene, like)
    bound = min(int(most.sum()), by_domains(scene, like, most), by_wholes(scene, like))
    taken = _placed(kind, scene, most, bound)
    if len(taken) < bound <= MOST_SOLVED and kind.is_small:
        taken, bound = _solved(kind, bound, taken)
    hosts, number = np.unique(taken, return_counts=True)
    names = solution.instance.host_names
    order = np.argsort(-number, kind="stable")[:SHOWN]
    shown = tuple((names[int(hosts[n])], int(number[n])) for n in order)
    return Room(kind.name, len(taken), bound, shown, len(hosts))


def _placed(kind: Kin, scene: Scene, most: IntArray, bound: int) -> IntArray:
    """Hosts for as many as can be placed one after the other, the fullest host first."""
    like = kind.solution.instance.n_vms
    if all(here.rule.fixed for here in concerning(scene, like)):
        taken = np.repeat(np.arange(len(most)), most)[:bound]
    else:
        taken = _one_by_one(kind, min(bound, MOST_PLACED))
    if not len(taken) or (len(taken) > MOST_PLACED and not in_a_whole(scene, like)):
        return taken
    tried = kind.scene(len(taken))
    tried.host_index[like:] = taken
    return taken if not verify(tried.instance, tried.host_index) else taken[:0]


def _one_by_one(kind: Kin, n: int) -> IntArray:
    """Place one after the other where all rules allow it."""
    if not n:
        return np.zeros(0, dtype=np.int64)
    scene, like = kind.scene(n), kind.solution.instance.n_vms
    counted = [(here, here.counting(scene.host_index)) for _, here in scene.hard]
    rules = [pair for pair in counted if pair[0].concerns[like]]
    need, free = scene.instance.reserved[like], scene.free.copy()
    per_unit = 1.0 / np.maximum(scene.instance.total, 1)
    taken: list[int] = []
    for vm in range(like, like + n):
        allowed = (need <= free).all(axis=1)
        for here, counting in rules:
            allowed &= here.allows(vm, counting)
        hosts = np.flatnonzero(allowed)
        if not hosts.size or (taken and kind.seconds < 0):
            break
        host = int(hosts[np.argmin(free[hosts] @ per_unit)])
        scene.host_index[vm] = host
        free[host] -= need
        for _, counting in counted:
            counting.add(np.array([vm]))
        taken.append(host)
    return np.array(taken, dtype=np.int64)


def _solved(kind: Kin, bound: int, taken: IntArray) -> tuple[IntArray, int]:
    """Solve for the number, with all that runs in its place."""
    scene, like = kind.scene(bound), kind.solution.instance.n_vms
    instance, new = scene.instance, np.arange(scene.instance.n_vms) >= like
    runs = scene.host_index >= 0
    rules: list[Any] = [rule for rule in instance.rules if _holds(rule)]
    rules += [MustRun(runs)] if runs.any() else []
    still = ~runs & ~new
    rules += [forced.stopped(still)] if still.any() else []
    tried = replace(
        pinned(instance, scene.host_index),
        rules=tuple(rules),
        own_value=frozen(new.astype(np.float64)),
        priority=frozen(np.ones(instance.n_vms)),
        objective=Objective(),
    )
    found = forced.solved(tried, max(kind.seconds, 0.01))
    if found.status not in forced.FOUND:
        return taken, bound
    number = int((found.host_index[like:] >= 0).sum())
    most = min(bound, number if found.status is Status.OPTIMAL else int(found.bound + TOLERANCE))
    hosts = found.host_index[like:]
    return (hosts[hosts >= 0], most) if number > len(taken) else (taken, max(most, len(taken)))


def _holds(rule: Any) -> bool:
    """Whether a rule has a say once it is settled who runs of those that are there."""
    whole = isinstance(rule, Whole) and rule.least is None
    return rule.penalty is None and not isinstance(rule, MustRun) and not whole
