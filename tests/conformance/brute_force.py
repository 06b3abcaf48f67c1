"""The optimum by trying everything: slow, and simple enough to believe."""

from __future__ import annotations

from functools import cache
from math import fsum

from vmopt.model import Instance


def optimum(instance: Instance) -> float:
    """Value of the best placement of a tiny instance."""
    demand = [tuple(map(int, row)) for row in instance.demand]
    value = [float(v) for v in instance.value]

    @cache
    def best(vm: int, free: tuple[tuple[int, ...], ...]) -> tuple[float, ...]:
        if vm == len(demand):
            return ()
        options = [best(vm + 1, free)]
        for host, room in enumerate(free):
            if room in free[:host] or any(d > r for d, r in zip(demand[vm], room, strict=True)):
                continue
            left = tuple(r - d for d, r in zip(demand[vm], room, strict=True))
            options.append((value[vm], *best(vm + 1, (*free[:host], left, *free[host + 1 :]))))
        return max(options, key=fsum)

    return fsum(best(0, tuple(tuple(map(int, row)) for row in instance.capacity)))
