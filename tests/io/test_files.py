"""Files: plain and gzip, whole or not at all, one clear error."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from vmopt.errors import FileError
from vmopt.io import bounded, files, read, write
from vmopt.model import Instance

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
NOBODY = 65534


def names_in(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_what_is_written_is_read(tmp_path: Path, name: str) -> None:
    """Tests that text survives, plain and gzip by the name."""
    path = tmp_path / name
    files.write_text(path, "größer\n")
    assert files.read_text(path) == "größer\n"
    assert path.read_bytes().startswith(files.GZIP_MAGIC) == name.endswith(".gz")
    assert names_in(tmp_path) == [name]


def test_gzip_is_told_by_content(tmp_path: Path) -> None:
    """Tests that reading looks at the bytes, not at the name."""
    (tmp_path / "a.json").write_bytes(gzip.compress(b"x"))
    (tmp_path / "b.json.gz").write_bytes(b"y")
    assert files.read_text(tmp_path / "a.json") == "x"
    assert files.read_text(str(tmp_path / "b.json.gz")) == "y"


def test_gzip_files_are_reproducible(tmp_path: Path) -> None:
    """Tests that the same data give the same bytes, whatever the name and the time."""
    files.write_text(tmp_path / "a.gz", "data")
    files.write_text(tmp_path / "b.gz", "data")
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_a_utf8_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    """Tests that text saved by an editor that marks UTF-8 reads like any other."""
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfcpu")
    assert files.read_text(tmp_path / "a.txt") == "cpu"


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_as_windows_writes_it(tmp_path: Path, order: str) -> None:
    """Tests that text of either byte order is converted where a mark says which."""
    (tmp_path / "a.txt").write_bytes("\ufeffcpu µ".encode(order))
    assert files.read_text(tmp_path / "a.txt") == "cpu µ"


BROKEN = [
    (b"", "a.txt is empty"),
    (gzip.compress(b"", mtime=0), "a.txt is empty"),
    (gzip.compress(b"data" * 99, mtime=0)[:-9], "a.txt is broken gzip"),
    (b"\x1f\x8b rubbish", "a.txt is broken gzip"),
    (gzip.compress(b"data" * 99, mtime=0)[:30] + b"\xff" * 30, "a.txt is broken gzip"),
    ("cpu".encode("utf-16")[:-1], "a.txt is not UTF-16 text .*: save it as UTF-8"),
    (b"cpu\nmem\xff", "a.txt, line 2: not UTF-8 text"),
]


@pytest.mark.parametrize(("data", "why"), BROKEN)
def test_broken_files_are_refused(tmp_path: Path, data: bytes, why: str) -> None:
    """Tests that a file that is no text gives one error that names it and the cause."""
    (tmp_path / "a.txt").write_bytes(data)
    with pytest.raises(FileError, match=why):
        files.read_text(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("absent.txt", "absent.txt: there is no such file"),
        (".", "it is a directory"),
        ("a\0b", "null byte"),
        ("x" * 5000, "too long"),
        (None, "path is None"),
        (5, "path is 5"),
    ],
)
def test_unreadable_paths_are_refused(tmp_path: Path, path: Any, why: str) -> None:
    """Tests that a path that cannot be read gives one error with the cause."""
    with pytest.raises(FileError, match=why):
        files.read_bytes(tmp_path / path if isinstance(path, str) else path)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("absent/a.txt", "no such file or directory"),
        (".", "it is a directory"),
        ("file/a.txt", "cannot write"),
        ("a\0b", "cannot write"),
        ("x" * 5000, "too long"),
        (None, "path is None"),
    ],
)
def test_unwritable_paths_are_refused(tmp_path: Path, path: Any, why: str) -> None:
    """Tests that a path that cannot be written gives one error with the cause, and leaves nothing behind."""
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match=why):
        files.write_bytes(tmp_path / path if isinstance(path, str) else path, b"data")
    assert names_in(tmp_path) == ["file"]


@pytest.fixture
def without_privileges() -> Iterator[Path]:
    """Give a directory of a user who is not root, and be that user for a while: root may read and write everything."""
    with TemporaryDirectory() as shared:
        Path(shared).chmod(0o777)
        if AS_ROOT:
            os.seteuid(NOBODY)
        try:
            Path(shared, "mine").mkdir()
            yield Path(shared, "mine")
            Path(shared, "mine").chmod(0o700)
        finally:
            if AS_ROOT:
                os.seteuid(0)


def test_files_without_permission(without_privileges: Path) -> None:
    """Tests that files and directories that are not ours give one error, whether read, replaced or looked for."""
    directory, locked = without_privileges, without_privileges / "locked.txt"
    locked.write_text("old")
    locked.chmod(0)
    for action in (lambda: files.read_bytes(locked), lambda: files.write_bytes(locked, b"new")):
        with pytest.raises(FileError, match=r"locked\.txt: permission denied"):
            action()
    directory.chmod(0o500)
    with pytest.raises(FileError, match="permission denied"):
        files.write_bytes(directory / "new.txt", b"new")
    directory.chmod(0)
    for read_or_write in (read, lambda path: write(Instance.from_arrays([[1]], [[1]]), path)):
        with pytest.raises(FileError, match="permission denied"):
            read_or_write(directory / "new.json")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """Tests that when the disk refuses, the old file stays and nothing else does (in a process with a size limit)."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    script = (
        "import resource, signal, sys; from vmopt.errors import FileError; from vmopt.io.files import write_bytes\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try: write_bytes(sys.argv[1], bytes(100_000))\n"
        "except FileError as error: print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert run.stdout == f"cannot write {path}: File too large.\n"
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["a.txt"]


