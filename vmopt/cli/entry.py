"""The entry point: runs a command, and turns whatever goes wrong into one line and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from typer import rich_utils

from vmopt.cli.app import app
from vmopt.cli.codes import Exit
from vmopt.cli.hints import as_typed
from vmopt.cli.output import OutputError
from vmopt.cli.terminating import termination
from vmopt.errors import VmoptError

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]  # typer brings its click along, under a name of its own

COMPLETION = "_VMOPT_COMPLETE"
"""Set by a shell that asks what could be typed next."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the `vmopt` command.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows ``vmopt``; default: the arguments of the process.

    Returns
    -------
    int
        An `Exit` code.
    """
    _prepare_streams()
    if os.environ.get("NO_COLOR"):  # no bold and dim either, as in what commands print
        rich_utils.COLOR_SYSTEM = None
    termination.came = False
    with termination.watched():
        code = _run(arguments)
    return Exit.TERMINATED if termination.came else code


def _run(arguments: Sequence[str] | None) -> int:
    with warnings.catch_warnings():
        warnings.showwarning = _warn
        try:
            code = typer.main.get_command(app).main(arguments, prog_name="vmopt", standalone_mode=False)
            sys.stdout.flush()
        except (SystemExit, BrokenPipeError) as left:  # typer and rich leave this way when a pipe is closed
            if isinstance(left, SystemExit) and (COMPLETION in os.environ or not left.code):  # completion does so too
                return int(left.code or 0)
            _silence(sys.stdout)
            return Exit.CLOSED_PIPE
        except (KeyboardInterrupt, typer.Abort):
            return Exit.INTERRUPTED
        except OutputError as error:
            return _fail_to_write(error)
        except Exception as error:
            return _fail(error)
    return int(code or Exit.SOLVED)


def _fail_to_write(failed: OutputError) -> Exit:
    """Say what could not be written; a closed pipe alone is no failure."""
    _silence(sys.stdout)  # it may be what cannot be written, and the flush at exit would complain again
    errors = [error for error in failed.errors if not isinstance(error, BrokenPipeError)]
    for error in errors:
        if isinstance(error, VmoptError | OSError | MemoryError):
            _say(_told(error) or "there is not enough memory to write it.")
        else:
            _fail(error)
    return Exit.CANNOT_WRITE if errors else Exit.CLOSED_PIPE


def _fail(error: BaseException) -> Exit:
    """Say what is wrong in one line on stderr."""
    if isinstance(error, USAGE_ERROR):
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "vmopt"
        message = error.format_message()  # type: ignore[attr-defined]
        return _say(f"{message}{'' if message[-1:] in '.?' else '.'} Try '{path} --help'.")
    if isinstance(error, VmoptError):
        return _say(as_typed(str(error)))
    if isinstance(error, OSError):
        _silence(sys.stdout)  # it may be stdout that cannot be written, and the flush at exit would complain again
        _say(_told(error))
        return Exit.CANNOT_WRITE
    if isinstance(error, MemoryError):
        return _say("there is not enough memory for this: free some, or give a smaller instance.")
    traceback.print_exception(error)
    _say(f"this is a bug in vmopt ({type(error).__name__}): please report it with the lines above.")
    return Exit.BUG


def _told(error: Exception) -> str:
    """What went wrong; where the system names no file, what could not be written is what is printed."""
    if isinstance(error, OSError) and error.filename is None and error.strerror:
        return f"cannot write to stdout: {error.strerror}."
    return str(error)


def _say(message: str) -> Exit:
    print(f"vmopt: error: {_one_line(message)}", file=sys.stderr)
    return Exit.BAD_INPUT


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"vmopt: warning: {_one_line(str(message))}", file=sys.stderr)


def _one_line(message: str) -> str:
    line = " ".join(message.split())
    if line.isprintable():
        return line
    from vmopt.summary.layout import printable

    return printable(line)


def _prepare_streams() -> None:
    """Names may hold characters that the terminal cannot write: show them as escapes, do not die of them.

    A stream that the shell has closed (``>&-``) swallows what it gets.
    """
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115 - open for as long as the process
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _silence(stream: Any) -> None:
    """Point a closed pipe to nowhere, so that the flush at exit does not complain."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):  # not a real file, as in tests
        return
