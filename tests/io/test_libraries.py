"""Benchmark libraries: small files of our own, and the published ones where they are here."""

from __future__ import annotations

import csv
import gzip
import re
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.io.data import published
from vmopt.errors import FileError, InstanceError, OptionError
from vmopt.io import parse_vbp, read_kmkp, read_mknap, read_mkp, read_roadef, read_vbp
from vmopt.verify import verify

MKP = " 2 2 7.5\n 4 3.5\n 1 2\n 2 0.5\n 3 3\n"
MKNAP = f"2\n{MKP} 1 1 0\n 5\n 6\n 7\n"
KMKP = (
    "# Items\n3\n# Knapsacks\n2\n# Constraints\n2\n# profits\n7\n8\n9\n# weights\n1 2\n3 4\n5 6\n# caps\n10 20\n5 5\n"
)
VBP = "2\n10 20\n2\n3 4 2\n5 5 1\n"
ROADEF = """2
1 100
0 10
2
0 0 30 400 16 80 0 1
0 1 10 240 8 160 1 0
2
2 0
1 1 0
3
0 12 10 1000
0 10 20 100
1 6 200 1
1
0 1 20
10
1 10 100"""


def put(tmp_path: Path, text: str) -> Path:
    (tmp_path / "a.txt").write_text(text)
    return tmp_path / "a.txt"


def test_mknap(tmp_path: Path) -> None:
    """Tests that a collection gives one-host instances with profits as values, decimals exact, and their optima."""
    (first, optimum), (second, unknown) = read_mknap(put(tmp_path, MKNAP))
    assert (optimum, unknown) == (7.5, None)
    assert (first.demand / first.scale).tolist() == [[1, 2], [2, 0.5]]
    assert (first.capacity / first.scale).tolist() == [[3, 3]]
    assert first.value.tolist() == [4, 3.5]
    assert (second.demand.tolist(), second.capacity.tolist(), second.value.tolist()) == ([[6]], [[7]], [5])


def test_one_knapsack(tmp_path: Path) -> None:
    """Tests a file with one problem and no count."""
    instance, optimum = read_mkp(put(tmp_path, MKP))
    assert (instance.n_vms, instance.n_hosts, optimum) == (2, 1, 7.5)


def test_kmkp(tmp_path: Path) -> None:
    """Tests that knapsacks are hosts, items VMs, profits values."""
    instance = read_kmkp(put(tmp_path, KMKP))
    assert instance.demand.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert instance.capacity.tolist() == [[10, 20], [5, 5]]
    assert instance.value.tolist() == [7, 8, 9]


def test_vbp(tmp_path: Path) -> None:
    """Tests that bins are as many hosts as asked for, and copies of an item as many VMs, from file and from text."""
    instance = read_vbp(put(tmp_path, VBP), hosts=3)
    assert instance.demand.tolist() == [[3, 4], [3, 4], [5, 5]]
    assert instance.capacity.tolist() == [[10, 20]] * 3
    assert parse_vbp(VBP, hosts=3) == instance
    for hosts in (0, 1.5, True, "3"):
        with pytest.raises(OptionError, match=r"hosts is .*: give an integer from 1"):
            parse_vbp(VBP, hosts=hosts)  # type: ignore[arg-type]


def test_roadef(tmp_path: Path) -> None:
    """Tests that machines are hosts with their capacities, processes VMs with their requirements."""
    instance = read_roadef(put(tmp_path, ROADEF))
    assert instance.capacity.tolist() == [[30, 400], [10, 240]]
    assert instance.demand.tolist() == [[12, 10], [10, 20], [6, 200]]
    assert instance.host(1).labels == {"neighborhood": "0", "location": "1"}
    assert [vm["service"] for vm in instance.vm_labels or ()] == ["0", "0", "1"]


def read_vbp_2(path: Path) -> Any:
    return read_vbp(path, hosts=2)


