"""Test sets: named families of instances, generated or read from a data folder."""

from __future__ import annotations

import csv
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import vmopt
from vmopt import Instance

DATA = Path(os.environ.get("VMOPT_DATA", Path(__file__).parents[2] / "shared" / "data"))
N_PRIORITIES = 5


@dataclass(frozen=True)
class Case:
    """One instance of a set: its name, how to make it for a seed, and the seconds that `auto` is given."""

    name: str
    make: Callable[[int], Instance]
    seconds: float


@dataclass(frozen=True)
class TestSet:
    """A named family of instances."""

    name: str
    about: str
    cases: Callable[[], Iterator[Case]]
    __test__ = False


def _generated() -> Iterator[Case]:
    sizes = {
        "flavor": (
            (50, None, 20),
            (200, None, 20),
            (2_000, 23_000, 20),
            (10_000, 200_000, 20),
            (50_000, 1_000_000, 60),
        ),
        "distinct": ((50, None, 30), (200, None, 60), (2_000, None, 60)),
        "large": ((50, None, 60), (200, None, 60)),
    }
    for kind, rows in sizes.items():
        for hosts, vms, seconds in rows:
            yield Case(f"{kind}-{hosts}", _generator(kind, hosts, vms), seconds)


def _generator(kind: str, hosts: int, vms: int | None) -> Callable[[int], Instance]:
    return lambda seed: vmopt.generate(kind, hosts=hosts, vms=vms, seed=seed)


def _alibaba() -> Iterator[Case]:
    folder = DATA / "alibaba_gpu_v2023"
    for name in ("default", "cpu050", "cpu250", "gpushare40", "multigpu30"):
        yield Case(name, _trace(folder / f"openb_pod_list_{name}.csv.gz"), 60)


def _trace(pods: Path) -> Callable[[int], Instance]:
    def make(seed: int) -> Instance:
        instance = vmopt.io.read_alibaba_gpu(pods.parent / "openb_node_list_all_node.csv", pods)
        if (instance.priority == 1).all():
            return instance.replace(priority=_priorities(instance.n_vms, seed))
        return instance

    return make


def _kmkp() -> Iterator[Case]:
    for path in sorted((DATA / "kmkp").glob("knapsack*.txt")):
        yield Case(path.stem, lambda _, path=path: vmopt.io.read_kmkp(path), 60)


def _vector_packing(sample: int = 60, most_items: int = 100) -> Iterator[Case]:
    """A fixed sample of the Panigrahy instances with a known optimum, on as many hosts as the optimum needs."""
    with (DATA / "vbp" / "best_known.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if _known(row, most_items)]
    chosen = np.random.default_rng(0).permutation(len(rows))[:sample]
    for index in sorted(chosen.tolist()):
        yield Case(rows[index]["instance"], _bins(rows[index]), 30)


def _known(row: dict[str, str], most_items: int) -> bool:
    return row["family"] == "Panigrahy" and row["optimum_known"] == "1" and int(row["n"]) <= most_items


def _bins(row: dict[str, str]) -> Callable[[int], Instance]:
    def make(_: int) -> Instance:
        with tarfile.open(DATA / "vbp" / "Panigrahy_instances.tar.gz") as archive:
            file = archive.extractfile(f"Panigrahy_instances_multidim/{row['class']}/{row['instance']}.vbp")
            text = file.read().decode()  # type: ignore[union-attr]
        instance = vmopt.io.parse_vbp(text, hosts=int(row["optimum_bins"]))
        return instance.replace(value=1.0 + instance.share)

    return make


def _roadef() -> Iterator[Case]:
    for path in sorted((DATA / "roadef2012").glob("model_a*.txt")):
        yield Case(path.stem.removeprefix("model_"), _machines(path), 60)


def _machines(path: Path) -> Callable[[int], Instance]:
    def make(seed: int) -> Instance:
        instance = vmopt.io.read_roadef(path)
        return instance.replace(priority=_priorities(instance.n_vms, seed))

    return make


def _priorities(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, N_PRIORITIES + 1, count)


SETS = {
    test_set.name: test_set
    for test_set in (
        TestSet("generated", "flavor, distinct and large, 50 to 50,000 hosts", _generated),
        TestSet("alibaba-gpu", "a GPU cluster of 1,523 nodes, five lists of pods", _alibaba),
        TestSet("kmkp", "multiple knapsacks with several constraints", _kmkp),
        TestSet("vector-packing", "vector packing on as many hosts as the optimum needs", _vector_packing),
        TestSet("roadef", "machine reassignment, set A: everything fits", _roadef),
    )
}
