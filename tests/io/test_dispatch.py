"""Reading and writing by the name of the path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vmopt.errors import FileError, OptionError
from vmopt.generate import generate
from vmopt.io import read, write, write_csv
from vmopt.rules import Spread

CLUSTER = generate(hosts=3, vms=10)


@pytest.mark.parametrize("name", ["a.json", "a.json.gz", "."])
def test_every_kind_of_path(tmp_path: Path, name: str) -> None:
    """Tests that JSON files and directories are written and read, as str and as Path."""
    write(CLUSTER, tmp_path / name)
    assert read(str(tmp_path / name)) == CLUSTER


def test_directories_hold_csv(tmp_path: Path) -> None:
    """Tests that a directory is a pair of CSV files, plain or gzip."""
    write_csv(CLUSTER, tmp_path / "hosts.csv", tmp_path / "vms.csv.gz")
    assert read(tmp_path) == CLUSTER
    with pytest.raises(OptionError, match="layout='rows' is for JSON"):
        write(CLUSTER, tmp_path, layout="rows")
    write_csv(CLUSTER, tmp_path / "hosts.csv", tmp_path / "vms.csv")
    with pytest.raises(FileError, match=r"holds both vms.csv and vms.csv.gz"):
        read(tmp_path)


def test_directories_hold_rules(tmp_path: Path) -> None:
    """Tests that rules have a file beside, and that none of an earlier instance outlive it."""
    ruled = CLUSTER.replace(rules=[Spread("vm-*", over="host", most=3)])
    write(ruled, tmp_path)
    assert read(tmp_path) == ruled
    write(CLUSTER, tmp_path)
    assert read(tmp_path) == CLUSTER
    (tmp_path / "rules.csv").rename(tmp_path / "rules.csv.gz")
    write(ruled, tmp_path)
    assert [path.name for path in tmp_path.glob("rules*")] == ["rules.csv.gz"]
    assert read(tmp_path) == ruled
    (tmp_path / "rules.csv").touch()
    with pytest.raises(FileError, match=r"holds both rules.csv and rules.csv.gz"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("absent.json", "there is no such file or directory"),
        ("absent", "there is no such file or directory"),
        (".", r"is a directory without hosts.csv \(or hosts.csv.gz\)"),
        ("a.csv", "use .json or .json.gz, or a directory; for other formats call their reader"),
        ("a\0.json", "null byte"),
        (f"{'x' * 5000}.json", "too long"),
        (None, "path is None"),
    ],
)
def test_other_paths_are_not_read(tmp_path: Path, name: Any, why: str) -> None:
    """Tests that a path that is none of these gives one error with what would be."""
    (tmp_path / "a.csv").touch()
    with pytest.raises(FileError, match=why):
        read(tmp_path / name if name else name)


@pytest.mark.parametrize("name", ["a.csv", "a", "absent/a.json", "a\0.json"])
def test_other_paths_are_not_written(tmp_path: Path, name: str) -> None:
    """Tests that a name that says no format, or a directory that is not there, gives one error and no file."""
    with pytest.raises(FileError, match="cannot write"):
        write(CLUSTER, tmp_path / name)
    assert not any(tmp_path.iterdir())
