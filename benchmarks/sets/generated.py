"""Generated clusters: flavours, distinct VMs, large VMs; no data folder is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import vmopt
from benchmarks.sets.base import METHODS, Case, TestSet
from vmopt import Instance


class Size(NamedTuple):
    """A size of generated cluster: with no number of VMs, 1.3 times the capacity is asked for."""

    kind: str
    hosts: int
    vms: int | None
    seconds: float


SMALL_TO_LARGE = {"flavor": (10, 50, 200, 2_000, 10_000), "distinct": (10, 50, 200, 2_000), "large": (10, 50, 200)}
CLOUD_SCALE = (
    Size("flavor", 50, None, 20),
    Size("flavor", 200, None, 20),
    Size("flavor", 2_000, 23_000, 20),
    Size("flavor", 10_000, 200_000, 20),
    Size("flavor", 50_000, 1_000_000, 60),
    Size("distinct", 50, None, 30),
    Size("distinct", 200, None, 60),
    Size("distinct", 2_000, None, 60),
    Size("large", 50, None, 60),
    Size("large", 200, None, 60),
)
VMS_PER_HOST = {"flavor": 22.8, "distinct": 29.0}
"""What makes a load of 1.3."""


def _generated() -> Iterator[Case]:
    for kind, sizes in SMALL_TO_LARGE.items():
        for hosts in sizes:
            yield _case(f"{kind}-{hosts}", Size(kind, hosts, None, 10))


def _scale() -> Iterator[Case]:
    for size in CLOUD_SCALE:
        yield _case(f"{size.kind}-{size.hosts}", size)


def _growth() -> Iterator[Case]:
    for kind, most in (("flavor", 6), ("distinct", 5)):
        for exponent in range(3, most + 1):
            vms = 10**exponent
            yield _case(f"{kind}-1e{exponent}", Size(kind, round(vms / VMS_PER_HOST[kind]), vms, 60))


def _plain() -> Iterator[Case]:
    for kind in ("flavor", "distinct"):
        for hosts in (10, 50, 200):
            yield _case(f"{kind}-{hosts}", Size(kind, hosts, None, 60))


def _case(name: str, size: Size) -> Case:
    return Case(name, partial(_make, size), size.seconds)


def _make(size: Size, seed: int) -> Instance:
    return vmopt.generate(size.kind, hosts=size.hosts, vms=size.vms, seed=seed)


def _set(name: str, about: str, cases: Callable[[], Iterator[Case]], methods: tuple[str, ...] = METHODS) -> TestSet:
    return TestSet(name, about, cases, seeded=True, methods=methods)


PLAIN_METHODS = ("auto", *(f"exact:plain@{backend}" for backend in ("cp-sat", "highs", "scip", "cbc")))
"""The models of a textbook, one column per VM and host and no start, side by side with what merges and starts."""
GROWTH_GAP = 0.005
"""Gap to be certified at every size; the seconds until then are what grows."""

GENERATED = _set("generated", "flavor, distinct and large clusters of 10 to 10,000 hosts", _generated)
SCALE = _set("scale", "up to 50,000 hosts and a million VMs, each with its own time limit", _scale)
GROWTH = replace(
    _set("growth", "from a thousand VMs to a million, hosts in proportion: time against size", _growth, ("auto",)),
    gap=GROWTH_GAP,
)
PLAIN = _set("plain", "plain models, which can be built at 10, 50 and 200 hosts, and auto", _plain, PLAIN_METHODS)
