"""OptaPlanner's cloud balancing as it was meant: all processes run, on computers that cost least."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import vmopt
from benchmarks.sets import cloud_balancing as published
from benchmarks.sets.base import Case, TestSet
from benchmarks.sets.data import data_files
from vmopt import FewestHosts, Instance, Objective, Utilisation


def _cases() -> Iterator[Case]:
    for path in sorted(data_files(published.FILES), key=published.computers):
        yield Case(path.name.split(".")[0], partial(_make, path), 60)


def _make(path: Path, _seed: int) -> Instance:
    instance = vmopt.io.read_cloud_balancing(path)
    return instance.replace(objective=Objective(levels=[Utilisation(), FewestHosts(cost="cost")]))


SET = TestSet(
    "cloud-costs",
    "OptaPlanner's cloud balancing: all processes run at the least cost of computers",
    _cases,
    methods=("auto", "greedy-demand"),
    files=(published.FILES,),
    published=published.SET.published,
)
