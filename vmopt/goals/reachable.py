"""Reachable loads: what sums of demands come to, one resource at a time (subset sums; Bellman 1957)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import IntArray

MOST_STEPS = 1 << 17
"""Loads, in steps, up to which it is worked out which of them there can be."""


def reachable(instance: Any) -> tuple[IntArray | None, ...]:
    """For each resource all loads that some VMs add up to, in order, 0 among them; None where these are too many.

    A load that fits a host is a sum of demands that fit it, so that what is listed up to the largest host serves all.

    Examples
    --------
    >>> import vmopt
    >>> [loads.tolist() for loads in reachable(vmopt.Instance.from_arrays([[4], [6], [6]], [[19], [13]]))]
    [[0, 4, 6, 10, 12, 16]]
    """
    found: tuple[IntArray | None, ...] = instance.once(_reachable)
    return found


def largest_up_to(loads: IntArray, room: IntArray) -> IntArray:
    """The largest load that fits each amount of room."""
    return np.asarray(loads[np.searchsorted(loads, room, side="right") - 1])


def step_of(instance: Any, k: int) -> int:
    """What all loads of a resource are multiples of; 0 where nobody asks for any."""
    return int(np.gcd.reduce(instance.demand[:, k])) if instance.n_vms else 0


def _reachable(instance: Any) -> tuple[IntArray | None, ...]:
    largest = instance.host_classes.capacity.max(axis=0, initial=0).tolist()
    return tuple(_sums(instance.demand[:, k], room, step_of(instance, k)) for k, room in enumerate(largest))


def _sums(demand: IntArray, room: int, step: int) -> IntArray | None:
    """All sums up to the room, found by shifting the set of those so far, whose bits say which multiples it has."""
    if not step:
        return np.zeros(1, dtype=np.int64)
    top = room // step
    if top > MOST_STEPS:
        return None
    sizes, counts = np.unique(demand[(demand > 0) & (demand <= room)] // step, return_counts=True)
    reached, every = 1, (1 << (top + 1)) - 1
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        left, times = min(count, top // size), 1
        while left:  # 1, 2, 4, ... of them at once make any number up to all
            reached |= (reached << (size * min(times, left))) & every
            left, times = left - min(times, left), 2 * times
    bits = np.frombuffer(reached.to_bytes(top // 8 + 1, "little"), dtype=np.uint8)
    return np.flatnonzero(np.unpackbits(bits, bitorder="little")).astype(np.int64) * step
