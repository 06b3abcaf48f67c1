"""Anytime: the same clusters for one second, for six and for a minute, some with many resources."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import vmopt
from benchmarks.sets.base import Case, TestSet
from vmopt import Instance


class Timed(NamedTuple):
    """A cluster, 1.3 times over asked for, and the time limits at which it is solved."""

    kind: str
    hosts: int
    resources: int
    seconds: tuple[float, ...]


CLUSTERS = (
    Timed("flavor", 50, 3, (1, 6)),
    Timed("flavor", 200, 3, (1, 6, 60)),
    Timed("distinct", 50, 3, (1, 6, 60)),
    Timed("large", 200, 3, (1, 6, 60)),
    Timed("flavor", 50, 5, (6,)),
    Timed("flavor", 50, 8, (6,)),
    Timed("distinct", 50, 5, (6,)),
    Timed("distinct", 50, 8, (6,)),
    Timed("large", 50, 8, (6,)),
)
GAP = 1e-5
"""So small that what the last seconds bring is seen."""


def _cases() -> Iterator[Case]:
    for of in CLUSTERS:
        for seconds in of.seconds:
            yield Case(f"{of.kind}-{of.hosts}-r{of.resources}-{seconds:g}s", partial(_make, of), seconds)


def _make(of: Timed, seed: int) -> Instance:
    return vmopt.generate(of.kind, hosts=of.hosts, resources=of.resources, seed=seed)


SET = TestSet("anytime", "placements after 1, 6 and 60 s", _cases, seeded=True, methods=("auto",), gap=GAP)
