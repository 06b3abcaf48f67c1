"""Tiny instances with rules at random, and all of their placements."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

import vmopt
from vmopt.arrays import BoolArray, IntArray

N_VMS, N_HOSTS = 4, 3
OVER = ("host", "rack", "zone")


def draw(seed: int) -> vmopt.Instance:
    """Draw an instance of up to 4 VMs on up to 3 hosts, in racks and zones (or in none), with up to 4 rules."""
    rng = np.random.default_rng(seed)
    n_vms, n_hosts = int(rng.integers(2, N_VMS + 1)), int(rng.integers(1, N_HOSTS + 1))
    most = 3 if rng.random() < 0.5 else 1
    demand = rng.integers(0, most + 1, (n_vms, 2))
    return vmopt.Instance.from_arrays(
        demand,
        rng.integers(1, 7, (n_hosts, 2)),
        resources=["cpu", "memory"],
        host_labels=[_labels(rng, host) for host in range(n_hosts)],
        reservation=demand // 2 if rng.random() < 0.2 else None,
        rules=[_rule(rng, n_vms, n_hosts) for _ in range(rng.integers(1, 5))],
    )


def _labels(rng: np.random.Generator, host: int) -> dict[str, str]:
    labels = {"rack": f"r{rng.integers(2)}", "zone": f"z{rng.integers(2)}"}
    if host and rng.random() < 0.2:
        del labels[str(rng.choice(["rack", "zone"]))]
    return labels


def _rule(rng: np.random.Generator, n_vms: int, n_hosts: int) -> Any:
    over, groups = str(rng.choice(OVER)), _groups(rng, n_vms)
    few, some = int(rng.integers(0, 3)), _some(rng, n_hosts)
    n_groups = len(np.unique(groups[groups >= 0]))
    makers: list[Any] = [
        lambda: vmopt.Spread(groups, over, few),
        lambda: vmopt.Skew(groups, over, few + 1, int(rng.integers(0, 4))),
        lambda: vmopt.Reach(groups, over, few + 1),
        lambda: vmopt.Gather(groups, over),
        lambda: vmopt.Gather(groups, over),
        lambda: vmopt.Whole(groups),
        lambda: vmopt.Whole(groups, 1 if not n_groups else np.full(n_groups, 1)),
        lambda: vmopt.Apart(*_sides(rng, n_vms), over, int(few == 2)),
        lambda: vmopt.Alone(groups, over),
        lambda: vmopt.Near(*_sides(rng, n_vms), over),
        lambda: vmopt.Fence(_some(rng, n_vms), some),
        lambda: vmopt.Ban(_some(rng, n_vms), some),
        lambda: vmopt.Quota(few, rng.choice([None, over]), rng.choice([None, "cpu"]), groups),
        lambda: vmopt.Empty(some),
        lambda: vmopt.MustRun(_some(rng, n_vms)),
        lambda: vmopt.MustRun(_some(rng, n_vms)),
    ]
    return makers[rng.integers(len(makers))]()


def _groups(rng: np.random.Generator, n_vms: int) -> IntArray:
    return rng.integers(-1, int(rng.integers(1, 3)), n_vms)


def _some(rng: np.random.Generator, n: int) -> BoolArray:
    return np.asarray(rng.random(n) < rng.choice([0.3, 0.7]))


def _sides(rng: np.random.Generator, n_vms: int) -> tuple[IntArray, IntArray]:
    """Two groups that do not overlap, neither of them empty."""
    side = rng.permutation([0, 1, *rng.integers(-1, 2, n_vms - 2)])
    return np.where(side == 0, 0, -1), np.where(side == 1, 0, -1)


def placements(instance: vmopt.Instance) -> IntArray:
    """All placements that break no capacity and no rule, ``(n, n_vms)``."""
    every = np.array(list(product(range(-1, instance.n_hosts), repeat=instance.n_vms)))
    for host in range(instance.n_hosts):
        every = every[((every == host) @ instance.reserved <= instance.capacity[host]).all(axis=1)]
    kept = [row for row in every if not any(here.breaches(row) for here in instance.rules_in_force)]
    return np.array(kept, dtype=np.int64).reshape(-1, instance.n_vms)
