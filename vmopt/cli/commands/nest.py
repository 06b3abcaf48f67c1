"""`vmopt nest`: open VMs on hosts so that containers run inside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.output import JSON_SUFFIXES, check_output, write_each

if TYPE_CHECKING:
    from vmopt.nesting import NestSolution

NestFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="Containers (containers), flavours of VMs (flavors) and hosts, in JSON.",
        show_default=False,
    ),
]
Answer = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write the answer here, as JSON.", show_default=False),
]


def nest(
    file: NestFile,
    backend: options.Backend = None,
    time_limit: options.TimeLimit = 60.0,
    seed: options.Seed = 0,
    threads: options.Threads = None,
    output: Answer = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Open VMs on hosts so that containers of the greatest worth run inside, then in the cheapest VMs.

    Ctrl-C stops the search and keeps the best so far. The exit code is 0 if there is an answer, 1 if there is none, 2
    if the input is wrong.
    """
    from vmopt.nesting.read import read_nested
    from vmopt.nesting.solve import nest_of

    check_output(output, file, suffixes=JSON_SUFFIXES)
    nested = read_nested(file)
    found = nest_of(nested, backend=backend or "cp-sat", time_limit=time_limit, seed=seed, threads=threads)
    write_each(lambda: _show(found, as_json=as_json), lambda: _save(found, output, quiet=quiet))
    return Exit.SOLVED if found.levels else Exit.NO_PLACEMENT


def _show(found: NestSolution, *, as_json: bool) -> None:
    from vmopt.cli import documents

    if as_json:
        documents.show(found.document())
    else:
        print(found.summary())


def _save(found: NestSolution, output: Path | None, *, quiet: bool) -> None:
    from vmopt.cli import console
    from vmopt.io import json_file

    if output is None:
        return
    if found.levels:
        json_file.save(output, found.document(), by_line=("levels", "vms"))
    console.saved("answer" if found.levels else "no answer, nothing", output, quiet=quiet)
