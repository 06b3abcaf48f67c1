"""Tests of `vmopt generate`, `show` and `export`."""

from __future__ import annotations

import re

import pytest

from vmopt import io
from vmopt.generate import generate


@pytest.mark.parametrize("kind", ["flavor", "distinct", "large"])
def test_generate(run, tmp_path, kind):
    """Tests that the file holds the instance that the arguments name."""
    path = tmp_path / "x.json"
    ran = run("generate", kind, "--hosts", 4, "--load", 0.8, "--seed", 5, "-o", path)
    assert (ran.code, ran.out) == (0, "")
    assert "4 hosts" in ran.err
    assert io.read(path) == generate(kind, hosts=4, load=0.8, seed=5)


def test_generate_resources(run, tmp_path):
    """Tests that --resources is honoured, for VMs at once and for requests over time."""
    assert run("generate", "flavor", "--hosts", 3, "--resources", 5, "-o", tmp_path / "x.json", "-q").code == 0
    assert io.read(tmp_path / "x.json") == generate("flavor", hosts=3, resources=5)
    ran = run("generate", "flavor", "--resources", 5, "--arrivals", "poisson", "--hours", 1, "-o", tmp_path / "r.json")
    assert ran.code == 0
    assert io.read_requests(tmp_path / "r.json")[1].demand.shape[1] == 5


def test_generate_rules(run, tmp_path):
    """Tests that --rules draws replica groups in racks and zones, and is refused where VMs come one by one."""
    path = tmp_path / "x.json"
    assert run("generate", "flavor", "--hosts", 9, "--rules", "spread,zones", "-o", path, "-q") == (0, "", "")
    read, drawn = io.read(path), generate("flavor", hosts=9, rules="spread,zones")
    assert (read.vm_labels, read.host_labels) == (drawn.vm_labels, drawn.host_labels)
    ran = run("generate", "flavor", "--rules", "magic", "-o", path)
    assert (ran.code, "give some of spread,zones,fences,gangs" in ran.err) == (2, True)
    ran = run("generate", "flavor", "--rules", "spread", "--arrivals", "poisson", "-o", path)
    assert (ran.code, "--rules does not go with --arrivals" in ran.err) == (2, True)


def test_generate_vms(run, tmp_path):
    """Tests that --vms sets the number of VMs."""
    assert run("generate", "flavor", "--vms", 17, "-o", tmp_path / "x.json", "-q") == (0, "", "")
    assert io.read(tmp_path / "x.json").n_vms == 17


def test_generate_vms_and_load(run, tmp_path):
    """Tests that --load and --vms together are refused, not one of them ignored."""
    ran = run("generate", "flavor", "--vms", 17, "--load", 2, "-o", tmp_path / "x.json")
    assert ran.code == 2
    assert "--load and --vms" in ran.err
    assert not (tmp_path / "x.json").exists()


def test_show(run, cluster_file):
    """Tests that an instance is shown with its sizes and its resources."""
    ran = run("show", cluster_file)
    assert ran.code == 0
    assert "5 in 5 classes" in ran.out
    assert "158.3 %" in ran.out


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
def test_export(run, cluster_file, tmp_path, suffix):
    """Tests that a linear program is written in the format that the name asks for."""
    path = tmp_path / f"model{suffix}"
    ran = run("export", cluster_file, "-o", path)
    assert (ran.code, ran.out) == (0, "")
    text = path.read_text().lower()
    assert ("subject to" if suffix == ".lp" else "rows") in text


def test_import_solution(run, cluster, cluster_file, tmp_path):
    """Tests that the answer of another solver comes back as a verified placement with a bound."""
    assert run("export", cluster_file, "-o", tmp_path / "model.lp", "-q").code == 0
    columns = re.findall(r"x\d+_web_h1", (tmp_path / "model.lp").read_text())
    (tmp_path / "model.sol").write_text(f"{columns[0]} 1\n")
    ran = run("import-solution", cluster_file, tmp_path / "model.sol", "-o", tmp_path / "p.json")
    assert ran.code == 0
    solution = io.read_solution(cluster, tmp_path / "p.json")
    assert dict(solution.placement) == {"web": "h1"}
    assert solution.bound >= solution.objective > 0


def test_import_solution_of_something_else(run, cluster_file, tmp_path):
    """Tests that a file without the model's columns is bad input."""
    (tmp_path / "model.sol").write_text("x 1\n")
    ran = run("import-solution", cluster_file, tmp_path / "model.sol")
    assert (ran.code, ran.out) == (2, "")
    assert "lists no column of the model" in ran.err
