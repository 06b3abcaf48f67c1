"""`vmopt import inventory`: tables of hosts and VMs as people keep them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.output import JSON_SUFFIXES, check_output


def inventory(
    hosts: Annotated[Path, typer.Argument(metavar="HOSTS", help="CSV, TSV, Parquet or Excel.", show_default=False)],
    vms: Annotated[Path, typer.Argument(metavar="VMS", help="The same.", show_default=False)],
    output: options.WantedOutput,
    name_column: Annotated[
        str | None, typer.Option("--name-column", help="The column of the names.", show_default=False)
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="WHAT=COLUMN", help="Such as cpu=Threads or hosts.cpu=Threads."),
    ] = None,
    label: Annotated[list[str] | None, typer.Option("--label", help="A column that is a label.")] = None,
    unit: Annotated[
        list[str] | None, typer.Option("--unit", metavar="RESOURCE=UNIT", help="Of numbers without one.")
    ] = None,
    sheet: Annotated[
        list[str] | None,
        typer.Option("--sheet", metavar="WHICH=SHEET", help="Of Excel: hosts=vHost, vms=vInfo.", show_default=False),
    ] = None,
    separator: Annotated[str | None, typer.Option("--separator", help="Between cells.", show_default="as seen")] = None,
    decimal: Annotated[str | None, typer.Option("--decimal", help="Decimal mark.", show_default="as seen")] = None,
    empty_is_zero: Annotated[bool, typer.Option("--empty-is-zero", help="Take empty amounts for 0.")] = False,
    overcommit: Annotated[
        list[str] | None, typer.Option("--overcommit", metavar="RESOURCE=TIMES", help="Such as cpu=4.")
    ] = None,
    reserve: Annotated[
        list[str] | None, typer.Option("--reserve", metavar="RESOURCE=AMOUNT", help="Kept back: memory=10%, cpu=2.")
    ] = None,
    weighting: options.Weighting = None,
    quiet: options.Quiet = False,
) -> int:
    """Tables of hosts and VMs as people keep them: any headers, units and separators; what is more is labels."""
    from vmopt.cli import console, rows
    from vmopt.cli.commands.convert import save
    from vmopt.inventory import ReadingOptions, understood
    from vmopt.model.objective import Objective

    check_output(output, hosts, vms, suffixes=JSON_SUFFIXES)
    known = options.checked_weighting(weighting)
    asked = ReadingOptions(
        columns=rows.pairs(column, "--column"),
        labels=label or (),
        units=rows.pairs(unit, "--unit"),
        sheets=rows.pairs(sheet, "--sheet"),
        separator={"tab": "\t", "\\t": "\t"}.get(separator or "", separator),
        decimal=decimal,
        empty=0 if empty_is_zero else None,
        overcommit=rows.pairs(overcommit, "--overcommit"),
        reserve=rows.pairs(reserve, "--reserve"),
        objective=None if known is None else Objective(known),
    )
    found = understood(hosts, vms, name_column=name_column, options=asked)
    for line in () if quiet else found.told:
        console.note(line)
    save(found.instance, output, quiet=quiet)
    return Exit.SOLVED
