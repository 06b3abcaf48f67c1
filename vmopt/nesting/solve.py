"""nest: open VMs on hosts so that containers run inside."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import numpy as np

from vmopt.arrays import IntArray
from vmopt.backends import registry
from vmopt.errors import InstanceError
from vmopt.model import VM, Host
from vmopt.nesting.flavor import Flavor
from vmopt.nesting.nested import Nested
from vmopt.nesting.parameters import NestParameters
from vmopt.nesting.search import NestSearch
from vmopt.nesting.solution import NestSolution
from vmopt.options import checked_limits
from vmopt.rules import BaseRule

LARGEST = 2**50


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

    The relaxation over patterns of VMs says what to open, `solve` places containers in it, and the prices prove how
    good that is. Small clusters are then searched as one integer program, which starts from there.

    Parameters
    ----------
    containers : iterable of VM
        Worth as much as they would be on the hosts themselves: priority times share.
    flavors : iterable of Flavor
    hosts : iterable of Host
    rules : sequence of rules, optional
        Between containers and hosts, such as ``Spread`` over hosts or racks, whatever VMs they run in; hard ones only.
    backend : str
        One for integer programs, for small clusters.
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
        If an argument makes no sense.
    SolverError
        If what the backend returns does not hold.

    Examples
    --------
    >>> flavors = [Flavor("small", {"cpu": 4}, {"cpu": 1}), Flavor("large", {"cpu": 8}, {"cpu": 1})]
    >>> found = nest([VM("a", {"cpu": 4}), VM("b", {"cpu": 4})], flavors, [Host("h", {"cpu": 10})], threads=1)
    >>> [(flavors[f].name, h) for f, h in found.vms], found.placement, found.levels[1].bound
    ([('large', 0)], {'a': 0, 'b': 0}, 1.0)
    """
    nested = Nested.of(containers, flavors, hosts, rules=rules)
    return nest_of(nested, backend=backend, time_limit=time_limit, seed=seed, threads=threads)


def nest_of(
    nested: Nested,
    *,
    backend: str = "cp-sat",
    time_limit: float = 60.0,
    seed: int = 0,
    threads: int | None = None,
    parameters: NestParameters | None = None,
) -> NestSolution:
    """Do what `nest` does, with data that are read already."""
    started = time.perf_counter()
    seconds, _, seed, cores = checked_limits(time_limit, 0.0, seed, threads)
    settings = registry.get(backend), started + seconds, seed, cores, parameters or NestParameters()
    return NestSearch(nested, _units(nested), *settings).run(started)


def _units(nested: Nested) -> IntArray:
    """What a container of each class is worth, in whole numbers."""
    classes, worth = nested.cluster.vm_classes, nested.cluster.worth
    if not classes.value.any():
        return np.zeros(len(classes), dtype=np.int64)
    if worth is None or worth.total >= LARGEST:
        raise InstanceError("values of containers have too many digits to be compared exactly: round them.")
    return np.array(worth.number, dtype=np.int64)
