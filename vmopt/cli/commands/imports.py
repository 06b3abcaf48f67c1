"""`vmopt import`: instances from the formats of others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.commands.inventory import inventory
from vmopt.cli.commands.platforms import kubernetes, openstack, proxmox
from vmopt.cli.common import with_common_options
from vmopt.cli.output import JSON_SUFFIXES, check_output
from vmopt.cli.plain_flags import Command, Group
from vmopt.errors import OptionError

app = typer.Typer(
    cls=Group,
    help="Make an instance from files in another format.",
    epilog="Example: [bold]vmopt import csv hosts.csv vms.csv -o cluster.json[/bold]",
)

Rules = Annotated[bool, typer.Option("--rules/--no-rules", help="Keep what the data demand beyond capacity.")]


def _file(metavar: str, told: str) -> Any:
    return typer.Argument(metavar=metavar, help=told, show_default=False)


def _example(arguments: str) -> str:
    return f"Example: [bold]vmopt import {arguments} -o cluster.json[/bold]"


def _command(name: str, epilog: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Add a command to the group."""
    return lambda command: app.command(name, cls=Command, epilog=epilog)(with_common_options(command))


def _convert(read: str, *inputs: Path, output: Path, quiet: bool, **arguments: Any) -> int:
    """Call a reader of `vmopt.io` by name, and write what it returns."""
    from vmopt import io
    from vmopt.cli.commands.convert import save

    check_output(output, *inputs, suffixes=JSON_SUFFIXES)
    save(getattr(io, read)(*inputs, **arguments), output, quiet=quiet)
    return Exit.SOLVED


@_command("csv", _example("csv hosts.csv vms.csv"))
def csv(
    hosts: Annotated[Path, _file("HOSTS", "A column per resource; name and label:KEY if you like.")],
    vms: Annotated[Path, _file("VMS", "The same, and priority, value and kind if you like.")],
    output: options.WantedOutput,
    rules: Annotated[
        Path | None,
        typer.Option("--rules", metavar="RULES", help="A third table: rule, a column of text.", show_default=False),
    ] = None,
    weighting: options.Weighting = None,
    quiet: options.Quiet = False,
) -> int:
    """Two tables, one line per host and one line per VM; and a third of rules, if you like."""
    from vmopt.model.objective import Objective

    known = options.checked_weighting(weighting)
    goal = None if known is None else Objective(known)
    check_output(output, rules)
    return _convert("read_csv", hosts, vms, output=output, quiet=quiet, objective=goal, rules=rules)


@_command("alibaba-gpu", _example("alibaba-gpu nodes.csv pods.csv"))
def alibaba_gpu(
    nodes: Annotated[Path, _file("NODES", "List of nodes.")],
    pods: Annotated[Path, _file("PODS", "List of pods.")],
    output: options.WantedOutput,
    gpus: Annotated[
        str, typer.Option("--gpus", metavar="sum|parts", help="GPUs of a node are one amount, or parts of it.")
    ] = "sum",
    quiet: options.Quiet = False,
) -> int:
    """Alibaba's GPU cluster trace of 2023: nodes are hosts, pods are containers.

    With --gpus parts each GPU is a part of its node, and pods run on the models that they accept.
    """
    return _convert("read_alibaba_gpu", nodes, pods, output=output, quiet=quiet, gpus=gpus)


@_command("alibaba-requests", _example("alibaba-requests nodes.csv pods.csv --hosts 600"))
def alibaba_requests(
    nodes: Annotated[Path, _file("NODES", "List of nodes.")],
    pods: Annotated[Path, _file("PODS", "List of pods, with creation_time and deletion_time.")],
    output: options.WantedOutput,
    hosts: Annotated[int | None, typer.Option("--hosts", help="Take the first nodes only.", show_default="all")] = None,
    quiet: options.Quiet = False,
) -> int:
    """The same trace as it happened: pods come and leave. For 'vmopt simulate'."""
    from vmopt import io
    from vmopt.cli import console
    from vmopt.plurals import count

    check_output(output, nodes, pods, suffixes=JSON_SUFFIXES)
    cluster, requests = io.read_alibaba_requests(nodes, pods, hosts=hosts)
    io.write_requests(cluster, requests, output)
    console.written(f"{requests!r} on {count(cluster.n_hosts, 'host')}", output, quiet=quiet)
    return Exit.SOLVED


