"""Tests of `vmopt simulate`, and of the commands that make requests."""

from __future__ import annotations

import json

import pytest

import vmopt


@pytest.fixture
def requests_file(tmp_path):
    """Hosts and requests in a file."""
    path = tmp_path / "requests.json"
    vmopt.io.write_requests(*vmopt.generate_requests(hosts=2, span=6000, seed=1), path)
    return path


def test_table(run, requests_file):
    """Tests that the table has a row for each policy, and each has its waits by priority."""
    result = run("simulate", requests_file, "--policy", "fcfs", "--policy", "priority")
    assert result.code == 0
    assert [line.split()[0] for line in result.out.splitlines()[1:3]] == ["fcfs", "priority"]
    assert result.out.count("slowdown: mean") == 2


def test_json(run, requests_file):
    """Tests that the rows come as JSON, the same as from Python."""
    result = run("simulate", requests_file, "-p", "fcfs", "--preempt", "--load", "1.5", "--json")
    hosts, requests = vmopt.io.read_requests(requests_file)
    table = vmopt.compare_policies(hosts, requests.at_load(1.5, hosts), ["fcfs"], preemption=True)
    (row,) = json.loads(result.out)
    row.pop("decision_seconds")
    assert row.items() <= table[0]._asdict().items()


def test_moves(run, requests_file):
    """Tests that the policy that moves VMs is known, with its variants, and that its moves are counted."""
    chosen = ("rebalance", "rebalance:fcfs", "fcfs")
    result = run("simulate", requests_file, *(word for name in chosen for word in ("-p", name)), "--json")
    rows = json.loads(result.out)
    assert [row["policy"] for row in rows] == list(chosen)
    assert [row["moved"] > 0 for row in rows] == [True, True, False]


def test_output(run, requests_file, tmp_path):
    """Tests that a timeline is written, of one policy only."""
    path = tmp_path / "timeline.jsonl"
    assert run("simulate", requests_file, "-p", "fcfs", "-o", path).code == 0
    assert vmopt.read_timeline(path).policy == "fcfs"
    refused = run("simulate", requests_file, "-p", "fcfs", "-p", "priority", "-o", path)
    assert refused.code == 2
    assert "name one with --policy" in refused.err


def test_bad_policy(run, requests_file):
    """Tests that an unknown policy is one line on stderr."""
    result = run("simulate", requests_file, "-p", "fcsf")
    assert result.code == 2
    assert "did you mean 'fcfs'" in result.err


def test_generate(run, tmp_path):
    """Tests that requests are generated as from Python, and that options of instances do not go with them."""
    path = tmp_path / "requests.json"
    assert run("generate", "flavor", "--hosts", "2", "--arrivals", "bursty", "--hours", "2", "-o", path).code == 0
    expected = vmopt.generate_requests(hosts=2, arrivals="bursty", span=7200)[1]
    assert (vmopt.io.read_requests(path)[1].arrival == expected.arrival).all()
    assert run("generate", "flavor", "--arrivals", "poisson", "--vms", "5", "-o", path).code == 2
    assert run("generate", "flavor", "--hours", "5", "-o", path).code == 2


def test_moves_stay_within_the_budget(run, requests_file):
    """Tests that the budget is that of the policy, of any order, and that it is refused where nobody moves."""

    def moved(*arguments):
        rows = json.loads(run("simulate", requests_file, "--load", "1.5", "--json", *arguments).out)
        return {row["policy"]: row["moved"] for row in rows}

    chosen = ("-p", "rebalance", "-p", "rebalance:fcfs")
    assert moved(*chosen, "--moves-per-hour", "0") == {"rebalance": 0, "rebalance:fcfs": 0}
    assert moved(*chosen, "--moves-per-hour", "20") == moved(*chosen)
    assert 0 < moved(*chosen, "--moves-per-hour", "1")["rebalance"] <= moved(*chosen)["rebalance"]
    refused = run("simulate", requests_file, "-p", "fcfs", "--moves-per-hour", "3")
    assert refused.code == 2
    assert "--policy rebalance" in refused.err
