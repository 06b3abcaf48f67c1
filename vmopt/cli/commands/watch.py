"""`vmopt watch`: solve an instance again whenever its file changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit, of
from vmopt.cli.destination import Destination
from vmopt.errors import FileError, InstanceError, OptionError

if TYPE_CHECKING:
    from vmopt.model.instance import Instance
    from vmopt.solution import Solution

Every = Annotated[float, typer.Option("--every", min=0.01, help="Seconds between two looks at the file.")]
Stamp = tuple[int, int, int]


def watch(
    file: options.InstanceFile,
    method: options.Method = "auto",
    backend: options.Backend = None,
    time_limit: options.TimeLimit = 60.0,
    gap: options.Gap = 1e-4,
    seed: options.Seed = 0,
    threads: options.Threads = None,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    output: options.PlacementOutput = None,
    warm_start: options.WarmStart = None,
    every: Every = 0.5,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Solve an instance, and again whenever its file changes, each time from the placement before.

    A file that is only half written is waited for. --output is written anew after each solve. Ctrl-C ends it, with exit
    code 0; SIGTERM with 143.
    """
    from vmopt import io
    from vmopt.cli.progress import Progress
    from vmopt.cli.terminating import termination
    from vmopt.io.files import STDIN
    from vmopt.solving import solve
    from vmopt.status import Limit

    if file == STDIN:
        raise OptionError("stdin does not change: give 'vmopt watch' a file.")
    destination = Destination.of(output, file)
    known: Solution | None = None
    with suppress(KeyboardInterrupt):
        for instance in _versions(file, weighting, rule, every, quiet=quiet):
            start = known or (io.read_start(instance, warm_start) if warm_start else None)
            with Progress(quiet=quiet) as progress:
                solution = solve(
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
            known = solution if of(solution) is Exit.SOLVED else known
            _tell(solution, destination, as_json=as_json, quiet=quiet)
            if solution.limit is Limit.INTERRUPTED or termination.came:
                break
    return Exit.SOLVED


def _versions(
    file: Path, weighting: str | None, rules: list[str] | None, every: float, *, quiet: bool
) -> Iterator[Instance]:
    """Yield the instance now, and after each change of the file once it can be read."""
    from vmopt.cli import console

    def missed() -> None:
        if not quiet:
            console.note(f"waiting until it is there again: {file}")

    stamp = _stamp(file)  # before it is read: what changes from here on is seen
    instance = options.instance_of(file, weighting, rules)
    while True:
        yield instance
        while True:
            stamp = _after_change(file, stamp, every, missed)
            try:
                instance = options.instance_of(file, weighting, rules)
                break
            except (FileError, InstanceError) as error:
                if not quiet:
                    console.note(f"waiting until it can be read: {error}")


def _after_change(file: Path, stamp: Stamp | None, every: float, missed: Callable[[], None]) -> Stamp:
    """Wait until a file is there, is another, and stays the same from one look to the next; say once that it is gone.

    It is gone for a moment where it is replaced, so that is said at the second look.
    """
    before, told = stamp, False
    while True:
        time.sleep(every)
        now = _stamp(file)
        if now is not None and now != stamp and now == before:
            return now
        if now is before is None and not told:
            told = True
            missed()
        before = now


def _stamp(file: Path) -> Stamp | None:
    """What changes when a file does: when it was written, its size, and which file has the name."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _tell(solution: Solution, destination: Destination | None, *, as_json: bool, quiet: bool) -> None:
    from vmopt.cli.commands.solve import save, show
    from vmopt.cli.output import write_each

    write_each(
        lambda: show(solution, None, destination, as_json=as_json, quiet=quiet),
        lambda: save(solution, destination, quiet=quiet),
    )
