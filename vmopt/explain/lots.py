"""Lots: VMs that must run have no room because hosts have it in pieces, though what they ask for adds up.

Counted in whole lots of some size, VMs that share a host take no more of them than the host has: what is less than a
lot is of no use to any. One that asks for more than half of the largest host takes all lots that it leaves no room for
beside it (dual feasible functions, Carlier, Clautiaux and Moukrim 2007). So more lots than all hosts have is a proof.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.instance import Instance

PARTS = (1, 2, 3, 4)
"""Lots are looked at that go so often into what a VM or a host has, or are just too large for that."""
MOST_SIZES = 2000
"""Sizes of lots that are looked at, the largest ones: they are what hosts waste most of."""


@dataclass(frozen=True)
class Lots:
    """More lots than there are.

    Attributes
    ----------
    resource : int
    size : int
        Of a lot, in integer units of the instance.
    vms, hosts : int arrays
        Who takes any, and who has any.
    halves, offered : int
        Half lots that these VMs take, and that these hosts have: a VM of just half of a host takes half of its lots.
    """

    resource: int
    size: int
    vms: IntArray
    hosts: IntArray
    halves: int
    offered: int


def in_lots(instance: Instance, must: IntArray) -> Lots | None:
    """Find lots of which VMs that must run take more than all hosts have; None where there are none of the sort.

    Parameters
    ----------
    must : (n,) int64 array
        VMs that must run.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[6], [4], [4], [4]], [[9], [9]])
    >>> found = in_lots(cluster, np.arange(4))
    >>> found.size, found.halves / 2, found.offered / 2
    (4, 5.0, 4.0)
    """
    best: Lots | None = None
    for k in range(len(instance.resources) if must.size and instance.n_hosts else 0):
        asked, there = instance.reserved[must, k], instance.capacity[:, k]
        most = int(there.max())
        if not 0 < asked.max() <= most:  # nobody asks for it, or who does fits no host: another matter
            continue
        for whole in (0, most):
            found = _largest_excess(asked, there, whole)
            if found is not None and (best is None or found[1] > best.halves / best.offered):
                takes, has = _halves(asked, found[0], whole), _halves(there, found[0], whole)
                best = Lots(k, found[0], must[takes > 0], np.flatnonzero(has), int(takes.sum()), int(has.sum()))
    return best


def _largest_excess(asked: IntArray, there: IntArray, whole: int) -> tuple[int, float] | None:
    """Size of the lots of which most are taken against what there is, and how many times that; None up to once."""
    (vm, of_vm), (host, of_host) = (np.unique(column, return_counts=True) for column in (asked, there))
    steps = [size // q for size in (vm, host) for q in PARTS] + [(int(host[-1]) - vm) // q + 1 for q in PARTS]
    steps += [host // q + 1 for q in PARTS]
    sizes = np.unique(np.concatenate(steps))
    sizes = sizes[(sizes > 0) & (sizes <= vm[-1])][-MOST_SIZES:, None]
    takes = _halves(vm, sizes, whole) @ of_vm
    has = _halves(host, sizes, whole) @ of_host
    more = np.divide(takes, has, out=np.zeros(len(sizes)), where=has > 0)
    at = len(sizes) - 1 - int(more[::-1].argmax()) if len(sizes) else 0  # of equals the largest
    return (int(sizes[at, 0]), float(more[at])) if len(sizes) and takes[at] > has[at] else None


def _halves(amount: IntArray, size: IntArray | int, whole: int) -> IntArray:
    """Half lots that an amount takes, or is; of more than half of the `whole` all that it leaves no room for."""
    lots = 2 * (amount // size)
    if not whole:
        return np.asarray(lots)
    rest = 2 * (whole // size - (whole - amount) // size)
    return np.asarray(np.where(2 * amount > whole, rest, np.where(2 * amount == whole, whole // size, lots)))
