"""Tests of networks and traffic in files."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from vmopt import io
from vmopt.errors import FileError, NetworkError
from vmopt.network import Traffic, generate_traffic, leaf_spine, star

VMS = [f"vm-{i}" for i in range(30)]


@pytest.mark.parametrize("suffix", ["json", "json.gz", "csv", "csv.gz"])
def test_there_and_back(tmp_path: Path, suffix: str) -> None:
    """Tests that networks and traffic read back equal; a network from CSV has its nodes in the order of the links."""
    network, traffic = leaf_spine(5, hosts_per_rack=2), generate_traffic(VMS, seed=1)
    io.write_network(network, tmp_path / f"net.{suffix}")
    io.write_traffic(traffic, tmp_path / f"traffic.{suffix}")
    assert io.read_traffic(tmp_path / f"traffic.{suffix}", VMS) == traffic
    hosts = [network.node_names[int(i)] for i in network.hosts]
    again = io.read_network(tmp_path / f"net.{suffix}", hosts)
    assert sorted(again.node_names) == sorted(network.node_names)
    assert again.to_networkx().edges == network.to_networkx().edges
    if "json" in suffix:
        assert again == network


def test_written_files_follow_the_schemas(tmp_path: Path) -> None:
    """Tests that JSON is what the schemas say."""
    io.write_network(star(3), tmp_path / "net.json")
    io.write_traffic(generate_traffic(VMS), tmp_path / "traffic.json")
    for kind, name in (("network", "net.json"), ("traffic", "traffic.json")):
        jsonschema.validate(json.loads((tmp_path / name).read_text()), io.schema(kind))


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("source,target,rate\nvm-0,vm-1,-3\n", FileError, "line 2, column 'rate': -3 is not a finite number"),
        ("source,target,rate\nvm-0,vm-1,nan\n", FileError, "nan is not a finite number"),
        ("source,target\nvm-0,vm-1\n", FileError, "there is no column 'rate'"),
        ("source,target,rate\nvm-0,other,3\n", NetworkError, "pairs.csv: the traffic names VM 'other'"),
        ("source,target,rate\nvm-0,vm-0,3\n", NetworkError, "VM 'vm-0' is paired with itself"),
    ],
)
def test_bad_traffic(tmp_path: Path, text: str, error: type[Exception], message: str) -> None:
    """Tests that a bad line of CSV is refused with file and cause."""
    path = tmp_path / "pairs.csv"
    path.write_text(text)
    with pytest.raises(error, match=message):
        io.read_traffic(path, VMS)


def test_pairs_in_several_lines_are_summed(tmp_path: Path) -> None:
    """Tests that a pair on two lines gets the sum of its rates."""
    path = tmp_path / "pairs.csv"
    path.write_text("source,target,rate\nvm-0,vm-1,3\nvm-0,vm-1,4\n")
    assert io.read_traffic(path, VMS) == Traffic.from_edges(VMS, [("vm-0", "vm-1", 7.0)])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nodes": ["a", "b", "s", "b"]}, "node name 'b' is given twice"),
        ({"is_host": [True]}, "give 3 booleans"),
        ({"is_host": "yes"}, 'is_host is "yes": expected an array'),
        ({"links": {"one": ["x"], "other": ["s"], "bandwidth": [1], "latency": [1]}}, "a link ends at 'x'"),
        ({"links": {"one": ["a"], "other": ["s"], "bandwidth": [0], "latency": [1]}}, "is 0: give a finite number"),
        ({"links": {"one": ["a"], "other": ["s"], "bandwidth": ["1x"], "latency": [1]}}, "not a column of numbers"),
        ({"links": {"one": ["a"], "other": [], "bandwidth": [1], "latency": [1]}}, "1 links have one end, 0 the other"),
        ({"more": 1}, "key 'more' is unknown"),
    ],
)
def test_bad_networks(tmp_path: Path, change: dict[str, object], message: str) -> None:
    """Tests that a file that is no network is refused with its name and the cause."""
    links = {"one": ["a", "b"], "other": ["s", "s"], "bandwidth": [1, 1], "latency": [0, 0]}
    document = {"format": "vmopt-network", "version": 1, "nodes": ["a", "b", "s"], "is_host": [True, True, False]}
    path = tmp_path / "net.json"
    path.write_text(json.dumps({**document, "links": links, **change}))
    with pytest.raises((FileError, NetworkError), match=message):
        io.read_network(path)


def test_csv_needs_the_hosts(tmp_path: Path) -> None:
    """Tests that CSV without the names of the hosts is refused."""
    io.write_network(star(3), tmp_path / "net.csv")
    with pytest.raises(FileError, match="does not tell hosts from switches"):
        io.read_network(tmp_path / "net.csv")
