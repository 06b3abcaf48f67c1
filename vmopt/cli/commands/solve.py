"""`vmopt solve`: place the VMs of an instance."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit, of
from vmopt.cli.output import JSON_SUFFIXES, check_output


def solve(
    file: options.InstanceFile,
    method: Annotated[str, typer.Option("--method", "-m", help="Method to use; see 'vmopt methods'.")] = "auto",
    backend: options.Backend = None,
    time_limit: options.TimeLimit = 60.0,
    gap: options.Gap = 1e-4,
    seed: options.Seed = 0,
    threads: options.Threads = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the placement here, as JSON.", show_default=False),
    ] = None,
    warm_start: Annotated[
        Path | None,
        typer.Option("--warm-start", "-w", metavar="FILE", help="Start from this solution.", show_default=False),
    ] = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Place the VMs of an instance and prove how good the placement is.

    The result goes to stdout, progress to stderr. Ctrl-C stops the search and keeps the best placement so far.
    The exit code is 0 if there is a placement, 1 if there is none, and 2 if the input is wrong.
    """
    from vmopt import io
    from vmopt.cli import console, documents
    from vmopt.cli.progress import Progress
    from vmopt.solve import solve as run
    from vmopt.summary import facts

    check_output(output, file, suffixes=JSON_SUFFIXES)
    instance = io.read(file)
    start = io.read_solution(instance, warm_start) if warm_start else None
    with Progress(quiet=quiet) as progress:
        solution = run(
            instance,
            method=method,
            backend=backend,
            time_limit=time_limit,
            gap=gap,
            seed=seed,
            threads=threads,
            warm_start=start,
            progress=progress,
        )
    code = of(solution)
    if output is not None:
        if code is Exit.SOLVED:
            io.write_solution(solution, output)
        if not quiet:
            console.note(f"{'placement' if code is Exit.SOLVED else 'no placement, nothing'} written to {output}")
    if as_json:
        documents.show_solution(solution)
    else:
        console.show(facts.of_solution(solution))
    return code
