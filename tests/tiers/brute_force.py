"""The best placement level by level, by trying everything."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np

from vmopt.model import Instance

Values = tuple[Fraction, ...]


def fits(instance: Instance, hosts: tuple[int, ...]) -> bool:
    for host, capacity in enumerate(instance.capacity):
        there = [vm for vm, on in enumerate(hosts) if on == host]
        if (instance.demand[there].sum(axis=0) > capacity).any():
            return False
    return True


def worth(instance: Instance, hosts: tuple[int, ...]) -> Values:
    """Value of each level, highest first; from the definition of a share, in fractions."""
    totals = [int(t) for t in instance.total]
    counted = sum(t > 0 for t in totals)
    levels = sorted({int(p) for p in instance.priority}, reverse=True)
    sums = dict.fromkeys(levels, Fraction(0))
    for vm, host in enumerate(hosts):
        if host < 0:
            continue
        own = None if instance.own_value is None or np.isnan(instance.own_value[vm]) else instance.own_value[vm]
        parts = [Fraction(int(d), t) for d, t in zip(instance.demand[vm], totals, strict=True) if t]
        share = sum(parts, Fraction(0)) / counted if counted else Fraction(0)
        sums[int(instance.priority[vm])] += share if own is None else Fraction(str(float(own)))
    return tuple(sums[level] for level in levels)


def optimum(instance: Instance) -> Values:
    """Values of the lexicographically best placement of a tiny instance."""
    placements = product(range(-1, instance.n_hosts), repeat=instance.n_vms)
    return max(worth(instance, hosts) for hosts in placements if fits(instance, hosts))


def best_given(instance: Instance, above: Values) -> list[Fraction]:
    """Most that each level can have where those above have at least what they have in `above`."""
    known = [
        worth(instance, hosts)
        for hosts in product(range(-1, instance.n_hosts), repeat=instance.n_vms)
        if fits(instance, hosts)
    ]
    return [
        max((values[k] for values in known if all(values[j] >= above[j] for j in range(k))), default=Fraction(0))
        for k in range(len(above))
    ]
