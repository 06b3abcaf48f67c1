"""Multidimensional knapsacks of the OR-Library with their published optima: mknap1 and the SAC-94 suite."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import vmopt
from benchmarks.sets.base import Case, TestSet
from benchmarks.sets.data import data_file, data_files
from vmopt import Instance

MKNAP1 = ("mkp_orlib", "mknap1.txt")
SAC94 = "mkp_orlib/sac94/*/*.dat*"
SECONDS = 30


def _cases() -> Iterator[Case]:
    for number, (instance, optimum) in enumerate(vmopt.io.read_mknap(data_file(*MKNAP1)), start=1):
        yield Case(f"mknap1-{number}", partial(_same, instance), SECONDS, best_known=optimum)
    for path in data_files(SAC94):
        instance, optimum = vmopt.io.read_mkp(path)
        yield Case(path.name.split(".")[0], partial(_same, instance), SECONDS, best_known=optimum)


def _same(instance: Instance, _seed: int) -> Instance:
    return instance


SET = TestSet(
    "or-library",
    "knapsacks of the OR-Library, one host each, with published optima",
    _cases,
    files=("/".join(MKNAP1) + "*", SAC94),
    published=(
        "http://people.brunel.ac.uk/~mastjjb/jeb/orlib/mknapinfo.html (mknap1) and "
        "https://github.com/taliabensimon/Optim_proj, folder data/sac94"
    ),
)
