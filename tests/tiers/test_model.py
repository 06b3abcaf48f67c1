"""Priorities as tiers: what they may be, what instances make of them, and that files hold them."""

from __future__ import annotations

import json

import jsonschema
import numpy as np
import pytest

from vmopt import io
from vmopt.errors import FileError, InstanceError
from vmopt.model import VM, Host, Instance, Objective
from vmopt.model.requests import Requests

TIERS = Objective("tiers")
KUBERNETES = [2_000_001_000, 0, -(2**31), 0]


def cluster(priority, **columns) -> Instance:
    return Instance.from_arrays([[4], [4], [2], [2]], [[8]], priority=priority, objective=TIERS, **columns)


def test_levels_are_the_distinct_priorities() -> None:
    """Tests that levels come highest first, that a VM's value is its share, and that classes keep levels apart."""
    made = cluster(KUBERNETES)
    assert made.tiers is not None
    assert made.tiers.priority.tolist() == [2_000_001_000, 0, -(2**31)]
    assert made.tiers.of.tolist() == [0, 1, 2, 1]
    assert [members.tolist() for members in made.tiers.members] == [[0], [1, 3], [2]]
    assert made.value.tolist() == made.share.tolist()
    assert len(made.vm_classes) == 4
    assert cluster([7, 7, 7, 7]).tiers is None
    assert made.replace(objective=Objective("demand")).tiers is None


def test_integers_in_a_column_of_floats_are_taken() -> None:
    """Tests that what counts is the number and not its type."""
    assert cluster(np.array([1.0, -2.0, 0.0, 3.0])).tiers.priority.tolist() == [3, 1, 0, -2]


@pytest.mark.parametrize("priority", [0.5, np.nan, np.inf, 2.0**53, -(2.0**60)])
def test_what_is_no_integer_is_no_tier(priority) -> None:
    """Tests that the VM is named."""
    with pytest.raises(InstanceError, match=r"priority of VM 'vm-2' is .*: a tier must be an integer"):
        cluster([1, 1, priority, 1])


def test_other_weightings_keep_their_priorities() -> None:
    """Tests that weights are positive, and that demand weighting, which leaves them out, takes any finite number."""
    with pytest.raises(InstanceError, match=r"is 0\.0: it must be a finite number above 0 .*tiers"):
        Instance.from_arrays([[1]], [[1]], priority=[0])
    assert Instance.from_arrays([[1]], [[1]], priority=[-0.5], objective=Objective("demand")).priority.tolist() == [
        -0.5
    ]
    with pytest.raises(InstanceError, match="it must be a finite number"):
        Instance.from_arrays([[1]], [[1]], priority=[np.inf], objective=Objective("demand"))


def test_rows_and_requests_take_tiers() -> None:
    """Tests the other two ways in."""
    rows = Instance.from_rows([Host("h", {"cpu": 1})], [VM("a", {"cpu": 1}, priority=-3)], objective=TIERS)
    assert rows.vm(0).priority == -3
    requests = Requests.from_arrays([0, 1], [[1], [1]], priority=[0, -1], objective=TIERS, resources=["cpu"])
    assert requests.on([Host("h", {"cpu": 1})]).tiers.priority.tolist() == [0, -1]


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_json_holds_tiers(tmp_path, layout) -> None:
    """Tests that an instance comes back equal, and that its file follows the schema."""
    made, path = cluster(KUBERNETES), tmp_path / "cluster.json"
    io.write_json(made, path, layout=layout)
    assert io.read_json(path) == made
    document = json.loads(path.read_text())
    jsonschema.validate(document, io.schema("instance"))
    for weighting in ("priority", "tiers"):
        document["objective"]["weighting"] = weighting
        vms = document["vms"]
        if layout == "rows":
            vms[1]["priority"] = {"priority": 0, "tiers": 0.5}[weighting]
        else:
            vms["priority"][1] = {"priority": 0, "tiers": 0.5}[weighting]
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document, io.schema("instance"))


def test_csv_reads_tiers(tmp_path) -> None:
    """Tests that negative priorities and 0 are read where the objective has tiers, and refused where it has not."""
    (tmp_path / "h.csv").write_text("cpu\n8\n")
    (tmp_path / "v.csv").write_text("cpu,priority\n4,-7\n4,0\n4,\n")
    files = tmp_path / "h.csv", tmp_path / "v.csv"
    assert io.read_csv(*files, objective=TIERS).priority.tolist() == [-7, 0, 1]
    with pytest.raises(FileError, match=r"it is -7, but weights are above 0"):
        io.read_csv(*files)


def test_requests_hold_tiers(tmp_path) -> None:
    """Tests the round trip of requests."""
    requests = Requests.from_arrays([0, 1], [[1], [1]], priority=[0, -1], objective=TIERS, resources=["cpu"])
    io.write_requests([Host("h", {"cpu": 1})], requests, tmp_path / "r.json")
    hosts, read = io.read_requests(tmp_path / "r.json")
    assert read.objective == TIERS
    assert hosts.priority.tolist() == read.priority.tolist() == [0, -1]
