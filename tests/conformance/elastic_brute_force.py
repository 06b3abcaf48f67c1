"""The optimum of elastic VMs by trying every host and every allocation in whole units."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np

from vmopt.model import Instance

Free = tuple[tuple[int, ...], ...]


def optimum(instance: Instance) -> float:
    """Value of the best placement and allocation of a tiny instance."""
    parts = _parts(instance)

    @cache
    def best(vm: int, free: Free) -> float:
        if vm == instance.n_vms:
            return 0.0
        worth = best(vm + 1, free)
        limits = zip(instance.reserved[vm].tolist(), instance.demand[vm].tolist(), strict=True)
        for amounts in product(*(range(least, most + 1) for least, most in limits)):
            own = float(instance.value[vm])
            if parts[vm].any():
                own *= float(parts[vm] @ amounts / (parts[vm] @ instance.demand[vm]))
            for host, room in enumerate(free):
                if room not in free[:host] and all(a <= r for a, r in zip(amounts, room, strict=True)):
                    left = tuple(r - a for a, r in zip(amounts, room, strict=True))
                    worth = max(worth, own + best(vm + 1, (*free[:host], left, *free[host + 1 :])))
        return worth

    return best(0, tuple(tuple(map(int, row)) for row in instance.capacity))


def _parts(instance: Instance) -> np.ndarray:
    """Weight of one unit of each resource in a VM's share, 0 for what the VM does not ask for."""
    weights = instance.objective.weights_of(instance.resources)
    unit = np.array([w / t if t else 0.0 for w, t in zip(weights, instance.total.tolist(), strict=True)])
    return np.where(instance.demand > 0, unit, 0.0)
