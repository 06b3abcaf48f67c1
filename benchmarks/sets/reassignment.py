"""Machine reassignment whole, sets A and B of the ROADEF/EURO challenge of 2012: costs of loads, balance and moves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import vmopt
from benchmarks.sets.base import Case, TestSet
from benchmarks.sets.data import data_files
from vmopt import Instance

FILES = "roadef2012/model_*_*.txt*"
SECONDS = 300
BEST_KNOWN = {
    "a1_1": 44_306_501,
    "a1_2": 777_531_842,
    "a1_3": 583_005_717,
    "a1_4": 247_433_844,
    "a1_5": 727_578_309,
    "a2_1": 167,
    "a2_2": 720_671_548,
    "a2_3": 1_190_713_414,
    "a2_4": 1_680_609_218,
    "a2_5": 309_714_522,
    "b_1": 3_339_186_879,
    "b_2": 1_015_553_800,
    "b_3": 156_835_787,
    "b_4": 4_677_823_040,
    "b_5": 923_092_380,
    "b_6": 9_525_857_752,
    "b_7": 14_835_149_752,
    "b_8": 1_214_458_817,
    "b_9": 15_885_486_698,
    "b_10": 18_048_515_118,
}
"""Lowest published costs that no published bound contradicts; of set B the best of the challenge."""


def _cases() -> Iterator[Case]:
    for path in data_files(FILES):
        name = path.name.split(".")[0].removeprefix("model_")
        yield Case(name, partial(make, path), SECONDS)


def make(path: Path, _seed: int = 0) -> Instance:
    """The problem whose model this is, with the assignment beside it."""
    return vmopt.io.read_roadef(path, path.with_name(path.name.replace("model_", "assignment_")))


def score(name: str, cost: float, initial: float) -> float:
    """As in the challenge: what a cost is above the best known, in percent of the initial one.

    Examples
    --------
    >>> round(score("a1_4", 262_125_116, 632_499_600), 2)
    2.32
    """
    return 100 * (cost - BEST_KNOWN[name]) / initial


SET = TestSet(
    "roadef-2012",
    "machine reassignment whole: loads above safety capacities, balance and moves, with transient resources",
    _cases,
    methods=("auto",),
    gap=0.0,
    files=(FILES,),
    published="https://www.roadef.org/challenge/2012/en/",
)
