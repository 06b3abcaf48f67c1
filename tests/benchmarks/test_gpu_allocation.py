"""GPUs that are allocated: the workload, and what is published of the policies."""

import numpy as np
import pytest

from benchmarks.gpu_allocation import cluster, drawn, published
from benchmarks.sets.alibaba_gpu import FOLDER, NODES
from benchmarks.sets.data import data_file
from vmopt.io.csv_table import CsvTable

there = pytest.mark.skipif(not data_file(FOLDER, NODES).exists(), reason="the trace is not here")


def test_pods_are_drawn_until_enough_is_asked_for(tmp_path) -> None:
    path = tmp_path / "pods.csv"
    path.write_text("name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1,1,1,400\nb,1,1,2,1000\nc,1,1,0,0\n")
    rows = drawn(CsvTable(path), 20_000, 3)
    each = np.array([int(row["num_gpu"]) * int(row["gpu_milli"]) for row in rows])
    assert each.sum() - each[-1] < 20_000 <= each.sum()
    assert len({row["name"] for row in rows}) == len(rows)
    assert {row["gpu_milli"] for row in rows} == {"400", "1000", "0"}


@there
def test_more_gpus_are_asked_for_than_there_are_and_each_is_a_part() -> None:
    instance = cluster("default", 1.3, 0)
    assert instance.demand[:, -1].sum() >= 1.3 * instance.total[-1]
    assert [rule.name for rule in instance.rules] == ["inside"]
    with_gpus = instance.demand[:, -1] > 0
    assert instance.value[with_gpus] == pytest.approx(instance.demand[with_gpus, -1] / 1000)
    assert instance.value[~with_gpus].max() < instance.value[with_gpus].min()


@there
def test_six_policies_are_published() -> None:
    found = published("default", 1.3)
    assert len(found) == 6
    assert max(found, key=found.__getitem__) == "06-FGD"
