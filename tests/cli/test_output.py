"""Tests that output files are checked before the work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vmopt.cli.output import check_output
from vmopt.errors import FileError


def test_check_nothing_to_write():
    """Tests that no output is no trouble."""
    check_output(None)


def test_check_new_and_existing(tmp_path):
    """Tests that a new file in a directory, and an old one, may be written."""
    check_output(tmp_path / "new.json")
    (tmp_path / "old.json").write_text("old")
    check_output(tmp_path / "old.json")
    assert (tmp_path / "old.json").read_text() == "old"


def test_check_relative(tmp_path, monkeypatch):
    """Tests that a bare name means the directory one is in."""
    monkeypatch.chdir(tmp_path)
    check_output(Path("new.json"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "why"), [(".", "is a directory"), ("missing/x.json", "no directory"), ("file/x.json", "no directory")]
)
def test_check_refused(tmp_path, name, why):
    """Tests that a directory, and a file where there is no directory, are refused with the reason."""
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match=why):
        check_output(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("existing", [True, False])
def test_check_permission(tmp_path, existing):
    """Tests that a place that may not be written is refused."""
    path = tmp_path / "x.json"
    if existing:
        path.touch(mode=0o400)
    else:
        tmp_path.chmod(0o500)
    with pytest.raises(FileError, match="permission denied"):
        check_output(path)


def test_check_input(tmp_path):
    """Tests that an input is never replaced, whatever it is called."""
    (tmp_path / "cluster.json").touch()
    (tmp_path / "alias.json").symlink_to(tmp_path / "cluster.json")
    with pytest.raises(FileError, match="is an input"):
        check_output(tmp_path / "alias.json", None, tmp_path / "cluster.json")


def test_check_suffix(tmp_path):
    """Tests that a wrong ending is refused, and the right ones are named."""
    check_output(tmp_path / "model.lp", suffixes=(".lp", ".mps"))
    with pytest.raises(FileError, match=r"end in \.lp or \.mps"):
        check_output(tmp_path / "model.txt", suffixes=(".lp", ".mps"))
