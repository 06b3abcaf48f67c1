"""What every command takes: ``--quiet``, ``-v``, ``--json``, and ``-`` for a stream."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any

import typer

from vmopt.cli import options
from vmopt.cli.manner import manner
from vmopt.errors import OptionError

Verbose = Annotated[
    int,
    typer.Option("--verbose", "-v", count=True, help="Log what is done, to stderr; -vv logs more.", show_default=False),
]
COMMON: dict[str, tuple[Any, Any]] = {
    "as_json": (options.AsJson, False),
    "quiet": (options.Quiet, False),
    "verbose": (Verbose, 0),
}
STREAM = Path("-")
WRITTEN = "output"
"""The parameter that names what is written; any other path is read."""


def with_common_options(command: Callable[..., int]) -> Callable[..., int]:
    """Return a command that takes the common options as well, and its own arguments with streams for ``-``."""
    own = inspect.signature(command, eval_str=True).parameters
    further = {name: option for name, option in COMMON.items() if name not in own}
    added = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in further.items()
    ]

    @wraps(command)
    def run(**given: Any) -> int:
        manner.take(**{name: given[name] for name in COMMON})
        return command(**_with_streams({name: value for name, value in given.items() if name in own}))

    run.__signature__ = inspect.Signature([*own.values(), *added], return_annotation=int)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own.values(), *added)}
    return run


def _with_streams(given: dict[str, Any]) -> dict[str, Any]:
    """Put the names of stdin and stdout where ``-`` stands for them."""
    if manner.as_json and given.get(WRITTEN) == STREAM:
        raise OptionError("--output - and --json both print to stdout: give one of them.")
    read = [name for name, value in given.items() if value == STREAM and name != WRITTEN]
    if len(read) > 1:
        raise OptionError("- stands for stdin, which can be read once: give a file for the other input.")
    if not read and given.get(WRITTEN) != STREAM:
        return given
    from vmopt.io.files import STDIN, STDOUT

    streams = dict.fromkeys(read, STDIN) | ({WRITTEN: STDOUT} if given.get(WRITTEN) == STREAM else {})
    return given | streams
