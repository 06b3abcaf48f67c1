"""Checks a placement, and a bound, from the data alone: no solver, no formulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt import metrics
from vmopt.carried_over import carry_over_allocation
from vmopt.elastic.misallocation import Misallocation, misallocations, to_allocation
from vmopt.host_index import to_host_index
from vmopt.model.amounts import in_own_unit
from vmopt.model.instance import Instance, require_instance
from vmopt.rules.breach import Breach
from vmopt.rules.broken import breaches_of
from vmopt.rules.inside import misplaced

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Violation:
    """One host that is asked for more of one resource than it has.

    Attributes
    ----------
    host, resource : str
    load, capacity : int
        In the instance's integer units.
    scale : int
        How many of these one of the user's own units is.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[8]], resources=["cpu"])
    >>> [(found.host, found.resource, found.load, found.capacity) for found in vmopt.verify(cluster, [0, 0])]
    [('host-0', 'cpu', 9, 8)]
    """

    host: str
    resource: str
    load: int
    capacity: int
    scale: int = 1

    def __str__(self) -> str:
        capacity, load = (in_own_unit(units, self.scale) for units in (self.capacity, self.load))
        return f"host {self.host!r} has {capacity} of {self.resource}, but {load} is placed on it"


def verify(
    instance: Instance, placement: Any, allocation: Any = None
) -> tuple[Violation | Misallocation | Breach, ...]:
    """Check a placement against every capacity and rule, an allocation against what each VM must get and can use.

    A placement is feasible when ``sum_i d[i,k] x[i,h] <= C[h,k]`` for every host h and resource k, and no hard rule is
    broken; soft ones only cost something, see `vmopt.metrics.penalty_of`. Where hosts have parts, pieces have to land
    on them, and `check_landings` judges the way that is found. All is judged in exact integers, from the instance
    alone. Where VMs are elastic, what they get takes the place of their demand, or, if only a placement is given, their
    reservation.

    Parameters
    ----------
    instance : Instance
    placement : Solution, mapping (or Series) of VM name to host name, or (n_vms,) int array
        In an array, -1 means unplaced; in a mapping, a VM that is left out (or maps to None) is unplaced. A Solution of
        another instance is read by name, without the VMs and hosts that are no longer there.
    allocation : (n_vms, n_resources) int array, optional
        What each VM gets, in the instance's integer units; default: the solution's, if a Solution is given.

    Returns
    -------
    tuple of Violation, Misallocation and Breach
        Empty when nothing is violated.

    Raises
    ------
    PlacementError
        If the placement names a VM or host that does not exist, or has the wrong length.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [5]], [[8]], resources=["cpu"], host_names=["h1"])
    >>> verify(cluster, [0, -1])
    ()
    >>> print(verify(cluster, [0, 0])[0])
    host 'h1' has 8 of cpu, but 9 is placed on it
    """
    host_index = to_host_index(require_instance(instance), placement)
    from_solution = allocation is None and hasattr(placement, "elastic_allocation")
    given = carry_over_allocation(instance, placement) if from_solution else allocation
    amounts = instance.reserved if given is None else to_allocation(instance, given)
    load = metrics.loads(instance, host_index, amounts)
    overloads = tuple(
        Violation(
            instance.host_names[h],
            instance.resources[k],
            int(load[h, k]),
            int(instance.capacity[h, k]),
            int(instance.scale[k]),
        )
        for h, k in np.argwhere(load > instance.capacity).tolist()
    )
    wrong_amounts = () if given is None else misallocations(instance, host_index, amounts)
    stated = placement.parts if getattr(placement, "instance", None) is instance else None
    broken = breaches_of(instance, host_index)
    return (*overloads, *wrong_amounts, *broken, *misplaced(instance, host_index, stated))
