"""Small placements in small networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.summary.builders import solution_of
from vmopt.model import Instance
from vmopt.network import Network, leaf_spine
from vmopt.solution import Solution


def placed(host_of: Sequence[int], n_hosts: int, host_names: Sequence[str] | None = None) -> Solution:
    """A solution that puts VM i on host ``host_of[i]``; every VM asks for 1, every host has room for all."""
    instance = Instance.from_arrays(
        np.ones((len(host_of), 1), dtype=np.int64), np.full((n_hosts, 1), len(host_of)), host_names=host_names
    )
    return solution_of(instance, list(host_of))


def two_racks(hosts: int = 4, **options: float) -> Network:
    """Hosts in two racks, two spines: 10 bit/s and 1 s to the leaf, 10 bit/s and 5 s to each spine."""
    chosen = {"bandwidth": 10.0, "uplink_bandwidth": 10.0, "latency": 1.0, "uplink_latency": 5.0, **options}
    return leaf_spine(hosts, hosts_per_rack=hosts // 2, spines=2, **chosen)
