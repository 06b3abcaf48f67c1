"""What runs now, in files: exact round trips, the schema, fingerprints, rows, and errors that name the VM."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import vmopt
from vmopt import io


def cluster(**more: Any) -> vmopt.Instance:
    drawn = vmopt.generate("flavor", hosts=6, load=1.2, current="aged", seed=3)
    return drawn.replace(move_cost=np.arange(drawn.n_vms) * 0.5, **more)


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_json_returns_what_was_written(tmp_path: Path, layout: Any) -> None:
    """Tests that current, move_cost and transient come back equal, as the schema says."""
    given, path = cluster(transient=["disk"]), tmp_path / "c.json"
    io.write_json(given, path, layout=layout)
    again = io.read_json(path)
    assert again == given
    assert io.fingerprint(again) == io.fingerprint(given)
    document = json.loads(path.read_text())
    assert document["version"] == 2
    jsonschema.validate(document, io.schema("instance"))


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_json_keeps_an_empty_cluster_apart_from_an_unknown_one(tmp_path: Path, layout: Any) -> None:
    """Tests that nothing runs is other than nobody says what runs."""
    idle = vmopt.Instance.from_arrays([[1], [2]], [[4]], current=[-1, -1])
    io.write_json(idle, tmp_path / "c.json", layout=layout)
    assert io.read_json(tmp_path / "c.json") == idle
    assert io.read_json(tmp_path / "c.json").current is not None


def test_files_without_it_are_what_they_were(tmp_path: Path) -> None:
    """Tests that an instance of which nothing is said keeps version 1 and its fingerprint apart."""
    plain = vmopt.Instance.from_arrays([[1], [2]], [[4]])
    io.write_json(plain, tmp_path / "c.json")
    assert json.loads((tmp_path / "c.json").read_text())["version"] == 1
    prints = {
        io.fingerprint(made)
        for made in (
            plain,
            plain.replace(current=[0, -1]),
            plain.replace(current=[0, 0]),
            plain.replace(current=[0, 0], move_cost=[1, 2]),
            plain.replace(current=[0, 0], transient=plain.resources),
        )
    }
    assert len(prints) == 5


def test_csv_returns_what_was_written(tmp_path: Path) -> None:
    """Tests the columns current and move_cost, with VMs that run nowhere."""
    given = cluster()
    assert (given.current < 0).any()
    io.write_csv(given, tmp_path / "h.csv", tmp_path / "v.csv")
    assert io.read_csv(tmp_path / "h.csv", tmp_path / "v.csv") == given
    with pytest.raises(vmopt.FileError, match="transient"):
        io.write_csv(cluster(transient=["cpu"]), tmp_path / "h.csv", tmp_path / "v.csv")


def test_rows_say_where_they_run() -> None:
    """Tests VM(current=, move_cost=), there and back."""
    hosts = [vmopt.Host("h1", {"cpu": 8}), vmopt.Host("h2", {"cpu": 8})]
    vms = [vmopt.VM("a", {"cpu": 1}, current="h2", move_cost=3), vmopt.VM("b", {"cpu": 1})]
    made = vmopt.Instance.from_rows(hosts, vms, transient="cpu")
    assert made.current is not None
    assert made.move_cost is not None
    assert (made.current.tolist(), made.move_cost.tolist(), made.transient) == ([1, -1], [3, 1], ("cpu",))
    assert (made.vm(0).current, made.vm(0).move_cost, made.vm(1).current) == ("h2", 3.0, None)
    with pytest.raises(vmopt.InstanceError, match="h9"):
        vmopt.Instance.from_rows(hosts, [vmopt.VM("a", {"cpu": 1}, current="h9")])


def test_json_errors_name_the_row(tmp_path: Path) -> None:
    """Tests a current host that is a number, and one that is not there."""
    document = {
        "format": "vmopt-instance",
        "version": 2,
        "resources": ["cpu"],
        "hosts": [{"name": "h", "capacity": {"cpu": 4}}],
        "vms": [{"name": "a", "demand": {"cpu": 1}, "current": 0}],
    }
    path = tmp_path / "c.json"
    path.write_text(json.dumps(document))
    with pytest.raises(vmopt.FileError, match="current is 0"):
        io.read_json(path)
    path.write_text(json.dumps(document).replace('"current": 0', '"current": "x"'))
    with pytest.raises(vmopt.InstanceError, match="names host 'x'"):
        io.read_json(path)


@pytest.mark.parametrize("how", ["first-fit", "aged"])
def test_generated_clusters_fit_and_repeat(how: str) -> None:
    """Tests that what runs fits, and that a seed gives the same again."""
    made = vmopt.generate("distinct", hosts=12, load=0.8, seed=5, current=how)
    assert made.current is not None
    assert vmopt.verify(made, made.current) == ()
    assert made == vmopt.generate("distinct", hosts=12, load=0.8, seed=5, current=how)
    assert made.replace(current=None) == vmopt.generate("distinct", hosts=12, load=0.8, seed=5)
