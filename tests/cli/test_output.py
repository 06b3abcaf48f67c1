"""Tests of output files: checked before the work, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vmopt.cli.output import check_output, replacing
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


def test_replacing(tmp_path):
    """Tests that the new file takes the place of the old, with its permissions, and nothing else is left."""
    path = tmp_path / "x.json"
    path.write_text("old")
    path.chmod(0o640)
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, FileError])
def test_replacing_fails(tmp_path, error):
    """Tests that an error, or Ctrl-C, half way leaves the old file and no other."""
    path = tmp_path / "x.json"
    path.write_text("old")

    def write_half() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise error("no")

    with pytest.raises(error):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_replacing_disk_full(tmp_path):
    """Tests that an error of the system becomes a FileError that names the path."""
    with pytest.raises(FileError, match=r"cannot write .*x\.json: No space"), replacing(tmp_path / "x.json"):
        raise OSError(28, "No space left on device")


def test_replacing_symlink(tmp_path):
    """Tests that a link stays a link, and the file behind it is replaced."""
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    with replacing(tmp_path / "link.json") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


def test_replacing_device():
    """Tests that a device is written to, not replaced."""
    with replacing(Path("/dev/null")) as temporary:
        assert temporary == Path("/dev/null")
    assert not Path("/dev/null").is_file()
