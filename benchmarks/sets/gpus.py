"""GPU clusters, generated: hosts of eight GPUs, pods of fractions of one and of whole ones, each GPU by itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.sets.base import Case, TestSet
from vmopt import Inside, Instance, OneOf, Part, Pieces

HOSTS = (100, 1_000, 10_000)
PODS_PER_HOST = 20
GPUS, MILLI = 8, 1000
CPU, MEMORY = 128, 1024
"""Cores and GiB of a host."""
ASKS = ((1, 200), (1, 300), (1, 400), (1, 500), (1, 600), (1, 700), (1, MILLI), (2, MILLI), (4, MILLI), (8, MILLI))
"""GPUs, and thousandths of each."""
SHARES = (0.26, 0.16, 0.15, 0.16, 0.05, 0.04, 0.15, 0.02, 0.007, 0.003)
CPU_PER_GPU, MEMORY_PER_CPU = (8, 12, 16), (4, 8)
N_PRIORITIES = 3


def _cases() -> Iterator[Case]:
    for hosts in HOSTS:
        yield Case(f"{hosts}-hosts", partial(cluster, hosts), 60)


def cluster(hosts: int, seed: int) -> Instance:
    """Draw 20 pods for each host, that ask for about 1.35 times the GPUs that there are."""
    rng = np.random.default_rng([seed, hosts])
    pods = hosts * PODS_PER_HOST
    ask = rng.choice(len(ASKS), size=pods, p=SHARES)
    gpus = np.array([number * milli / MILLI for number, milli in ASKS])[ask]
    cpu = np.ceil(gpus * rng.choice(CPU_PER_GPU, size=pods)).astype(np.int64)
    names = [f"{number} x {milli}" for number, milli in ASKS]
    asks = (OneOf([Pieces("gpu", number, {"milli": milli})]) for number, milli in ASKS)
    pieces = dict(zip(names, asks, strict=True))
    eight = {"eight": {"gpu": (Part({"milli": MILLI}),) * GPUS}}
    return Instance.from_arrays(
        np.column_stack([cpu, cpu * rng.choice(MEMORY_PER_CPU, size=pods), gpus * MILLI]).astype(np.int64),
        np.tile([CPU, MEMORY, GPUS * MILLI], (hosts, 1)),
        resources=["cpu", "memory", "gpu_milli"],
        priority=rng.integers(1, N_PRIORITIES + 1, size=pods),
        rules=[Inside([names[g] for g in ask], pieces, ["eight"] * hosts, eight)],
    )


SET = TestSet(
    "gpus",
    "hosts of 8 GPUs, 20 pods for each: fractions of a GPU and up to 8 whole ones, each GPU by itself",
    _cases,
    seeded=True,
    methods=("auto",),
    gap=0.005,
)
"""Generated; no data folder is needed."""
