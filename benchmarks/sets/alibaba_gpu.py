"""The Alibaba GPU trace: one cluster, five lists of pods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Literal

import vmopt
from benchmarks.sets.base import Case, TestSet
from benchmarks.sets.changes import with_priorities
from benchmarks.sets.data import data_file
from vmopt import Instance

FOLDER = "alibaba_gpu_v2023"
NODES = "openb_node_list_all_node.csv"
LISTS = ("default", "cpu050", "cpu250", "gpushare40", "multigpu30")


def _cases() -> Iterator[Case]:
    for name in LISTS:
        yield Case(name, partial(_make, name), 60)


def _cases_with_parts() -> Iterator[Case]:
    for name in LISTS:
        yield Case(name, partial(_make, name, gpus="parts"), 60)


def _make(name: str, seed: int, *, gpus: Literal["sum", "parts"] = "sum") -> Instance:
    """Read a list of pods; where it has no QoS, and so all priorities are 1, they are drawn from the seed."""
    nodes, pods = data_file(FOLDER, NODES), data_file(FOLDER, f"openb_pod_list_{name}.csv")
    instance = vmopt.io.read_alibaba_gpu(nodes, pods, gpus=gpus)
    return with_priorities(instance, seed) if (instance.priority == 1).all() else instance


SET = TestSet(
    "alibaba-gpu",
    "a GPU cluster of 1,523 nodes, five lists of pods",
    _cases,
    seeded=True,
    files=(f"{FOLDER}/{NODES}*", *(f"{FOLDER}/openb_pod_list_{name}.csv*" for name in LISTS)),
    published="https://github.com/alibaba/clusterdata, folder cluster-trace-gpu-v2023/csv",
)
PARTS = replace(
    SET,
    name="alibaba-gpu-parts",
    about="the same, each GPU by itself, and pods on the models that they accept",
    cases=_cases_with_parts,
    gap=0.002,
)
