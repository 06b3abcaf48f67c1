"""`vmopt solve -o placement.csv`, and `--fail-if-gap`."""

from __future__ import annotations

import csv
import re

import pytest

from vmopt import io, verify


@pytest.mark.parametrize(("suffix", "separator"), [(".csv", ","), (".tsv", "\t")])
def test_each_vm_has_a_host_or_a_reason(run, cluster, cluster_file, tmp_path, suffix, separator):
    path = tmp_path / f"x{suffix}"
    assert run("solve", cluster_file, "-o", path, "-q").code == 0
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter=separator))
    assert [row["vm"] for row in rows] == list(cluster.vm_names)
    assert verify(cluster, {row["vm"]: row["host"] or None for row in rows}) == ()
    assert [bool(row["host"]) != bool(row["reason"]) for row in rows] == [True] * 5
    assert rows[3]["reason"].startswith("fits no host")


@pytest.mark.parametrize("form", ["csv", "yaml", "parquet"])
def test_what_runs_now_stands_beside(run, cluster, tmp_path, form):
    io.write(cluster.replace(current=[cluster.host_names[0], None, None, None, None]), tmp_path / "c.json")
    path = tmp_path / f"x.{form}"
    assert run("solve", tmp_path / "c.json", "-o", path, "-q").code == 0
    assert list(io.read_placement(path)) == list(cluster.vm_names)
    if form == "csv":
        with path.open(newline="") as file:
            assert [row["from"] for row in csv.DictReader(file)] == [cluster.host_names[0], "", "", "", ""]


def test_names_are_no_formulas_and_come_back(run, cluster, tmp_path):
    names = ["=1+1", "-x", "@y", "+z", "'=quoted"]
    io.write(cluster.replace(vm_names=names), tmp_path / "c.json")
    assert run("solve", tmp_path / "c.json", "-o", tmp_path / "x.csv", "-q").code == 0
    with (tmp_path / "x.csv").open(newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert list(io.read_placement(tmp_path / "x.csv")) == names


def test_a_gap_above_what_is_asked_has_a_code_of_its_own(run, tmp_path):
    from vmopt import Instance

    hard = Instance.from_arrays([[3], [3], [3]], [[5], [4]], resources=["cpu"])
    io.write(hard, tmp_path / "c.json")
    asked = ["solve", tmp_path / "c.json", "-m", "greedy-priority", "-q"]
    assert run(*asked).code == 0
    assert run(*asked, "--fail-if-gap", 0.9).code == 0
    gap = io.read_solution(hard, _written(run, asked, tmp_path / "s.json")).gap
    assert run(*asked, "--fail-if-gap", gap / 2).code == (4 if gap > 0 else 0)
    assert gap > 0
    assert run(*asked, "--fail-if-gap", -1).code == 2


def _written(run, asked, path):
    run(*asked, "-o", path)
    return path


def test_rules_of_the_command_line_are_exported(run, cluster_file, tmp_path):
    for path, rule in (("a.lp", []), ("b.lp", ["--rule", "ban([web], [h1])"])):
        assert run("export", cluster_file, *rule, "-o", tmp_path / path, "-q") == (0, "", "")
    row = re.compile(r"c\d+_rules: \+ 1\.0 x\d+_web_h1 <= 0\.0")
    assert not row.search((tmp_path / "a.lp").read_text())
    assert row.search((tmp_path / "b.lp").read_text())
