"""Machine reassignment, set A: everything fits; and with four fifths of the capacity it does not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import vmopt
from benchmarks.sets.base import Case, TestSet
from benchmarks.sets.changes import with_capacity, with_priorities
from benchmarks.sets.data import data_files
from vmopt import Instance

FILES = "roadef2012/model_a*.txt*"
PERCENT = 80


def _cases() -> Iterator[Case]:
    for percent in (100, PERCENT):
        for path in data_files(FILES):
            name = path.name.split(".")[0].removeprefix("model_")
            yield Case(name if percent == 100 else f"{name}-{percent}", partial(_make, path, percent), 60)


def _make(path: Path, percent: int, seed: int) -> Instance:
    return with_priorities(with_capacity(vmopt.io.read_roadef(path), percent), seed)


SET = TestSet(
    "roadef",
    "machine reassignment, set A: everything fits, and with capacities x 0.8 it does not",
    _cases,
    seeded=True,
    files=(FILES,),
    published="https://www.roadef.org/challenge/2012/en/",
)
