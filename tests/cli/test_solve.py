"""Tests of `vmopt solve`, `compare` and `bound`."""

from __future__ import annotations

import json

import pytest

from vmopt import generate, io, metrics
from vmopt.bounds.price_bound import verify_bound
from vmopt.verify import verify


def test_solve(run, cluster_file):
    """Tests that a solved instance gives its figures on stdout and exit code 0."""
    ran = run("solve", cluster_file, "--quiet")
    assert ran.code == 0
    assert ran.err == ""
    labels = [line.partition("  ")[0] for line in ran.out.splitlines()]
    assert labels[:4] == ["status", "objective", "bound", "gap"]
    assert ran.out.startswith("status       optimal")


def test_solve_json(run, cluster, cluster_file):
    """Tests that --json is JSON whose placement is feasible and worth what it says."""
    ran = run("solve", cluster_file, "--json", "--quiet")
    document = json.loads(ran.out)
    assert verify(cluster, document["placement"]) == ()
    placed = [document["placement"].get(name) is not None for name in cluster.vm_names]
    assert document["objective"] == pytest.approx(cluster.value[placed].sum())
    assert sorted([*document["placement"], *document["unplaced"]]) == sorted(cluster.vm_names)
    assert document["status"] == "optimal"
    assert document["bound"] >= document["objective"]


def test_solve_output(run, cluster, cluster_file, tmp_path):
    """Tests that --output writes a solution that reads back, and says so on stderr."""
    path = tmp_path / "placement.json"
    ran = run("solve", cluster_file, "--output", path, "--method", "greedy-priority")
    assert ran.code == 0
    assert f"placement written to {path}" in ran.err
    solution = io.read_solution(cluster, path)
    assert metrics.objective_of(cluster, solution.host_index) == solution.objective > 0
    assert "greedy-priority" in ran.out


def test_solve_warm_start(run, cluster, cluster_file, tmp_path):
    """Tests that a search that starts from the optimum ends with it, even in no time at all."""
    best = tmp_path / "best.json"
    assert run("solve", cluster_file, "-o", best, "-q").code == 0
    ran = run("solve", cluster_file, "-m", "greedy-demand", "--warm-start", best, "--json", "-q")
    assert json.loads(ran.out)["objective"] == io.read_solution(cluster, best).objective


@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_solve_warm_start_by_names(run, cluster, cluster_file, tmp_path, suffix):
    """Tests that VM and host names alone are a start, and that what was kept of them is said."""
    path = tmp_path / f"mine.{suffix}"
    path.write_text('{"web": "h1", "gone": "h2"}' if suffix == "json" else "vm,host\nweb,h1\ngone,h2\n")
    ran = run("solve", cluster_file, "-m", "greedy-demand", "-w", path)
    assert ran.code == 0
    assert "1 of 2 placed VMs kept: 1 no longer there" in ran.out


def test_solve_keeps_the_proof_of_its_start(run, tmp_path):
    """Tests that a search without time for a bound of its own says the bound of its start."""
    io.write(generate("distinct", hosts=6, seed=1), tmp_path / "c.json")
    start, again = tmp_path / "s.json", tmp_path / "again.json"
    assert run("solve", tmp_path / "c.json", "-m", "neighbourhood", "-t", 1, "-o", start, "-q").code == 0
    assert run("solve", tmp_path / "c.json", "-m", "greedy-demand", "-w", start, "-o", again, "-q").code == 0
    first, second = (json.loads(path.read_text()) for path in (start, again))
    assert second["bound"] <= first["bound"]
    assert second["objective"] >= first["objective"]


def test_solve_options(run, cluster_file):
    """Tests that seed, method and backend reach the search."""
    ran = run("solve", cluster_file, "--method", "exact", "--backend", "highs", "--seed", 7, "--threads", 1, "--json")
    document = json.loads(ran.out)
    assert document["method"] == "exact"
    assert document["seed"] == 7
    assert document["status"] == "optimal"


def test_solve_nothing_found(run, cluster_file, tmp_path):
    """Tests that a search that ends without a placement gives code 1, says so, and writes no file."""
    ran = run("solve", cluster_file, "-m", "exact", "-t", 0, "-o", tmp_path / "p.json")
    assert ran.code == 1
    assert ran.out.startswith("status  not found")
    assert "objective" not in ran.out
    assert "nothing written" in ran.err
    assert not (tmp_path / "p.json").exists()


def test_solve_progress_on_stderr(run, cluster_file):
    """Tests that progress is told on stderr, with objective, bound and gap, and stdout stays the result."""
    ran = run("solve", cluster_file)
    assert "objective" in ran.err.splitlines()[0]
    assert "bound" in ran.err.splitlines()[0]
    assert "gap" in ran.err.splitlines()[0]
    assert ran.out.startswith("status")


def test_compare(run, cluster_file):
    """Tests that a comparison has a line for each method, in the order asked for."""
    ran = run("compare", cluster_file, "--methods", "auto, greedy-demand", "-q")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert [line.split()[0] for line in lines] == ["method", "auto", "greedy-demand"]


def test_compare_json(run, cluster_file):
    """Tests that --json gives the rows with their gaps against the best bound."""
    rows = json.loads(run("compare", cluster_file, "--json", "-q").out)
    assert [row["method"] for row in rows] == ["greedy-priority", "greedy-demand", "auto"]
    best = min(row["bound"] for row in rows)
    assert all(row["gap"] == pytest.approx((best - row["objective"]) / best) for row in rows)


def test_bound(run, cluster_file):
    """Tests that a bound comes with the prices of every host class."""
    ran = run("bound", cluster_file)
    assert ran.code == 0
    assert ran.out.startswith("bound")
    assert ran.err == ""
    assert ran.out.splitlines()[-3].split() == ["hosts", "like", "hosts", "cpu", "price", "memory", "price"]
    assert [line.split()[:2] for line in ran.out.splitlines()[-2:]] == [["h1", "1"], ["h2", "1"]]


def test_bound_json(run, cluster, cluster_file):
    """Tests that the prices that --json gives prove the bound it gives."""
    document = json.loads(run("bound", cluster_file, "--json").out)
    classes = document["host_classes"]
    assert [entry["hosts"] for entry in classes] == [["h1"], ["h2"]]
    prices = [[entry["price"][name] for name in cluster.resources] for entry in classes]
    assert verify_bound(cluster, prices) == pytest.approx(document["bound"])