@_command("huawei", _example("huawei PM_res.csv VM_data_C1.csv"))
def huawei(
    servers: Annotated[Path, _file("SERVERS", "List of servers.")],
    requests: Annotated[Path, _file("REQUESTS", "List of VM requests.")],
    output: options.WantedOutput,
    topology: Annotated[
        Path | None,
        typer.Option("--topology", metavar="TOPOLOGY", help="Racks: rules hold over them.", show_default=False),
    ] = None,
    rules: Rules = True,
    quiet: options.Quiet = False,
) -> int:
    """Servers and VM requests of Huawei Cloud: both NUMA nodes of a server are one host, strategies are rules."""
    check_output(output, topology)
    return _convert("read_huawei", servers, requests, output=output, quiet=quiet, topology=topology, rules=rules)


@_command("cloud-balancing", _example("cloud-balancing 100computers-300processes.json"))
def cloud_balancing(
    file: Annotated[Path, _file("FILE", "One problem.")], output: options.WantedOutput, quiet: options.Quiet = False
) -> int:
    """OptaPlanner's cloud balancing: computers are hosts, processes are VMs."""
    return _convert("read_cloud_balancing", file, output=output, quiet=quiet)


@_command("btrplace", _example("btrplace problem.json.gz"))
def btrplace(
    file: Annotated[Path, _file("FILE", "One problem.")], output: options.WantedOutput, quiet: options.Quiet = False
) -> int:
    """A data centre of BtrPlace as it runs now, and what is demanded of it: as few VMs as can be are to move."""
    return _convert("read_btrplace", file, output=output, quiet=quiet)


@_command("kmkp", _example("kmkp knapsack50nr9.txt"))
def kmkp(
    file: Annotated[Path, _file("FILE", "One problem.")], output: options.WantedOutput, quiet: options.Quiet = False
) -> int:
    """A knapsack problem with several knapsacks and constraints: knapsacks are hosts, items are VMs."""
    return _convert("read_kmkp", file, output=output, quiet=quiet)


@_command("roadef", _example("roadef model_a1_1.txt"))
def roadef(
    file: Annotated[Path, _file("FILE", "A model file.")],
    output: options.WantedOutput,
    assignment: Annotated[
        Path | None,
        typer.Option("--assignment", metavar="ASSIGNMENT", help="Where processes run: with costs.", show_default=False),
    ] = None,
    rules: Rules = True,
    quiet: options.Quiet = False,
) -> int:
    """The ROADEF/EURO challenge of 2012: machines are hosts, processes are VMs, services are under rules."""
    check_output(output, assignment)
    return _convert("read_roadef", file, output=output, quiet=quiet, assignment_path=assignment, rules=rules)


@_command("vbp", _example("vbp items.vbp --hosts 12"))
def vbp(
    file: Annotated[Path, _file("FILE", "One problem.")],
    output: options.WantedOutput,
    hosts: Annotated[int, typer.Option("--hosts", help="Number of hosts (bins).", show_default=False)],
    quiet: options.Quiet = False,
) -> int:
    """Vector bin packing: bins are hosts, copies of items are VMs."""
    return _convert("read_vbp", file, output=output, quiet=quiet, hosts=hosts)


@_command("or-library", _example("or-library mknap1.txt --problem 3"))
def or_library(
    file: Annotated[Path, _file("FILE", "A collection of problems, such as mknap1.")],
    output: options.WantedOutput,
    problem: Annotated[int, typer.Option("--problem", help="Which one, from 1.")] = 1,
    quiet: options.Quiet = False,
) -> int:
    """Multidimensional knapsack problems of the OR-Library: the knapsack is a host, items are VMs."""
    from vmopt import io
    from vmopt.cli import console
    from vmopt.cli.commands.convert import save

    check_output(output, file, suffixes=JSON_SUFFIXES)
    problems = io.read_mknap(file)
    if not 1 <= problem <= len(problems):
        raise OptionError(f"--problem is {problem}: {file} holds problems 1 to {len(problems)}.")
    instance, optimum = problems[problem - 1]
    save(instance, output, quiet=quiet)
    if optimum is not None and not quiet:
        console.note(f"its published optimum is {optimum:g}")
    return Exit.SOLVED


TABLES = "inventory hosts.xlsx vms.csv --overcommit cpu=4 --reserve memory=10%"
_command("inventory", _example(TABLES))(inventory)
_command("kubernetes", _example("kubernetes dump.json"))(kubernetes)
_command("openstack", _example("openstack dump/"))(openstack)
_command("proxmox", _example("proxmox resources.json rules.cfg"))(proxmox)
