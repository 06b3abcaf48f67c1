"""Tests of `vmopt verify`."""

from __future__ import annotations

import json

import pytest

from tests.methods.certificates import certified_by_patterns
from vmopt import io


@pytest.fixture
def solution_file(run, cluster_file, tmp_path):
    """The optimum of the cluster, in a file."""
    path = tmp_path / "placement.json"
    assert run("solve", cluster_file, "-o", path, "-q").code == 0
    return path


def changed(path, **changes):
    """Write a changed copy of a JSON file beside it."""
    document = {**json.loads(path.read_text()), **changes}
    copy = path.with_name("changed.json")
    copy.write_text(json.dumps(document))
    return copy


def lines_of(out: str) -> dict[str, str]:
    """Labels and values of the output, the last of each."""
    return {label: value.strip() for label, _, value in (line.partition("  ") for line in out.splitlines())}


def test_right(run, cluster_file, solution_file):
    """Tests that a right solution is confirmed in capacity and objective, with code 0."""
    ran = run("verify", cluster_file, solution_file)
    assert ran.code == 0
    assert ran.err == ""
    assert "WRONG" not in ran.out
    assert {"capacity", "objective", "bound"} <= set(lines_of(ran.out))


def test_bare_placement(run, cluster, cluster_file, tmp_path):
    """Tests that an object of VM names to host names is enough."""
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"web": "h1", "ci": "h2"}))
    ran = run("verify", cluster_file, path)
    assert ran.code == 0
    assert "2 VMs placed" in ran.out
    assert f"{cluster.value[[0, 2]].sum():.6g}" in lines_of(ran.out)["objective"]


def test_too_much_on_a_host(run, cluster_file, tmp_path):
    """Tests that a host with more than it has is named, with resource and amounts, and code 1."""
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"web": "h2", "mail": "h2"}))
    ran = run("verify", cluster_file, path)
    assert ran.code == 1
    assert ran.err == ""
    assert "WRONG: host 'h2' has 4 of cpu, but 6 is placed on it" in ran.out
    assert "WRONG: host 'h2' has 16 of memory, but 18 is placed on it" in ran.out


def test_objective_that_lies(run, cluster_file, solution_file):
    """Tests that an objective that is not what the data say is found out."""
    objective = json.loads(solution_file.read_text())["objective"]
    ran = run("verify", cluster_file, changed(solution_file, objective=objective * 1.001))
    assert ran.code == 1
    assert lines_of(ran.out)["objective"].startswith("WRONG: the data say")


def test_bound_that_lies(run, cluster_file, solution_file):
    """Tests that a bound that its prices do not prove is found out."""
    prices = [[1.0, 1.0], [1.0, 1.0]]
    ran = run("verify", cluster_file, changed(solution_file, prices=prices, bound_by="prices"))
    assert ran.code == 1
    assert lines_of(ran.out)["bound"].startswith("WRONG: the prices prove")


def test_other_data(run, cluster, solution_file, tmp_path):
    """Tests that a solution of other data is checked by name, and what is gone is said."""
    io.write(cluster.replace(priority=[5, 3, 3, 4, 1]), tmp_path / "other.json")
    ran = run("verify", tmp_path / "other.json", solution_file)
    assert ran.code == 0
    placed = len(json.loads(solution_file.read_text())["placement"])
    assert f"other data: {placed} of {placed} placed VMs kept" in lines_of(ran.out)["made for"]
    names = ["web", "mail", "ci", "huge", "small"]
    io.write(cluster.replace(vm_names=names, host_names=["h2", "h1"]), tmp_path / "other.json")
    ran = run("verify", tmp_path / "other.json", solution_file)
    assert ran.code == 1
    assert "no longer there" in lines_of(ran.out)["made for"]
    assert "WRONG: host 'h1' has 4 of cpu" in ran.out


def test_nothing_in_common(run, cluster, solution_file, tmp_path):
    """Tests that a solution that names nothing of the instance is refused."""
    io.write(cluster.replace(vm_names=list("abcde")), tmp_path / "other.json")
    ran = run("verify", tmp_path / "other.json", solution_file)
    assert (ran.code, ran.out) == (2, "")
    assert "another instance" in ran.err


