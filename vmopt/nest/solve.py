"""nest: open VMs on hosts so that containers run inside."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import numpy as np

from vmopt.arrays import IntArray
from vmopt.backends import registry
from vmopt.backends.base import Backend, LPOptions, LPResult
from vmopt.errors import InstanceError, SolverError
from vmopt.model import VM, Host
from vmopt.nest.check import verify_nest
from vmopt.nest.flavor import Flavor
from vmopt.nest.nested import Nested
from vmopt.nest.program import NestProgram, nest_program
from vmopt.nest.solution import NestLevel, NestSolution
from vmopt.options import checked_limits
from vmopt.rules import BaseRule
from vmopt.solution import Limit, Status

LARGEST = 2**50
MOST_PAIRS = 2_000_000
"""Container classes times slots up to which the program is built."""


def nest(
    containers: Iterable[VM],
    flavors: Iterable[Flavor],
    hosts: Iterable[Host],
    *,
    rules: Sequence[BaseRule] = (),
    backend: str = "cp-sat",
    time_limit: float = 60.0,
    seed: int = 0,
    threads: int | None = None,
) -> NestSolution:
    """Open VMs on hosts so that containers of the greatest worth run inside, then in the cheapest VMs.

    Parameters
    ----------
    containers : iterable of VM
        Worth as much as they would be on the hosts themselves: priority times share.
    flavors : iterable of Flavor
    hosts : iterable of Host
    rules : sequence of rules, optional
        Between containers and hosts, such as ``Spread`` over hosts or racks, whatever VMs they run in; hard ones only.
    backend : str
        One for integer programs.
    time_limit : float
        Seconds of wall clock.
    seed : int
    threads : int, optional

    Returns
    -------
    NestSolution
        Verified; on Ctrl-C the best so far.

    Raises
    ------
    InstanceError, OptionError
        If an argument makes no sense, or the program would be too large.
    SolverError
        If what the backend returns does not hold.

    Examples
    --------
    >>> flavors = [Flavor("small", {"cpu": 4}, {"cpu": 1}), Flavor("large", {"cpu": 8}, {"cpu": 1})]
    >>> found = nest([VM("a", {"cpu": 4}), VM("b", {"cpu": 4})], flavors, [Host("h", {"cpu": 10})], threads=1)
    >>> [(flavors[f].name, h) for f, h in found.vms], found.placement, found.levels[1].bound
    ([('large', 0)], {'a': 0, 'b': 0}, 1.0)
    """
    started = time.perf_counter()
    seconds, _, seed, cores = checked_limits(time_limit, 0.0, seed, threads)
    nested, solver = Nested.of(containers, flavors, hosts, rules=rules), registry.get(backend)
    units = _units(nested)
    model = _built(nested, units)
    search = _Search(nested, model, units, solver, started + seconds, seed, cores)
    return search.run(started)


def _units(nested: Nested) -> IntArray:
    """What a container of each class is worth, in whole numbers."""
    classes, worth = nested.cluster.vm_classes, nested.cluster.worth
    if not classes.value.any():
        return np.zeros(len(classes), dtype=np.int64)
    if worth is None or worth.total >= LARGEST:
        raise InstanceError("values of containers have too many digits to be compared exactly: round them.")
    return np.array(worth.number, dtype=np.int64)


def _built(nested: Nested, units: IntArray) -> NestProgram:
    per_host = np.where(nested.size > 0, nested.capacity.max(axis=0, initial=0) // np.maximum(nested.size, 1), 2**40)
    slots = int(np.minimum(per_host.min(axis=1, initial=2**40), nested.cluster.n_vms).sum()) * nested.cluster.n_hosts
    if slots * len(units) > MOST_PAIRS:
        raise InstanceError(
            f"{len(units):,} classes of containers in {slots:,} possible VMs are too many for one program: "
            "give fewer flavors or hosts, or containers that are more alike."
        )
    return nest_program(nested, units)


class _Search:
    """Both levels, one after the other, on one backend."""

    def __init__(
        self, nested: Nested, model: NestProgram, units: IntArray, solver: Backend, end: float, seed: int, threads: int
    ) -> None:
        self.nested, self.model, self.units, self.solver = nested, model, units, solver
        self.end, self.seed, self.threads = end, seed, threads
        self.vms: tuple[tuple[int, int], ...] = ()
        self.vm_of = np.full(nested.cluster.n_vms, -1, dtype=np.int64)

    def run(self, started: float) -> NestSolution:
        """Search for worth, then for few or cheap VMs."""
        first = self._solve(self.model.program)
        if first.x is not None:
            self._take(first)
        elif first.status is Status.INFEASIBLE or verify_nest(self.nested, self.vms, self.vm_of):
            return self._answer((), first.status, first.limit, started)
        won, total = self._worth(), int(self.units @ self.nested.cluster.vm_classes.count)
        proven = first.status is Status.OPTIMAL or won == total
        bound = won if proven else min(total, first.bound)
        unit = float(self.nested.cluster.worth.unit) if self.nested.cluster.worth else 0.0
        level = NestLevel("utilisation", won * unit, max(won, bound) * unit, _status(proven))
        stopped = first.limit is Limit.INTERRUPTED
        second, limit = self._cheapest(won) if not stopped else (self._cost_level(0.0, proven=False), first.limit)
        limit = limit or first.limit
        return self._answer((level, second), _status(proven and second.status is Status.OPTIMAL), limit, started)

    def _cheapest(self, won: int) -> tuple[NestLevel, Limit | None]:
        found = self._solve(self.model.cheapest(won))
        before = self.vms, self.vm_of, self._cost()
        if found.x is not None:
            self._take(found)
            if self._worth() < won or self._cost() > before[2]:
                self.vms, self.vm_of = before[:2]
        return self._cost_level(-found.bound, proven=found.status is Status.OPTIMAL), found.limit

    def _cost_level(self, bound: float, *, proven: bool) -> NestLevel:
        cost = self._cost()
        proven = proven or cost == 0
        return NestLevel("cost", cost, cost if proven else min(max(bound, 0.0), cost), _status(proven))

    def _solve(self, program: object) -> LPResult:
        left = max(self.end - time.perf_counter(), 0.0)
        options = LPOptions(time_limit=left, gap=0.0, seed=self.seed, threads=self.threads)
        return self.solver.solve(program, options)  # type: ignore[arg-type]

    def _take(self, found: LPResult) -> None:
        """Keep what a backend found, VMs that run nothing left out, once it is verified."""
        assert found.x is not None
        slot = self.model.read(found.x)
        used = np.unique(slot[slot >= 0])
        slots = self.model.slots
        self.vms = tuple(zip(slots.flavor[used].tolist(), slots.host[used].tolist(), strict=True))
        self.vm_of = np.where(slot >= 0, np.searchsorted(used, slot), -1)
        faults = verify_nest(self.nested, self.vms, self.vm_of)
        if faults:
            raise SolverError(f"{self.solver.name} returned what does not hold: {faults[0]}.")

    def _worth(self) -> int:
        return int(self.units[self.nested.cluster.vm_classes.of[self.vm_of >= 0]].sum())

    def _cost(self) -> float:
        return float(sum(self.nested.flavors[flavor].cost for flavor, _ in self.vms))

    def _answer(
        self, levels: tuple[NestLevel, ...], status: Status, limit: Limit | None, started: float
    ) -> NestSolution:
        seconds = time.perf_counter() - started
        return NestSolution(self.nested, self.vms, self.vm_of, levels, status, limit, self.solver.name, seconds)


def _status(proven: bool) -> Status:
    return Status.OPTIMAL if proven else Status.FEASIBLE
