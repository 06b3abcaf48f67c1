"""The Alibaba GPU trace: one cluster, five lists of pods."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

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


def _make(name: str, seed: int) -> Instance:
    """Read a list of pods; where it has no QoS, and so all priorities are 1, they are drawn from the seed."""
    instance = vmopt.io.read_alibaba_gpu(data_file(FOLDER, NODES), data_file(FOLDER, f"openb_pod_list_{name}.csv"))
    return with_priorities(instance, seed) if (instance.priority == 1).all() else instance


SET = TestSet(
    "alibaba-gpu",
    "a GPU cluster of 1,523 nodes, five lists of pods",
    _cases,
    seeded=True,
    files=(f"{FOLDER}/{NODES}*", *(f"{FOLDER}/openb_pod_list_{name}.csv*" for name in LISTS)),
    published="https://github.com/alibaba/clusterdata, folder cluster-trace-gpu-v2023/csv",
)
