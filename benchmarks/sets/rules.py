"""Rules: generated clusters of replicas with anti-affinity, zones, fences and gangs, beside the same without them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import vmopt
from benchmarks.sets.base import Case, TestSet
from benchmarks.sets.generated import PLAIN_METHODS
from vmopt import Instance

RULES = "spread,zones,fences,gangs"
GAPS = {50: 0.005, 200: 0.002, 2_000: 0.001, 10_000: 0.001}
"""Gap to be certified with so many hosts; the seconds until then are what rules cost."""
SMALL = (10, 50, 200)


def _cases() -> Iterator[Case]:
    for hosts, gap in GAPS.items():
        yield Case(f"flavor-{hosts}", partial(_make, hosts), 60, gap=gap)
        yield Case(f"flavor-{hosts}-without", partial(_without, hosts), 60, gap=gap)


def _small_cases() -> Iterator[Case]:
    for hosts in SMALL:
        yield Case(f"flavor-{hosts}", partial(_make, hosts), 60)


def _make(hosts: int, seed: int) -> Instance:
    return vmopt.generate("flavor", hosts=hosts, load=1.3, seed=seed, rules=RULES)


def _without(hosts: int, seed: int) -> Instance:
    return _make(hosts, seed).without_rules


SET = TestSet(
    "rules",
    "replicas with anti-affinity, zones, fences and gangs on 50 to 10,000 hosts, and the same without rules",
    _cases,
    seeded=True,
    methods=("auto",),
)
PLAIN = TestSet(
    "rules-plain",
    "the same rules in plain models, which can be built at 10, 50 and 200 hosts, and auto",
    _small_cases,
    seeded=True,
    methods=PLAIN_METHODS,
)
