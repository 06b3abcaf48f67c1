"""The entry point: runs a command, and turns whatever goes wrong into one line and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Any

import typer

from vmopt.cli.app import app
from vmopt.cli.codes import Exit
from vmopt.errors import VmoptError

USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]  # typer brings its click along, under a name of its own


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
    with warnings.catch_warnings():
        warnings.showwarning = _warn
        try:
            code = typer.main.get_command(app).main(arguments, prog_name="vmopt", standalone_mode=False)
            sys.stdout.flush()
        except (SystemExit, BrokenPipeError):  # typer and rich leave this way when a pipe is closed
            _silence(sys.stdout)
            return Exit.CLOSED_PIPE
        except (KeyboardInterrupt, typer.Abort):
            return Exit.INTERRUPTED
        except Exception as error:
            return _fail(error)
    return int(code or Exit.SOLVED)


def _fail(error: Exception) -> Exit:
    """Say what is wrong in one line on stderr."""
    if isinstance(error, USAGE_ERROR):
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "vmopt"
        message = error.format_message()  # type: ignore[attr-defined]
        return _say(f"{message}{'' if message[-1:] in '.?' else '.'} Try '{path} --help'.")
    if isinstance(error, VmoptError | OSError):
        return _say(str(error))
    if isinstance(error, MemoryError):
        return _say("there is not enough memory for this: free some, or give a smaller instance.")
    traceback.print_exception(error)
    _say(f"this is a bug in vmopt ({type(error).__name__}): please report it with the lines above.")
    return Exit.BUG


def _say(message: str) -> Exit:
    print(f"vmopt: error: {' '.join(message.split())}", file=sys.stderr)
    return Exit.BAD_INPUT


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"vmopt: warning: {' '.join(str(message).split())}", file=sys.stderr)


def _prepare_streams() -> None:
    """Names may hold characters that the terminal cannot write: show them as escapes, do not die of them."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _silence(stream: Any) -> None:
    """Point a closed pipe to nowhere, so that the flush at exit does not complain."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):  # not a real file, as in tests
        return
