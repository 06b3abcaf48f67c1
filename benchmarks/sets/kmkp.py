"""Multiple knapsacks with several constraints each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import vmopt
from benchmarks.sets.base import Case, TestSet
from benchmarks.sets.data import data_files
from vmopt import Instance

FILES = "kmkp/knapsack*.txt*"


def _cases() -> Iterator[Case]:
    for path in data_files(FILES):
        yield Case(path.name.split(".")[0], partial(_make, path), 60)


def _make(path: Path, _seed: int) -> Instance:
    return vmopt.io.read_kmkp(path)


SET = TestSet(
    "kmkp",
    "multiple knapsacks with several constraints, a value per item",
    _cases,
    files=(FILES,),
    published="https://github.com/fthoenelt/KConstraintMultipleKnapsackProblem, folder src/zimpl/instances",
)
