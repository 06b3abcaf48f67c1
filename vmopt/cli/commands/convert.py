"""`vmopt show`, `export` and `import-solution`: what an instance holds, its linear program, and the answer to that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.output import JSON_SUFFIXES, check_output

if TYPE_CHECKING:
    from vmopt.model.instance import Instance

MODEL_SUFFIXES = (".lp", ".mps", ".lp.gz", ".mps.gz")


def show(file: options.InstanceFile, as_json: options.AsJson = False) -> int:
    """Show what an instance holds: VMs, hosts, resources, and how scarce these are."""
    from vmopt import io
    from vmopt.cli import console, documents
    from vmopt.summary import instances

    instance = io.read(file)
    if as_json:
        table = instances.resources_of(instance)
        documents.show(
            {
                "vms": instance.n_vms,
                "hosts": instance.n_hosts,
                "facts": {fact.label: fact.value for fact in instances.facts(instance)},
                "resources": [dict(zip(table.header, row, strict=True)) for row in table.rows],
            }
        )
        return Exit.SOLVED
    console.show(instances.facts(instance), ("", instances.resources_of(instance)))
    return Exit.SOLVED


def export(
    file: options.InstanceFile,
    output: options.WantedOutput,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    quiet: options.Quiet = False,
) -> int:
    """Write the assignment formulation of an instance for another solver, as .lp or .mps.

    The objective is in the unit of vmopt's own, and names of columns tell VM and host. 'vmopt import-solution' reads
    the solution that the other solver finds.
    """
    from vmopt.cli import console
    from vmopt.formulation.export import ExportedModel

    check_output(output, file, suffixes=MODEL_SUFFIXES)
    ExportedModel.of(options.instance_of(file, weighting, rule)).write(output)
    console.written("linear program", output, quiet=quiet)
    return Exit.SOLVED


def import_solution(
    file: options.InstanceFile,
    solution: Annotated[
        Path,
        typer.Argument(
            metavar="SOLUTION",
            help="What the other solver wrote: HiGHS, SCIP, CBC, Gurobi, CPLEX or GLPK.",
            show_default=False,
        ),
    ],
    output: options.Output = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Read the solution of an exported model back as a placement, verify it, and prove how good it is.

    VMs that do not fit in exact arithmetic are left out, and counted.
    """
    from vmopt import io
    from vmopt.cli import console, documents
    from vmopt.formulation.export import ExportedModel
    from vmopt.io.files import STDOUT
    from vmopt.methods.imported import judged
    from vmopt.methods.repair import repair
    from vmopt.problem import compile
    from vmopt.summary import solutions

    check_output(output, file, solution, suffixes=JSON_SUFFIXES)
    instance = io.read(file)
    given = ExportedModel.of(instance).read(solution)
    host_index = repair(compile(instance), given)
    left_out = int((given >= 0).sum() - (host_index >= 0).sum())
    if left_out and not quiet:
        console.note(f"{left_out:,} of the VMs that it places do not fit in exact arithmetic: left out")
    found = judged(instance, host_index)
    if as_json:
        documents.show_solution(found)
    elif output != STDOUT:
        console.show(solutions.facts(found))
    if output is not None:
        io.write_solution(found, output)
        console.saved("placement", output, quiet=quiet)
    return Exit.SOLVED


def save(instance: Instance, output: Path, *, quiet: bool = False, told: bool = True) -> None:
    """Write an instance, whole or not at all, and say so if it is to be told."""
    from vmopt import io
    from vmopt.cli import console

    io.write(instance, output)
    if told:
        console.written(repr(instance), output, quiet=quiet)
