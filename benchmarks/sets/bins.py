"""Vector bin packing: all items run, on as few identical hosts as can be."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

import vmopt
from benchmarks.sets import vector_packing as published
from benchmarks.sets.base import Case, TestSet
from vmopt import FewestHosts, Instance, Objective, Utilisation

KNOWN, UNKNOWN = 120, 40
ROOM = 1.2
"""Hosts that there are, for each bin of the best heuristic; never more than items."""


def _cases() -> Iterator[Case]:
    """Go through fixed samples of the Panigrahy instances: 120 with a known optimum, 40 without."""
    rows = [row for row in published.listed() if row["family"] == "Panigrahy"]
    with published.archive() as archive:
        for known, size in (("1", KNOWN), ("0", UNKNOWN)):
            some = [row for row in rows if row["optimum_known"] == known]
            for index in sorted(np.random.default_rng(0).permutation(len(some))[:size].tolist()):
                text = published.text_of(archive, some[index])
                yield Case(some[index]["instance"], partial(_make, text, some[index]), 30)


def _make(text: str, row: dict[str, str], _seed: int) -> Instance:
    hosts = min(int(row["n"]), int(ROOM * int(row["best_heuristic_bins"])) + 5)
    instance = vmopt.io.parse_vbp(text, hosts=hosts, where=row["instance"])
    return instance.replace(objective=Objective(levels=[Utilisation(), FewestHosts()]))


SET = TestSet(
    "bins",
    "vector bin packing: everything runs on as few hosts as can be",
    _cases,
    methods=("auto", "greedy-demand"),
    gap=0.0,
    files=published.SET.files,
    published=published.SET.published,
)
