"""`vmopt generate`: a random instance in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

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
    weighting: options.Weighting = None,
    vms: Annotated[
        int | None, typer.Option("--vms", help="Number of VMs, in place of --load.", show_default=False)
    ] = None,
    reservation: Annotated[
        float,
        typer.Option("--reservation", help="Part of its demand that every VM must get; below 1, VMs are elastic."),
    ] = 1.0,
    resources: Annotated[int, typer.Option("--resources", help="How many: 3 are cpu, memory and disk.")] = 3,
    rules: Annotated[
        str | None,
        typer.Option(
            "--rules",
            help="VMs in replica groups, with some of these rules: spread,zones,fences,gangs.",
            show_default=False,
        ),
    ] = None,
    current: Annotated[
        str | None,
        typer.Option("--current", help="What runs now: first-fit, or aged by comings and goings.", show_default=False),
    ] = None,
    arrivals: Annotated[
        str | None,
        typer.Option("--arrivals", help="Make requests over time: poisson or bursty.", show_default=False),
    ] = None,
    hours: Annotated[
        float | None, typer.Option("--hours", help="With --arrivals: for so long VMs come.", show_default="24")
    ] = None,
    mean_duration: Annotated[
        float | None,
        typer.Option("--mean-duration", help="With --arrivals: seconds that VMs run on average.", show_default="3600"),
    ] = None,
    quiet: options.Quiet = False,
) -> int:
    """Make a random instance, or requests over time; the same seed gives the same.

    flavor: VMs in 20 sizes, like a cloud's. distinct: every VM different. large: about four VMs to a host.
    """
    from vmopt.cli.commands.convert import save
    from vmopt.generate import generate as draw
    from vmopt.model.objective import Objective

    check_output(output, suffixes=JSON_SUFFIXES)
    if load is not None and vms is not None:
        raise OptionError("--load and --vms both say how many VMs to draw: give one of them.")
    if arrivals is not None:
        if rules is not None:
            raise OptionError("--rules does not go with --arrivals: VMs that come one by one have none.")
        if current is not None:
            raise OptionError("--current does not go with --arrivals: requests come to an empty cluster.")
        if weighting is not None:
            raise OptionError("--weighting does not go with --arrivals: policies say what priorities mean.")
        if reservation != 1.0:
            raise OptionError("--reservation does not go with --arrivals: all that comes gets what it asks for.")
        lasting = {"span": None if hours is None else hours * 3600.0, "mean_duration": mean_duration}
        return _requests(kind, output, hosts, load, seed, vms, resources, arrivals, lasting, quiet)
    if hours is not None:
        raise OptionError("--hours says for how long VMs come: it goes with --arrivals.")
    if mean_duration is not None:
        raise OptionError("--mean-duration says for how long VMs run: it goes with --arrivals.")
    drawn: dict[str, Any] = {"load": load} if load is not None else {"vms": vms}
    drawn |= {"resources": resources, "rules": rules, "current": current}
    instance = draw(kind, hosts=hosts, seed=seed, reservation=reservation, **drawn)
    known = options.checked_weighting(weighting)
    save(instance if known is None else instance.replace(objective=Objective(known)), output, quiet=quiet)
    return Exit.SOLVED


def _requests(
    kind: str,
    output: Path,
    hosts: int,
    load: float | None,
    seed: int,
    vms: int | None,
    resources: int,
    arrivals: str,
    lasting: dict[str, float | None],
    quiet: bool,
) -> int:
    """Write random requests, for `vmopt simulate`."""
    from vmopt import io
    from vmopt.arrivals import generate_requests
    from vmopt.cli import console
    from vmopt.plurals import count

    if vms is not None:
        raise OptionError("--vms does not go with --arrivals: --load and --hours say how many VMs come.")
    cluster, requests = generate_requests(
        kind,
        hosts=hosts,
        arrivals=arrivals,
        load=1.3 if load is None else load,
        seed=seed,
        resources=resources,
        **{name: seconds for name, seconds in lasting.items() if seconds is not None},
    )
    io.write_requests(cluster, requests, output)
    console.written(f"{requests!r} on {count(cluster.n_hosts, 'host')}", output, quiet=quiet)
    return Exit.SOLVED
