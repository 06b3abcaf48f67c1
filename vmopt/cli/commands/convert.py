"""`vmopt show` and `vmopt export`: what an instance holds, and its linear program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.output import check_output

if TYPE_CHECKING:
    from vmopt.model.instance import Instance

MODEL_SUFFIXES = (".lp", ".mps", ".lp.gz", ".mps.gz")


def show(file: options.InstanceFile) -> int:
    """Show what an instance holds: VMs, hosts, resources, and how scarce these are."""
    from vmopt import io
    from vmopt.cli import console
    from vmopt.summary import facts

    instance = io.read(file)
    console.show(facts.of_instance(instance), ("", facts.resources_of(instance)))
    return Exit.SOLVED


def export(file: options.InstanceFile, output: options.WantedOutput, quiet: options.Quiet = False) -> int:
    """Write the assignment formulation of an instance for another solver, as .lp or .mps."""
    from vmopt import io
    from vmopt.cli import console
    from vmopt.formulation import writers
    from vmopt.formulation.assignment import assignment

    check_output(output, file, suffixes=MODEL_SUFFIXES)
    writers.write(assignment(io.read(file)).program, output)
    if not quiet:
        console.note(f"linear program written to {output}")
    return Exit.SOLVED


def save(instance: Instance, output: Path, *, quiet: bool = False) -> None:
    """Write an instance, whole or not at all, and say so on stderr."""
    from vmopt import io
    from vmopt.cli import console

    io.write(instance, output)
    if not quiet:
        console.note(f"{instance!r} written to {output}")
