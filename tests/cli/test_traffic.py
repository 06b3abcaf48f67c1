"""Tests of `vmopt solve` with a network and traffic."""

from __future__ import annotations

import json

import pytest

from tests.methods.test_trade import case
from vmopt import Objective, io
from vmopt.network import Latency, Traffic, leaf_spine


@pytest.fixture
def files(cluster, tmp_path):
    """A network of two racks, and traffic between two VMs, in files."""
    io.write_network(leaf_spine(cluster, hosts_per_rack=1), tmp_path / "net.csv")
    io.write_traffic(Traffic.from_edges(cluster, [("web", "mail", 1e9), ("web", "huge", 1e6)]), tmp_path / "talk.json")
    return "--network", tmp_path / "net.csv", "--traffic", tmp_path / "talk.json"


def test_solve_tells_of_traffic(run, cluster_file, files):
    """Tests that the figures of the traffic follow those of the solution, and pairs with an unplaced end are told."""
    ran = run("solve", cluster_file, *files, "-q")
    assert ran.code == 0
    labels = [line.partition("  ")[0] for line in ran.out.splitlines()]
    assert labels[-4:] == ["carried", "room for", "latency", "with queues"]
    assert "1 more pair with an unplaced end" in ran.out


def test_localise_and_weight(run, cluster, cluster_file, files, tmp_path):
    """Tests that --localise brings the talkative together at no loss, and that JSON stays JSON."""
    plain = json.loads(run("solve", cluster_file, "--json", "-q").out)
    ran = run("solve", cluster_file, *files, "--localise", "--json", "--threads", 1)
    document = json.loads(ran.out)
    assert document["objective"] == plain["objective"]
    assert document["placement"]["web"] == document["placement"]["mail"]
    assert "latency" in ran.err
    assert run("solve", cluster_file, *files, "--latency-weight", 10, "-q").code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--localise"], "--localise needs --network and --traffic"),
        (["--latency-weight", 1], "--latency-weight needs --network and --traffic"),
        (["--network", "missing.json"], "--network and --traffic belong together"),
        (["--network", "missing.json", "--traffic", "missing.json"], "cannot read missing.json"),
    ],
)
def test_bad_options(run, cluster_file, options, message):
    """Tests that what is missing is said in one line, with exit code 2."""
    ran = run("solve", cluster_file, *options)
    assert ran.code == 2
    assert message in ran.err
    assert ran.err.count("\n") == 1


def test_latency_at_a_price_is_verified(run, tmp_path):
    """Tests that an instance with latency is solved and verified as it is, and a shortcut with the same options."""
    cluster, network, traffic = case(0)
    priced = cluster.replace(objective=Objective(latency=Latency(network, traffic, 4.0)))
    io.write(priced, tmp_path / "c.json")
    assert run("solve", tmp_path / "c.json", "-o", tmp_path / "s.json", "-q", "--threads", 1).code == 0
    assert run("verify", tmp_path / "c.json", tmp_path / "s.json").code == 0
    io.write(cluster, tmp_path / "plain.json")
    io.write_network(network, tmp_path / "net.json")
    io.write_traffic(traffic, tmp_path / "talk.json")
    files = ("--network", tmp_path / "net.json", "--traffic", tmp_path / "talk.json", "--latency-weight", 4)
    assert run("verify", tmp_path / "plain.json", tmp_path / "s.json", *files).code == 0
    document = json.loads((tmp_path / "s.json").read_text())
    document["objective"] += 0.5
    (tmp_path / "s.json").write_text(json.dumps(document))
    assert run("verify", tmp_path / "c.json", tmp_path / "s.json").code == 1