def test_the_mode_of_a_file_is_kept(tmp_path: Path) -> None:
    """Tests that replacing a file keeps its mode, and that a new one has that of any new file."""
    path, usual = tmp_path / "a.txt", tmp_path / "b.txt"
    files.write_text(path, "old")
    usual.touch()
    assert path.stat().st_mode == usual.stat().st_mode
    path.chmod(0o640)
    files.write_text(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)


def test_links_are_followed(tmp_path: Path) -> None:
    """Tests that writing through a symbolic link writes the file it points to, and keeps the link."""
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    files.write_text(tmp_path / "link.txt", "new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_devices_are_written_to_not_replaced() -> None:
    """Tests that /dev/null stays what it is."""
    files.write_text("/dev/null", "data")
    assert Path("/dev/null").is_char_device()


def test_text_that_is_not_unicode_is_refused(tmp_path: Path) -> None:
    """Tests that half a surrogate pair gives one error that shows it, and no file."""
    with pytest.raises(FileError, match="not valid Unicode"):
        files.write_text(tmp_path / "a.txt", "web-\ud800")
    assert names_in(tmp_path) == []


def test_gzip_that_grows_beyond_reason_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_UNPACKED", 1 << 16)
    path = tmp_path / "x.json.gz"
    path.write_bytes(gzip.compress(b"0" * (1 << 16)))
    assert len(files.read_bytes(path)) == 1 << 16
    path.write_bytes(gzip.compress(b'0 "0" ' * (1 << 22)))
    with pytest.raises(FileError, match="unpacks to more than"):
        files.read_bytes(path)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_word_that_does_not_end_is_refused(tmp_path, pack):
    """Tests that a stream of zeros is not read until memory is full."""
    path = tmp_path / "x.json"
    path.write_bytes(pack(b"[1, " + b"\0" * (3 << 20)))
    with pytest.raises(FileError, match="without a comma, a quote or an end of a line"):
        files.read_bytes(path)


def test_gzip_of_too_many_cells_is_refused(tmp_path, monkeypatch):
    """Tests that what unpacks to little, but would be millions of objects, is refused; what packs badly is read."""
    monkeypatch.setattr(files, "MOST_CELLS", 1000)
    path = tmp_path / "x.json.gz"
    path.write_bytes(gzip.compress(b"[" + b"{}," * 100_000 + b"{}]"))
    with pytest.raises(FileError, match="100,000 cells are in its first 300,004 bytes"):
        files.read_bytes(path)
    numbers = ",".join(map(str, range(100_000, 120_000))).encode()
    path.write_bytes(gzip.compress(numbers))
    assert files.read_bytes(path) == numbers


def test_a_text_of_too_many_cells_is_refused_early(tmp_path, monkeypatch):
    """Tests that lists of zeros are not read to their end, and that as many cells of a longer text are read."""
    monkeypatch.setattr(bounded, "MOST_CELLS", 600_000)
    path = tmp_path / "x.json"
    path.write_bytes(b"[" + b"0," * (5 << 20) + b"0]")
    with pytest.raises(FileError, match="1,048,575 cells are in its first 2,097,152 bytes"):
        files.read_bytes(path)
    long = b'"a name", ' * 700_000
    path.write_bytes(long)
    assert files.read_bytes(path) == long


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "x.json"
    with path.open("wb") as file:
        file.truncate(10**10)
    with pytest.raises(FileError, match="has more than 805,306,368 bytes"):
        files.read_bytes(path)
