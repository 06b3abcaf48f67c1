"""Tables within bounds: what a line or a header would make of memory is told before it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from vmopt import io
from vmopt.errors import FileError
from vmopt.inventory import read_inventory
from vmopt.io import csv_lines

HOSTS = "name,cpu\nh1,8\n"


def as_csv(folder: Path) -> object:
    return io.read_csv(folder / "hosts.csv", folder / "vms.csv")


def as_inventory(folder: Path) -> object:
    return read_inventory(folder / "hosts.csv", folder / "vms.csv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hosts.csv").write_text(HOSTS)
    return tmp_path


@pytest.mark.parametrize("read", [as_csv, as_inventory])
def test_a_line_that_does_not_end_is_refused(read, folder: Path) -> None:
    (folder / "vms.csv").write_text("name,cpu\nv1,2\n" + "0," * (1 << 20))
    with pytest.raises(FileError, match=r"vms.csv, line 3: it has more than 1,048,576 characters"):
        read(folder)


@pytest.mark.parametrize("read", [as_csv, as_inventory])
def test_more_columns_than_anybody_has_are_refused(read, folder: Path) -> None:
    labels = ",".join(f"label:{n}" for n in range(10_000))
    (folder / "vms.csv").write_text(f"name,cpu,{labels}\nv1,2{',x' * 10_000}\n")
    with pytest.raises(FileError, match=r"vms.csv, line 1: there are 10,002 columns: 10,000 are the most"):
        read(folder)


def test_rows_that_lack_nearly_all_cells_are_refused(folder: Path, monkeypatch) -> None:
    """Tests that what is not there is not filled up without bounds, and a few short rows are."""
    (folder / "vms.csv").write_text("name,cpu" + ",," * 50 + "\n" + "v1,2\n" * 20)
    monkeypatch.setattr(csv_lines, "MOST_EMPTY", 1000)
    with pytest.raises(FileError, match="rows lack most of the 102 cells"):
        as_inventory(folder)
    (folder / "vms.csv").write_text("name,cpu" + ",," * 50 + "\n" + "v1,2\n")
    assert as_inventory(folder).n_vms == 1
