"""Files: whole in, whole out, plain or gzip."""

from __future__ import annotations

import gzip
import io
import logging
import os
import sys
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from functools import cache, lru_cache
from pathlib import Path
from uuid import uuid4

from vmopt.checks import as_path
from vmopt.errors import FileError
from vmopt.io.bounded import read_at_most

logger = logging.getLogger(__name__)
PathLike = str | os.PathLike[str]
STDIN, STDOUT = Path("/dev/stdin"), Path("/dev/stdout")
"""Names of the process's own streams, on every system; they hold JSON, as they have no ending to tell."""
DESCRIPTORS = (Path("/dev/fd"), Path("/proc/self/fd"))
GZIP_MAGIC = b"\x1f\x8b"
GZIP_LEVEL = 6
MAX_BYTES = 3 << 28
"""A file has at most so many bytes, plain or unpacked: they are held in memory, and so is what they say."""
MOST_UNPACKED = 1 << 28
MOST_TIMES = 100
"""What unpacks to more than this is at most so many times as large as it was packed."""
MOST_CELLS, CELLS_PER_BYTE = 10_000_000, 10
"""What unpacks to more commas and lines than this has at most so many of them for each byte that it was packed in."""


def exists(path: Path) -> bool:
    """Whether there is something at a path, as far as we may see."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def is_directory(path: Path) -> bool:
    """Whether a path is a directory, as far as we may see."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def read_bytes(path: PathLike, most: int = MAX_BYTES) -> bytes:
    """Read a file whole; what is gzip-ed (told by its first bytes, not by its name) is unpacked.

    Raises
    ------
    FileError
        If it is missing, a directory, not readable, empty, too large, or broken gzip.
    """
    path = as_path(path)
    try:
        pipe = _pipe_at(path)
        data = _stdin(most) if path == STDIN else _read(path, most) if pipe is None else _handed_over(path, most, pipe)
    except (OSError, ValueError) as error:
        raise FileError(f"cannot read {path}: {_why(error)}.") from None
    if data is None:
        raise FileError(f"{path} has more than {most:,} bytes: divide it, or leave out what is not needed.")
    if data.startswith(GZIP_MAGIC):
        data = _unpacked(data, path, most)
    if not data:
        raise FileError(f"{path} is empty: there is nothing to read.")
    logger.info("%d bytes read from %s", len(data), path)
    return data


def _read(path: Path, most: int) -> bytes | None:
    with path.open("rb") as file:
        return read_at_most(most, file.read) if os.fstat(file.fileno()).st_size <= most else None


@cache
def _stdin(most: int) -> bytes | None:
    """Read stdin, which is there once: whoever asks again gets the same."""
    with open(0, "rb", closefd=False) as file:
        return read_at_most(most, file.read)


def _pipe_at(path: Path) -> int | None:
    """Return which pipe a shell opened for us, as for ``<(kubectl get pods -o json)``; None if it is no pipe."""
    return path.stat().st_ino if path.parent in DESCRIPTORS and path.is_fifo() else None


@lru_cache(maxsize=4)
def _handed_over(path: Path, most: int, _pipe: int) -> bytes | None:
    """Read such a pipe, which is there once, as stdin is; another one may have its name later."""
    return _read(path, most)


def _unpacked(data: bytes, path: Path, most: int) -> bytes:
    """Unpack gzip; what grows beyond all reason is refused before memory is full."""
    limit = min(most, max(MOST_UNPACKED, MOST_TIMES * len(data)))
    cells = max(MOST_CELLS, CELLS_PER_BYTE * len(data))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            unpacked = read_at_most(limit, packed.read, cells)
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(f"{path} is broken gzip ({error}): it is cut short or damaged; fetch it anew.") from None
    except ValueError as error:
        raise FileError(f"cannot read {path}: {error}.") from None
    if unpacked is None:
        raise FileError(f"{path} unpacks to more than {limit:,} bytes, from {len(data):,}: that is no file of ours.")
    return unpacked


def read_text(path: PathLike) -> str:
    """Read a file whole as UTF-8 text, plain or gzip; a byte order mark of UTF-8 is skipped.

    Raises
    ------
    FileError
        As for `read_bytes`, and if the file is not UTF-8 text.
    """
    data = as_utf8(read_bytes(path), path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(f"{path}, line {line}: not UTF-8 text ({error.reason}); save the file as UTF-8.") from None


def as_utf8(data: bytes, path: PathLike) -> bytes:
    """Return text as UTF-8 without a byte order mark; UTF-16 with one, as PowerShell and Excel write it, is converted.

    Raises
    ------
    FileError
        If it begins as UTF-16 does, and is none.
    """
    if not data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.removeprefix(BOM_UTF8)
    try:
        return data.decode("utf-16").encode("utf-8")
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not UTF-16 text ({error.reason}), though it begins so: save it as UTF-8.") from None


def write_bytes(path: PathLike, data: bytes | memoryview) -> None:
    """Write a file whole or not at all; gzip if the name ends in ``.gz``; `STDOUT` is printed.

    The data go to a new file in the same directory, which then takes the place of the old one: whatever fails, the old
    file stays as it was. The same data give the same bytes.

    Raises
    ------
    FileError
        If the directory is missing, or the file cannot be written.
    """
    path = as_path(path)
    if path.suffix == ".gz":
        data = gzip.compress(data, GZIP_LEVEL, mtime=0)
    if path == STDOUT:
        _print(data)
        return
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # a device or a pipe cannot be replaced; a directory refuses
        else:
            _replace(path.resolve(), data)
    except (OSError, ValueError, RuntimeError) as error:
        raise FileError(f"cannot write {path}: {_why(error)}.") from None
    logger.info("%d bytes written to %s", len(data), path)


def _print(data: bytes | memoryview) -> None:
    """Write bytes to stdout, after what was printed before."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:  # a stream of text alone, such as a notebook's
        sys.stdout.write(str(data, "utf-8"))
        return
    sys.stdout.flush()
    buffer.write(data)
    buffer.flush()


def write_text(path: PathLike, text: str) -> None:
    """Write UTF-8 text whole or not at all; gzip if the name ends in ``.gz``.

    Raises
    ------
    FileError
        As for `write_bytes`, and if the text holds what UTF-8 cannot.
    """
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = text[max(0, error.start - 20) : error.end + 20]
        raise FileError(f"cannot write {path}: {shown!r} is not valid Unicode; rename it.") from None
    write_bytes(path, data)


def _replace(target: Path, data: bytes | memoryview) -> None:
    if target.exists():
        target.open("ab").close()  # a file that we may not write to is not to be replaced either
    aside = target.with_name(f".vmopt-{uuid4().hex}.part")
    try:
        with aside.open("xb") as file:
            file.write(data)
        if target.exists():
            aside.chmod(target.stat().st_mode)
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def is_json(path: Path) -> bool:
    """Whether the name ends as that of a JSON file, plain or gzip, or is that of a stream, a pipe or a device."""
    return path.name.endswith((".json", ".json.gz")) or path in (STDIN, STDOUT) or is_stream(path)


def is_stream(path: Path) -> bool:
    """Whether there is something that is neither file nor directory: a pipe, or a device such as ``/dev/null``."""
    return exists(path) and not path.is_file() and not is_directory(path)


def _why(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file or directory"
    if isinstance(error, IsADirectoryError):
        return "it is a directory, not a file"
    if isinstance(error, PermissionError):
        return "permission denied"
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
