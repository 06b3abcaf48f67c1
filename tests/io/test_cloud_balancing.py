"""OptaPlanner's cloud balancing: small files of our own, and the published ones where they are here."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.io.data import published
from vmopt.errors import FileError, InstanceError
from vmopt.io import read_cloud_balancing
from vmopt.model.instance import Instance

SIZES = {2: 6, 3: 9, 4: 12, 100: 300, 200: 600, 400: 1200, 800: 2400, 1600: 4800}


def computer(number: int, **changes: Any) -> dict[str, Any]:
    return {"id": number, "cpuPower": 24, "memory": 96, "networkBandwidth": 16, "cost": 4800, **changes}


def process(number: int, **changes: Any) -> dict[str, Any]:
    amounts = {"requiredCpuPower": 3, "requiredMemory": 2, "requiredNetworkBandwidth": 1}
    return {"id": number, **amounts, "computer": None, **changes}


def read_object(directory: Path, computers: list[Any], processes: list[Any], **more: Any) -> Instance:
    document = {"id": 0, "computerList": computers, "processList": processes, "score": None, **more}
    (directory / "a.json").write_text(json.dumps(document))
    return read_cloud_balancing(directory / "a.json")


def test_computers_and_processes(tmp_path: Path) -> None:
    """Tests that computers are hosts with their cost as label, processes VMs, each named by its id."""
    instance = read_object(tmp_path, [computer(7), computer(9, cpuPower=6, cost=660)], [process(5)])
    assert instance.resources == ("cpu", "memory", "network")
    assert instance.capacity.tolist() == [[24, 96, 16], [6, 96, 16]]
    assert instance.demand.tolist() == [[3, 2, 1]]
    assert list(instance.host_names) == ["computer-7", "computer-9"]
    assert list(instance.vm_names) == ["process-5"]
    assert instance.host(1).labels == {"cost": "660"}
    assert instance.vm(0).labels == {}


def test_a_solved_file(tmp_path: Path) -> None:
    """Tests that the computer that a solved file gives a process is kept."""
    instance = read_object(tmp_path, [computer(7)], [process(5, computer=7)], score="0hard/-4800soft")
    assert instance.vm(0).labels == {"computer": "7"}


@pytest.mark.parametrize(
    ("computers", "processes", "why"),
    [
        ([computer(0)], [process(0, requiredMemory="2")], r'processList\[0\]: requiredMemory is "2": expected an int'),
        ([computer(0), computer(1, memory=-1)], [process(0)], r"computerList\[1\]: memory is -1: give a number of at"),
        ([computer(0)], [process(0, cpuPower=3)], r"processList\[0\]: key 'cpuPower' is unknown: correct it, or leave"),
        ([computer(0)], [], r"processList is empty"),
        ([], [process(0)], r"computerList is empty"),
        ([{"id": 0}], [process(0)], r"computerList\[0\]: key 'cpuPower' is missing"),
        ([computer(0)], [3], r"processList\[0\] is 3: expected an object"),
        ([computer(True)], [process(0)], r"computerList\[0\]: id is true: expected an integer"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, computers: list[Any], processes: list[Any], why: str) -> None:
    """Tests that what makes no sense gives one error with the file and the computer or process."""
    with pytest.raises(FileError, match=r"a\.json.*" + why):
        read_object(tmp_path, computers, processes)


def test_names_are_unique(tmp_path: Path) -> None:
    """Tests that an id given twice is refused with the file."""
    with pytest.raises(InstanceError, match=r"a\.json: host name 'computer-3' is given twice"):
        read_object(tmp_path, [computer(3), computer(3)], [process(0)])


@pytest.mark.parametrize("text", ['{"computerList": [', '{"id": 0, "id": 1}', "[]", "computers", '{"id": 0}'])
def test_other_texts_are_refused(tmp_path: Path, text: str) -> None:
    """Tests that a text in another format gives one error that names the file."""
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(FileError, match=r"a\.json"):
        read_cloud_balancing(tmp_path / "a.json")


def test_gzip(tmp_path: Path) -> None:
    """Tests that a gzip-ed file reads like a plain one."""
    plain = read_object(tmp_path, [computer(0)], [process(0)])
    (tmp_path / "a.json.gz").write_bytes(gzip.compress((tmp_path / "a.json").read_bytes()))
    assert read_cloud_balancing(tmp_path / "a.json.gz") == plain


@pytest.mark.parametrize("computers", SIZES)
def test_published(computers: int) -> None:
    """Tests that every published file holds what its name says, and that all of its processes could fit in sum."""
    name = f"{computers}computers-{SIZES[computers]}processes.json"
    folder = published("cloudbalancing")
    path = folder / name
    instance = read_cloud_balancing(path if path.exists() else folder / f"{name}.gz")
    assert (instance.n_hosts, instance.n_vms) == (computers, SIZES[computers])
    assert (instance.demand.sum(axis=0) <= instance.total).all()
    assert all("cost" in labels for labels in instance.host_labels or ())