@pytest.mark.parametrize(
    ("reader", "text"),
    [(read_mknap, MKNAP), (read_mkp, MKP), (read_kmkp, KMKP), (read_vbp_2, VBP), (read_roadef, ROADEF)],
)
def test_other_texts_are_refused(tmp_path: Path, reader: Callable[[Path], Any], text: str) -> None:
    """Tests that a text that is cut, goes on, or holds words gives one error with file and line."""
    for changed, why in [
        (text.rsplit(maxsplit=1)[0], r"a\.txt ends too early: \d+ numbers expected for"),
        (text + " 7", r"a\.txt, line \d+: 1 more entries than the format has"),
        (re.sub(r"\b2\b", "2x", text, count=1), r"a\.txt, line \d+: .*'2x' is not a"),
        ("-1 " * 50, r"a\.txt, line 1: .* is -1: expected at least 1"),
        ("9" * 30, r"a\.txt, line 1: .* is not an integer of 64 bits"),
        ("1.5", r"a\.txt, line 1: .*'1.5' is not an integer of 64 bits"),
        ("999999999 999999999 999999999", r"a\.txt ends too early"),
        (" ", r"a\.txt ends too early"),
    ]:
        with pytest.raises(FileError, match=why):
            reader(put(tmp_path, changed))


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (read_mknap, MKNAP.replace(" 6", "-6")),
        (read_mkp, "1 1 0  -5  6  7"),
        (read_kmkp, KMKP.replace("5 6", "5 -6")),
        (read_vbp_2, VBP.replace("5 5", "5 -5")),
        (read_vbp_2, VBP.replace("5 1", "5 -1")),
        (read_vbp_2, VBP.replace("5 1", "5 1.5")),
        (read_roadef, ROADEF.replace("0 10 20", "0 10 -20")),
    ],
)
def test_negative_numbers_are_refused(tmp_path: Path, reader: Callable[[Path], Any], text: str) -> None:
    """Tests that what no instance can have gives one error with the file."""
    with pytest.raises(InstanceError, match=r"a\.txt: "):
        reader(put(tmp_path, text))


def test_gzip(tmp_path: Path) -> None:
    """Tests that gzip-ed text reads like plain text."""
    (tmp_path / "a.txt").write_bytes(gzip.compress(KMKP.encode()))
    assert read_kmkp(tmp_path / "a.txt").n_vms == 3


def test_published_mknap1() -> None:
    """Tests sizes and optima of the seven published problems; no value is lost to rounding."""
    problems = read_mknap(published("mkp_orlib", "mknap1.txt"))
    with published("mkp_orlib", "optimum_mknap1.csv").open() as file:
        rows = [(int(row["n"]), int(row["m"]), float(row["optimum"])) for row in csv.DictReader(file)]
    assert [(p.n_vms, len(p.resources), optimum) for p, optimum in problems] == rows
    assert all(instance.n_hosts == 1 for instance, _ in problems)
    assert problems[1][0].value[0] == 600.1


def test_published_sac94() -> None:
    """Tests that every published single problem reads to the last number, and that its optimum is the listed one."""
    with published("mkp_orlib", "best_known_sac94.csv").open() as file:
        listed = {Path(row["file"]).name: row for row in csv.DictReader(file)}
    paths = sorted(published("mkp_orlib", "sac94").glob("*/*.dat"))
    assert len(paths) > 40
    for path in paths:
        instance, optimum = read_mkp(path)
        row = listed[path.name]
        assert (instance.n_vms, len(instance.resources)) == (int(row["n"]), int(row["m"]))
        assert (optimum or 0) == float(row["header_value"])


def test_published_kmkp() -> None:
    """Tests sizes and total profit of every published problem."""
    with published("kmkp", "reference_values.csv").open() as file:
        for row in csv.DictReader(file):
            path = published("kmkp", row["instance"])
            instance = read_kmkp(path)
            sizes = (instance.n_vms, instance.n_hosts, len(instance.resources))
            assert sizes == (int(row["items"]), int(row["knapsacks"]), int(row["constraints"]))
            assert instance.value.sum() == float(row["total_profit"])


def test_published_vector_packing() -> None:
    """Tests sizes of published problems, and that the listed number of bins is enough in every single resource."""
    with published("vbp", "best_known.csv").open() as file:
        listed = {row["instance"]: row for row in csv.DictReader(file)}
    with tarfile.open(published("vbp", "Panigrahy_instances.tar.gz")) as archive:
        members = [member for member in archive if member.name.endswith(".vbp")][::100]
        for member in members:
            row = listed[Path(member.name).stem]
            text = archive.extractfile(member).read().decode()  # type: ignore[union-attr]
            instance = parse_vbp(text, hosts=int(row["optimum_bins"] or row["best_heuristic_bins"]))
            items = int(row["n"]) + (row["class"] == "class9")  # named by n, these hold one item more
            assert (instance.n_vms, len(instance.resources)) == (items, int(row["d"]))
            assert (instance.demand.sum(axis=0) <= instance.total).all()


def test_published_roadef() -> None:
    """Tests that the published initial assignment of every model respects the capacities that were read."""
    with published("roadef2012", "best_known.csv").open() as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        path = Path(published("roadef2012", "SOURCE.md")).with_name(f"model_{row['instance']}.txt")
        if path.exists():
            instance = read_roadef(path)
            assert (instance.n_vms, instance.n_hosts) == (int(row["processes"]), int(row["machines"]))
            initial = np.loadtxt(path.with_name(f"assignment_{row['instance']}.txt"), dtype=np.int64)
            assert verify(instance, initial) == ()
