"""Published instances whose optimum is known: what is read and solved has to be worth exactly that."""

from __future__ import annotations

import csv
import tarfile
from pathlib import Path

import pytest

import vmopt
from tests.io.data import published

BINS = ("class1_20_3_0", "class2_20_3_0", "class6_20_3_0", "class9_20_3_0")


def test_sac94() -> None:
    """Tests that the optimum of every problem of the SAC-94 suite is the published one."""
    with published("mkp_orlib", "best_known_sac94.csv").open() as file:
        listed = {Path(row["file"]).stem: float(row["header_value"]) for row in csv.DictReader(file)}
    for path in sorted(published("mkp_orlib", "sac94").glob("*/*.dat")):
        instance, optimum = vmopt.io.read_mkp(path)
        solution = vmopt.solve(instance, method="exact", gap=0, threads=1)
        assert solution.status is vmopt.Status.OPTIMAL
        assert solution.objective == optimum == listed.pop(path.stem)
    assert not listed


@pytest.mark.parametrize("name", BINS)
def test_vector_packing(name: str) -> None:
    """Tests that everything fits into the published optimum of bins, and not into one bin fewer."""
    with published("vbp", "best_known.csv").open() as file:
        row = next(row for row in csv.DictReader(file) if row["instance"] == name)
    with tarfile.open(published("vbp", "Panigrahy_instances.tar.gz")) as archive:
        member = archive.extractfile(f"Panigrahy_instances_multidim/{row['class']}/{name}.vbp")
        text = member.read().decode()  # type: ignore[union-attr]
    for hosts, all_fit in ((int(row["optimum_bins"]), True), (int(row["optimum_bins"]) - 1, False)):
        instance = vmopt.io.parse_vbp(text, hosts=hosts)
        instance = instance.replace(value=[1] * instance.n_vms)
        solution = vmopt.solve(instance, method="exact", gap=0, threads=1)
        assert solution.status is vmopt.Status.OPTIMAL
        assert (solution.n_placed == instance.n_vms) is all_fit
