"""Random instances with tiers, small enough to try everything."""

from __future__ import annotations

import numpy as np

from vmopt.model import Instance, Objective

PRIORITIES = [-(2**31), -5, 0, 1, 1000, 2_000_000_000]
VALUES = [0, 0.1, 0.2, 0.3, 1, 1e6, 1e-3]
TIERS = Objective("tiers")


def tiny(seed: int) -> Instance:
    """Make an instance of at most 7 VMs in 1 to 4 levels; sometimes with values of VMs' own."""
    rng = np.random.default_rng(seed)
    n_vms = int(rng.integers(2, 8))
    n_hosts, n_resources = int(rng.integers(1, 4 if n_vms < 6 else 3)), int(rng.integers(1, 4))
    levels = rng.choice(PRIORITIES, size=rng.integers(2, 5), replace=False)
    value = np.where(rng.random(n_vms) < 0.5, np.nan, rng.choice(VALUES, n_vms)) if rng.random() < 0.3 else None
    return Instance.from_arrays(
        rng.integers(0, 13, (n_vms, n_resources)),
        rng.integers(3, 20, (n_hosts, n_resources)),
        priority=rng.choice(levels, n_vms),
        value=value,
        objective=TIERS,
    )
