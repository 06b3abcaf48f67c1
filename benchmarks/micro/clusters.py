"""Clusters of the shape that imported Kubernetes clusters have: hundreds of small rules, each an object of its own."""

from __future__ import annotations

import numpy as np

import vmopt


def of_deployments(
    vms: int = 10_000, hosts: int = 600, skews: int = 167, fences: int = 129, spreads: int = 200, seed: int = 0
) -> vmopt.Instance:
    """Draw deployments of about 14 VMs; some are even over zones or hosts, some spread, some bound to a pool of hosts.

    Parameters
    ----------
    vms, hosts : int
    skews, fences, spreads : int
        How many rules of each kind; half of the deployments have neither a Skew nor a Spread.
    seed : int
    """
    rng = np.random.default_rng(seed)
    n_apps, n_pools = 2 * (skews + spreads), 12
    app = np.sort(rng.integers(0, n_apps, vms))
    labels = [{"app": f"app-{number}"} for number in app.tolist()]
    places = [{"zone": f"zone-{h % 3}", "pool": f"pool-{h % n_pools}"} for h in range(hosts)]
    drawn = rng.permutation(np.unique(app))
    rules: list[vmopt.BaseRule] = []
    for n, number in enumerate(drawn[:skews].tolist()):
        even = vmopt.Groups.labelled("app", f"app-{number}")
        rules.append(vmopt.Skew(even, over=("host", "zone")[n % 2], most=1 + n % 2))
    for n, number in enumerate(drawn[skews : skews + spreads].tolist()):
        rules.append(vmopt.Spread(vmopt.Groups.labelled("app", f"app-{number}"), most=1 + n % 3))
    for number in rng.permutation(np.unique(app))[:fences].tolist():
        pool = vmopt.Groups.labelled("pool", f"pool-{rng.integers(n_pools)}")
        rules.append(vmopt.Fence(vmopt.Groups.labelled("app", f"app-{number}"), pool))
    demand = np.column_stack(
        [rng.choice([100, 250, 500, 1000, 2000], vms), rng.choice([128, 256, 512, 1024, 4096], vms)]
    )
    capacity = np.array([16_000, 32_768]) * rng.integers(1, 3, (hosts, 1))
    return vmopt.Instance.from_arrays(
        demand, capacity, resources=["cpu", "memory"], vm_labels=labels, host_labels=places, rules=rules
    )