def test_placement_in_csv(run, cluster_file, tmp_path):
    """Tests that CSV with a column of VMs and one of hosts is enough."""
    path = tmp_path / "mine.csv"
    path.write_text("host,vm\nh1,web\n,mail\nh2,ci\n")
    ran = run("verify", cluster_file, path)
    assert ran.code == 0
    assert "2 VMs placed" in ran.out


def test_anything_else_that_lies(run, cluster_file, solution_file):
    """Tests that a status that the figures do not bear out, and a wrong list of unplaced VMs, are found out."""
    for changes in ({"unplaced": []}, {"status": "best ever"}, {"gap": 0.5}):
        ran = run("verify", cluster_file, changed(solution_file, **changes))
        assert ran.code == 1, changes
        assert lines_of(ran.out)["file"].startswith("WRONG")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("{", "not valid JSON"),
        ("[1, 2]", "no placement"),
        ('{"placement": [0, 1]}', "no placement"),
        ('{"nobody": "h1"}', "'nobody'"),
        ('{"web": "h9"}', "'h9'"),
    ],
)
def test_unreadable(run, cluster_file, tmp_path, content, words):
    """Tests that a file that holds no placement of this instance is bad input, code 2."""
    path = tmp_path / "bad.json"
    path.write_text(content)
    ran = run("verify", cluster_file, path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("vmopt: error: ")
    assert words in ran.err


def test_recheck(run, tmp_path):
    """Tests that --recheck proves the knapsacks of a bound by patterns, and finds a forged one out."""
    solution = certified_by_patterns()
    assert solution.bound_by == "patterns"
    io.write(solution.instance, tmp_path / "c.json")
    io.write_solution(solution, tmp_path / "s.json")
    ran = run("verify", tmp_path / "c.json", tmp_path / "s.json", "--recheck", "-t", 1000)
    assert ran.code == 0
    assert "every knapsack proven by a search of its own" in lines_of(ran.out)["recheck"]
    certificate = json.loads((tmp_path / "s.json").read_text())["pattern_bound"]
    forged = {**certificate, "host_profit": [0.97 * profit for profit in certificate["host_profit"]]}
    ran = run(
        "verify", tmp_path / "c.json", changed(tmp_path / "s.json", pattern_bound=forged), "--recheck", "-t", 1000
    )
    assert ran.code == 1
    assert "stated, but a pattern earns" in ran.out


def test_recheck_without_time_leaves_it_open(run, tmp_path):
    """Tests that a knapsack not proven in time is labelled so, with what is proven and an exit code of its own, 3."""
    solution = certified_by_patterns()
    io.write(solution.instance, tmp_path / "c.json")
    io.write_solution(solution, tmp_path / "s.json")
    ran = run("verify", tmp_path / "c.json", tmp_path / "s.json", "--recheck", "-t", 0)
    rows = [line.strip() for line in ran.out.splitlines() if "recheck" in line]
    assert ran.code == 3
    assert "open: " in rows[0]
    assert "not proven in time" in ran.out
    assert "ok: " not in "".join(rows)
    forged = changed(tmp_path / "s.json", objective=2 * solution.objective)
    assert run("verify", tmp_path / "c.json", forged, "--recheck", "-t", 0).code == 1


def test_a_claim_that_nothing_can_check_is_open(run, cluster_file, solution_file):
    """Tests that what a backend claims is not called ok; nothing is wrong with it either, code 0."""
    ran = run("verify", cluster_file, changed(solution_file, bound_by="cp-sat"))
    assert ran.code == 0
    assert lines_of(ran.out)["bound"].startswith("open: ")


def test_recheck_where_there_is_nothing_to_prove(run, cluster_file, solution_file):
    """Tests that a bound by prices needs no recheck, and that this is said."""
    ran = run("verify", cluster_file, solution_file, "--recheck")
    assert ran.code == 0
    assert "recheck" in lines_of(ran.out)


def test_a_name_given_twice(run, cluster_file, tmp_path):
    """Tests that a VM that a file puts on two hosts is bad input."""
    path = tmp_path / "twice.json"
    path.write_text('{"web": "h1", "web": "h2"}')
    ran = run("verify", cluster_file, path)
    assert (ran.code, ran.out) == (2, "")
    assert "given twice" in ran.err
