"""`vmopt generate`: a random instance in a file."""

from __future__ import annotations

from typing import Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.output import JSON_SUFFIXES, check_output
from vmopt.errors import OptionError


def generate(
    kind: Annotated[
        str,
        typer.Argument(metavar="KIND", help="How VMs are drawn: flavor, distinct or large.", show_default=False),
    ],
    output: options.WantedOutput,
    hosts: Annotated[int, typer.Option("--hosts", help="Number of hosts.")] = 50,
    load: Annotated[
        float | None,
        typer.Option("--load", help="Demand over capacity, 1.3 unless given.", show_default=False),
    ] = None,
    seed: options.Seed = 0,
    vms: Annotated[
        int | None, typer.Option("--vms", help="Number of VMs, in place of --load.", show_default=False)
    ] = None,
    reservation: Annotated[
        float,
        typer.Option("--reservation", help="Part of its demand that every VM must get; below 1, VMs are elastic."),
    ] = 1.0,
    quiet: options.Quiet = False,
) -> int:
    """Make a random instance; the same seed gives the same instance.

    flavor: VMs in 20 sizes, like a cloud's. distinct: every VM different. large: about four VMs to a host.
    """
    from vmopt.cli.commands.convert import save
    from vmopt.generate import generate as draw

    check_output(output, suffixes=JSON_SUFFIXES)
    if load is not None and vms is not None:
        raise OptionError("--load and --vms both say how many VMs to draw: give one of them.")
    drawn = {"load": load} if load is not None else {"vms": vms}
    save(draw(kind, hosts=hosts, seed=seed, reservation=reservation, **drawn), output, quiet=quiet)
    return Exit.SOLVED
