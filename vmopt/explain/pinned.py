"""Pinned: what runs stays where it is, by capacity and not by rules, which other rules would look at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance


def pinned(instance: Instance, host_index: IntArray) -> Instance:
    """Return an instance with a resource more for each host in use, which it alone offers and what runs there needs.

    A `Fence` would do as much, but it has a say in which domains a `Skew` counts.

    Parameters
    ----------
    instance : Instance
        Small: there are as many more columns as hosts in use.
    host_index : (n_vms,) int64 array
        -1 for VMs that may go anywhere.

    Examples
    --------
    >>> import vmopt
    >>> cluster = pinned(Instance.from_arrays([[4], [3]], [[4], [9]], resources=["cpu"]), np.array([1, -1]))
    >>> cluster.resources, vmopt.solve(cluster).host_index.tolist()
    (('cpu', 'pin of host-1'), [1, 0])
    """
    used = np.unique(host_index[host_index >= 0])
    here = (host_index[:, None] == used).astype(np.int64)
    offered = np.zeros((instance.n_hosts, len(used)), dtype=np.int64)
    offered[used, np.arange(len(used))] = here.sum(axis=0)
    least = instance.reservation
    return replace(
        instance,
        resources=(*instance.resources, *(f"pin of {instance.host_names[int(host)]}" for host in used)),
        scale=frozen(np.append(instance.scale, np.ones(len(used), dtype=np.int64))),
        demand=frozen(np.hstack([instance.demand, here])),
        capacity=frozen(np.hstack([instance.capacity, offered])),
        reservation=None if least is None else frozen(np.hstack([least, here])),
    )
