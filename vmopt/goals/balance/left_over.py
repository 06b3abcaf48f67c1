"""What a host in use leaves over at least when what is free is cut into pieces."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import FloatArray

MOST_BITS = 1 << 17
"""Loads, in steps, up to which it is worked out which of them there can be."""


def least_left(instance: Any, k: int, size: int) -> FloatArray:
    """Least of ``(capacity - load) % size`` over all loads that VMs can add up to, of each host class.

    Examples
    --------
    >>> import vmopt
    >>> least_left(vmopt.Instance.from_arrays([[4], [6], [6]], [[19]]), 0, 8).tolist()
    [1.0]
    """
    demands, counts = np.unique(instance.demand[:, k], return_counts=True)
    return np.array([_least(int(room), size, demands, counts) for room in instance.host_classes.capacity[:, k]])


def _least(room: int, size: int, demands: Any, counts: Any) -> float:
    small = (demands > 0) & (demands <= room)
    demands, counts = demands[small], counts[small]
    step = int(np.gcd.reduce(demands)) if len(demands) else 0
    if not step:
        return float(room % size)
    if room // step > MOST_BITS:
        return float(room % int(np.gcd(step, size)))
    reached, full = 1, (1 << (room // step + 1)) - 1
    for demand, count in zip((demands // step).tolist(), counts.tolist(), strict=True):
        left, times = min(count, room // step // demand), 1
        while left:
            reached |= (reached << (demand * min(times, left))) & full
            left, times = left - min(times, left), 2 * times
    loads = np.array([i for i, bit in enumerate(reversed(bin(reached)[2:])) if bit == "1"], dtype=np.int64) * step
    return float(((room - loads) % size).min())
