"""OptaPlanner's cloud balancing, on the first 55 % of the computers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import vmopt
from benchmarks.sets.base import Case, TestSet
from benchmarks.sets.changes import with_first_hosts, with_priorities
from benchmarks.sets.data import data_files
from vmopt import Instance

FILES = "cloudbalancing/*computers-*processes.json*"
PERCENT = 55


def _cases() -> Iterator[Case]:
    for path in sorted(data_files(FILES), key=computers):
        yield Case(path.name.split(".")[0], partial(_make, path), 60)


def _make(path: Path, seed: int) -> Instance:
    return with_priorities(with_first_hosts(vmopt.io.read_cloud_balancing(path), PERCENT), seed)


def computers(path: Path) -> int:
    """How many computers a file has, by its name."""
    return int(path.name.split("computers")[0])


SET = TestSet(
    "cloud-balancing",
    "OptaPlanner's cloud balancing: all processes on the first 55 % of the computers",
    _cases,
    seeded=True,
    files=(FILES,),
    published=(
        "https://github.com/apache/incubator-kie-optaplanner, folder optaplanner-examples/data/cloudbalancing/unsolved"
    ),
)
