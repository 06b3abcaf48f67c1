"""Knapsacks of many resources, generated: one host, and few hosts that all differ.

Those of one host are of the kind of Chu and Beasley (1998): demands even from 0 to 1,000, a capacity that is a part of
all that is asked for, and values that go with demands. Those of few hosts have values apart from demands.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.sets.base import Case, TestSet
from vmopt import Instance

RESOURCES, VMS, TIGHTNESS = (5, 10, 30), (100, 250, 500), (0.25, 0.5, 0.75)
FEW = ((50, 5, 1.4), (50, 10, 2.1), (100, 5, 1.7), (100, 10, 2.1), (200, 5, 2.1), (200, 10, 1.7))
"""VMs, hosts, and how many times their capacity is asked for."""
FEW_RESOURCES = 5
SECONDS, FEW_SECONDS = 30, 60


def _one_host() -> Iterator[Case]:
    for resources in RESOURCES:
        for vms in VMS:
            for tightness in TIGHTNESS:
                yield Case(f"one-{resources}x{vms}-{tightness}", partial(_one, resources, vms, tightness), SECONDS)


def _few_hosts() -> Iterator[Case]:
    for vms, hosts, asked in FEW:
        yield Case(f"few-{vms}x{hosts}-{asked}", partial(_few, vms, hosts, asked), FEW_SECONDS)


def _one(resources: int, vms: int, tightness: float, seed: int) -> Instance:
    rng = np.random.default_rng([seed, resources, vms, int(100 * tightness)])
    demand = rng.integers(0, 1001, (vms, resources))
    capacity = (tightness * demand.sum(axis=0)).astype(np.int64)
    value = np.floor(demand.mean(axis=1) + 500 * rng.random(vms))
    return Instance.from_arrays(demand, capacity[None], value=np.maximum(value, 1))


def _few(vms: int, hosts: int, asked: float, seed: int) -> Instance:
    rng = np.random.default_rng([seed, vms, hosts])
    demand = rng.integers(1, 101, (vms, FEW_RESOURCES))
    part = rng.uniform(0.5, 1.5, (hosts, FEW_RESOURCES))
    capacity = part / part.sum(axis=0) * demand.sum(axis=0) / asked
    return Instance.from_arrays(demand, capacity.astype(np.int64), value=rng.integers(1, 101, vms))


def _cases() -> Iterator[Case]:
    yield from _one_host()
    yield from _few_hosts()


SET = TestSet("knapsacks", "one host or few, 5 to 30 resources", _cases, seeded=True, methods=("auto",), gap=0.0)
"""Generated; no data folder is needed."""
