"""GPUs that are allocated when more are asked for than there are: ``python -m benchmarks.gpu_allocation --seconds 60``.

The cluster is Alibaba's of 1,523 nodes and 6,212 GPUs; pods are drawn from a published list, as often as it takes to
ask for 130 % of them, as Weng et al. did for the policies of *Beware of Fragmentation* (2023). These place pods as they
come; here all are known, and a pod is worth the GPUs that it asks for. Their published means over ten draws are printed
beside it: the workload is drawn alike, and is not the same.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import vmopt
from benchmarks.sets.alibaba_gpu import FOLDER, LISTS, NODES
from benchmarks.sets.data import data_file
from vmopt.io.csv_table import CsvTable

PUBLISHED = "fgd_paper_policy_gpu_allocation.csv"
GPU = 1000
BESIDE = 1e-6
"""What a pod without GPUs is worth, a GPU being worth 1: it runs where it takes none away."""


def drawn(table: CsvTable, asked: int, seed: int) -> list[dict[str, str]]:
    """Draw pods from a list until they ask for so many thousandths of GPUs."""
    rng, rows, so_far = np.random.default_rng(seed), list[dict[str, str]](), 0
    each = table.numbers("num_gpu") * table.numbers("gpu_milli")
    while so_far < asked:
        n = int(rng.integers(len(each)))
        rows.append({name: cells[n] for name, cells in table.columns.items()} | {"name": f"pod-{len(rows)}"})
        so_far += int(each[n])
    return rows


def cluster(name: str, asked: float, seed: int) -> vmopt.Instance:
    """Make the cluster and the pods that are drawn from a list."""
    nodes = data_file(FOLDER, NODES)
    there = int(CsvTable(nodes).numbers("gpu").sum()) * GPU
    rows = drawn(CsvTable(data_file(FOLDER, f"openb_pod_list_{name}.csv")), round(asked * there), seed)
    with TemporaryDirectory() as folder, Path(folder, "pods.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        file.flush()
        instance = vmopt.io.read_alibaba_gpu(nodes, file.name, gpus="parts")
    return instance.replace(value=np.maximum(instance.demand[:, -1] / GPU, BESIDE))


def published(name: str, asked: float) -> dict[str, float]:
    """Read what part of the GPUs each policy allocates, in percent."""
    with data_file(FOLDER, PUBLISHED).open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["workload"] == f"openb_pod_list_{name}"]
    return {row["policy"]: float(row[f"at_{round(100 * asked)}"]) for row in rows}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what each policy allocates, what can be, and what no placement exceeds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--list", choices=LISTS, default="default")
    parser.add_argument("--asked", type=float, default=1.3, help="GPUs that are asked for, in terms of those there are")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--gap", type=float, default=0.002)
    asked = parser.parse_args(arguments)
    for policy, percent in published(asked.list, asked.asked).items():
        print(f"{policy:16} {percent:6.2f} %")
    for seed in range(asked.seeds):
        instance = cluster(asked.list, asked.asked, seed)
        found = vmopt.solve(instance, time_limit=asked.seconds, threads=asked.threads, seed=seed, gap=asked.gap)
        if breaches := vmopt.verify(instance, found):
            raise AssertionError(f"the placement is wrong: {breaches[0]}")
        there, taken = int(instance.total[-1]), int(instance.demand[found.host_index >= 0, -1].sum())
        most = found.bound * GPU / there
        print(f"vmopt, seed {seed}    {100 * taken / there:6.2f} %, at most {100 * most:.2f} %", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
