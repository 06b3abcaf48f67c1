"""Outputs: checked before the work, and written after it whatever becomes of the others."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from vmopt.cli.terminating import termination
from vmopt.errors import FileError

JSON_SUFFIXES = (".json", ".json.gz")


def check_output(path: Path | None, *inputs: Path | None, suffixes: tuple[str, ...] = (), stream: bool = True) -> None:
    """Refuse an output path that cannot be written, before minutes of solving are spent on it.

    Parameters
    ----------
    path : Path or None
        Where the output is to go; None is fine.
    *inputs : Path or None
        Files that are read; the output must not be one of them.
    suffixes : tuple of str
        Endings to choose from; any, if none are given.
    stream : bool
        Whether it may go to stdout.

    Raises
    ------
    FileError
        If it is a directory, lies in none, may not be written, would replace an input or has the wrong ending.
    """
    from vmopt.io.files import STDOUT, is_stream

    if path is None or (stream and path == STDOUT):
        return
    folder = path.resolve().parent
    if path.is_dir():
        raise FileError(f"cannot write {path}: it is a directory; name a file in it.")
    if not folder.is_dir():
        raise FileError(f"cannot write {path}: there is no directory {folder}; make it first.")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise FileError(f"cannot write {path}: permission denied; choose another place.")
    if any(given is not None and given.exists() and path.exists() and path.samefile(given) for given in inputs):
        raise FileError(f"cannot write {path}: it is an input of this command; choose another name.")
    takes_stream = stream and JSON_SUFFIXES[0] in suffixes and is_stream(path)
    if suffixes and not path.name.endswith(suffixes) and not takes_stream:
        raise FileError(f"cannot write {path}: its name must end in {' or '.join(suffixes)}.")


class OutputError(Exception):
    """Some outputs could not be written."""

    def __init__(self, errors: list[BaseException]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = errors


def write_each(result: Callable[[], None], *files: Callable[[], None]) -> None:
    """Print the result, then write the files: what fails keeps nothing from the rest.

    Raises
    ------
    OutputError
        If something failed, in the end.
    """
    errors: list[BaseException] = []
    for number, write in enumerate((lambda: _printed(result), *files)):
        try:
            with termination.held() if number else nullcontext():  # a reader of stdout may keep us waiting for ever
                write()
        except (Exception, SystemExit) as error:  # rich leaves with SystemExit where a pipe is closed
            errors.append(BrokenPipeError() if isinstance(error, SystemExit) else error)
    if errors:
        raise OutputError(errors)


def _printed(result: Callable[[], None]) -> None:
    result()
    sys.stdout.flush()
