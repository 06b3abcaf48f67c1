"""Machine reassignment, set A: everything fits, under rules too; and with four fifths of the capacity it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import fsum
from pathlib import Path

import vmopt
from benchmarks.sets.base import Case, TestSet
from benchmarks.sets.changes import with_capacity, with_priorities
from benchmarks.sets.data import data_files
from vmopt import Instance

FILES = "roadef2012/model_a*.txt*"
PERCENT = 80
ALL_PLACED = 1e-6
"""A gap below the part of the smallest process, 4e-6: only a placement of everything reaches it."""


def _cases() -> Iterator[Case]:
    for percent in (100, PERCENT):
        for path in data_files(FILES):
            name = path.name.split(".")[0].removeprefix("model_")
            yield Case(name if percent == 100 else f"{name}-{percent}", partial(_make, path, percent), 60)


def _make(path: Path, percent: int, seed: int) -> Instance:
    return with_priorities(with_capacity(vmopt.io.read_roadef(path, rules=False), percent), seed)


def _ruled_cases() -> Iterator[Case]:
    """Go through the models as they are: their initial assignments keep all rules and place everything."""
    for path in data_files(FILES):
        instance = vmopt.io.read_roadef(path)
        name = path.name.split(".")[0].removeprefix("model_")
        yield Case(name, partial(_same, instance), 60, best_known=fsum(instance.value))


def _same(instance: Instance, _seed: int) -> Instance:
    return instance


SET = TestSet(
    "roadef",
    "machine reassignment, set A: everything fits, and with capacities x 0.8 it does not",
    _cases,
    seeded=True,
    files=(FILES,),
    published="https://www.roadef.org/challenge/2012/en/",
)
RULES = replace(
    SET,
    name="roadef-rules",
    about="machine reassignment, set A, with conflict, spread and dependency: everything can be placed",
    cases=_ruled_cases,
    seeded=False,
    gap=ALL_PLACED,
)
