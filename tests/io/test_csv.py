"""Instances as CSV: exact round trips, and errors with file, line and column."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

from tests.strategies import instances
from tests.thorough import few
from vmopt.errors import FileError, InstanceError, VmoptError
from vmopt.generate import generate
from vmopt.io import read_csv, write_csv
from vmopt.model import VM, Host, Instance, Objective

HOSTS = "name,cpu,memory,label:rack\nh1,8,32,r1\nh2,4,16.5,\n"
VMS = "name,memory,cpu,priority,value,kind,label:tier\nweb,16,4,3,,vm,front\n\ndb,0,2,,0.5,container,\n"


def read_text(tmp_path: Path, hosts: str = HOSTS, vms: str = VMS, **given: Any) -> Instance:
    (tmp_path / "hosts.csv").write_text(hosts, newline="")
    (tmp_path / "vms.csv").write_text(vms, newline="")
    return read_csv(tmp_path / "hosts.csv", tmp_path / "vms.csv", **given)


def expected() -> Instance:
    return Instance.from_rows(
        [Host("h1", {"cpu": 8, "memory": 32}, {"rack": "r1"}), Host("h2", {"cpu": 4, "memory": 16.5})],
        [
            VM("web", {"cpu": 4, "memory": 16}, priority=3, labels={"tier": "front"}),
            VM("db", {"cpu": 2}, value=0.5, kind="container"),
        ],
    )


def test_a_pair_by_hand(tmp_path: Path) -> None:
    """Tests that columns come in any order, and that empty cells and lines take their defaults."""
    assert read_text(tmp_path) == expected()
    assert read_text(tmp_path, objective=Objective("demand")) == expected().replace(objective=Objective("demand"))


@pytest.mark.parametrize("change", [lambda t: t.replace("\n", "\r\n"), lambda t: "\ufeff" + t, lambda t: t.strip()])
def test_files_of_other_programs(tmp_path: Path, change: Any) -> None:
    """Tests that line ends of Windows, a byte order mark and a missing last line end change nothing."""
    assert read_text(tmp_path, change(HOSTS), change(VMS)) == expected()


def test_only_amounts(tmp_path: Path) -> None:
    """Tests that nothing but the resources is needed."""
    assert read_text(tmp_path, "cpu\n8\n", "cpu\n4\n5\n") == Instance.from_arrays([[4], [5]], [[8]], resources=["cpu"])


@settings(max_examples=few(100), deadline=None)
@given(instances(elastic=None))
def test_round_trips_are_exact(tmp_path_factory: pytest.TempPathFactory, instance: Instance) -> None:
    """Tests that reading what was written gives an equal instance, whatever CSV can hold."""
    instance = instance.replace(objective=None)
    directory = tmp_path_factory.getbasetemp()
    try:
        write_csv(instance, directory / "h.csv", directory / "v.csv.gz")
    except FileError as error:
        assume("CSV" not in str(error))
        raise
    again = read_csv(directory / "h.csv", directory / "v.csv.gz")
    assert again == instance
    assert np.array_equal(again.demand, instance.demand)
    assert again.vm_names.are_given == instance.vm_names.are_given


def test_names_that_need_quotes(tmp_path: Path) -> None:
    """Tests that commas, quotes, line ends and spaces in names survive."""
    names = ["a,b", 'say "x"', "two\nlines", "old\rmac", "dos\r\n", " spaced ", "日本", "1e5", "#"]
    instance = Instance.from_arrays([[1]] * len(names), [[5]], vm_names=names)
    write_csv(instance, tmp_path / "h.csv", tmp_path / "v.csv")
    assert list(read_csv(tmp_path / "h.csv", tmp_path / "v.csv").vm_names) == names


def test_huge_integers_beside_fractions(tmp_path: Path) -> None:
    """Tests that amounts are exact where one resource is in bytes and another in fractions."""
    instance = Instance.from_arrays([[2**53 + 1, 0.5]], [[2**60 + 1, 0.75]])
    write_csv(instance, tmp_path / "h.csv", tmp_path / "v.csv")
    assert read_csv(tmp_path / "h.csv", tmp_path / "v.csv").demand.tolist() == instance.demand.tolist()


def test_many_rows(tmp_path: Path) -> None:
    """Tests that 50,000 VMs survive, and that an error in the last one is found on its line."""
    instance = generate("distinct", hosts=10, vms=50_000)
    write_csv(instance, tmp_path / "h.csv", tmp_path / "v.csv")
    assert read_csv(tmp_path / "h.csv", tmp_path / "v.csv") == instance
    text = (tmp_path / "v.csv").read_text().removesuffix("\n")
    (tmp_path / "v.csv").write_text(text[: text.rindex(",")] + ",urgent\n")
    with pytest.raises(FileError, match=r"v\.csv, line 50001, column 'priority': 'urgent' is not a number"):
        read_csv(tmp_path / "h.csv", tmp_path / "v.csv")


BAD = [
    (HOSTS, VMS.replace("16,4", "16,four"), r"vms\.csv, line 2, column 'cpu': 'four' is not a number"),
    (HOSTS, VMS.replace("0,2", "0,"), r"vms\.csv, line 4, column 'cpu': the cell is empty"),
    (HOSTS, VMS.replace("0,2", "0,-2"), r"vms\.csv, line 4, column 'cpu': -2 is not a finite number of at least 0"),
    (HOSTS, VMS.replace("0,2", "0,nan"), r"vms\.csv, line 4, column 'cpu': nan is not a finite number"),
    (HOSTS, VMS.replace("0,2", "0,inf"), r"vms\.csv, line 4, column 'cpu': inf is not a finite number"),
    (HOSTS, VMS.replace("0,2", "0,1e999"), r"vms\.csv, line 4, column 'cpu': 1e999 is not a finite number"),
    (HOSTS, VMS.replace("0,2", "0,1_0"), r"vms\.csv, line 4, column 'cpu': '1_0' is not a number"),
    (HOSTS, VMS.replace("0,2", "0," + "9" * 5000), r"vms\.csv, line 4, column 'cpu'"),
    (HOSTS, VMS.replace(",3,", ",0,"), r"vms\.csv, line 2, column 'priority': it is 0, but weights are above 0"),
    (
        HOSTS,
        VMS.replace(",3,", ",-5,"),
        r"line 2, column 'priority': it is -5, .* ranks, .*vmopt\.Objective\('tiers'\)",
    ),
    (HOSTS, VMS.replace("0.5", "much"), r"vms\.csv, line 4, column 'value': 'much' is not a number"),
    (HOSTS, VMS.replace("container", "pod"), r"vms\.csv, line 4, column 'kind': 'pod' is unknown: use vm, container"),
    (HOSTS, VMS.replace("db", ""), r"vms\.csv, line 4, column 'name': the name is empty"),
    (HOSTS, VMS.replace("db", "web"), "VM name 'web' is given twice"),
    (HOSTS, VMS.replace("db,0", "db"), r"vms\.csv, line 4: 6 cells, but the header has 7"),
    (
        HOSTS,
        VMS.replace("memory", "ram"),
        r"vms\.csv, line 1: 'ram' is no resource of .*: it has cpu, memory",
    ),
    (HOSTS, "name,cpu\nweb,4\n", r"vms\.csv, line 1: there is no column 'memory': it has name, cpu"),
    (HOSTS, VMS.replace("kind", "cpu"), r"vms\.csv, line 1: column 'cpu' is there twice"),
    (HOSTS, VMS.replace("kind", ""), r"vms\.csv, line 1: column 6 has no name"),
    (HOSTS, VMS.splitlines()[0], r"vms\.csv has a header but no row below it"),
    (HOSTS, "", r"vms\.csv is empty"),
    (HOSTS, "\n\n", r"vms\.csv, line 1: column 1 has no name"),
    (HOSTS, VMS.replace(",", ";"), r"vms\.csv, line 1: the header has no comma"),
    (HOSTS, VMS.replace("web", '"web'), r"vms\.csv, line \d: not valid CSV"),
    (HOSTS, VMS.replace("web", '"we"b'), r"vms\.csv, line 2: not valid CSV"),
    ("name\nh1\n", VMS, r"hosts\.csv, line 1: there is no resource"),
    (HOSTS.replace("16.5", "?"), VMS, r"hosts\.csv, line 3, column 'memory': '\?' is not a number"),
    (HOSTS, VMS.replace("16,4", f"16,{2**62}"), "too large|more than"),
]


@pytest.mark.parametrize(("hosts", "vms", "why"), BAD)
def test_bad_files_are_refused(tmp_path: Path, hosts: str, vms: str, why: str) -> None:
    """Tests that what makes no sense gives one error with file, line and column."""
    with pytest.raises(VmoptError, match=why) as caught:
        read_text(tmp_path, hosts, vms)
    assert isinstance(caught.value, FileError | InstanceError)


def test_lines_are_counted_as_editors_do(tmp_path: Path) -> None:
    """Tests that blank lines and line ends in quotes count."""
    with pytest.raises(FileError, match=r"line 6, column 'cpu'"):
        read_text(tmp_path, "cpu\n1\n", 'name,cpu\n"a\nb",1\n\n\nc,x\n')


def test_gzip_is_told_by_content(tmp_path: Path) -> None:
    """Tests that gzip-ed files read whatever their name."""
    (tmp_path / "h").write_bytes(gzip.compress(HOSTS.encode()))
    (tmp_path / "v").write_bytes(gzip.compress(VMS.encode()))
    assert read_csv(tmp_path / "h", tmp_path / "v") == expected()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"objective": Objective("demand")}, "CSV cannot hold Objective"),
        ({"resources": ["name"]}, "'name' cannot name a resource in CSV"),
        ({"resources": ["label:x"]}, "'label:x' cannot name a resource in CSV"),
        ({"resources": [" cpu"]}, "' cpu' cannot name a resource in CSV"),
        ({"vm_labels": [{"tier": ""}]}, "CSV cannot hold the labels"),
        ({"host_labels": [{"": "x"}]}, "CSV cannot hold the labels"),
        ({"vm_names": ["\ud800"]}, "not valid Unicode"),
    ],
)
def test_what_csv_cannot_hold_is_refused(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    """Tests that nothing is lost in silence."""
    with pytest.raises(FileError, match=why):
        write_csv(Instance.from_arrays([[1]], [[2]], **change), tmp_path / "h.csv", tmp_path / "v.csv")
