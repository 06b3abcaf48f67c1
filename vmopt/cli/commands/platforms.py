"""`vmopt import` from platforms: an instance, and a table of what became of their features."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.output import JSON_SUFFIXES, check_output

if TYPE_CHECKING:
    from vmopt.platforms import Imported

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILES...", help="Files and folders, in any number and order.", show_default=False),
]

Overcommit = Annotated[
    list[str] | None,
    typer.Option("--overcommit", metavar="KIND=FACTOR", help="Multiply capacities, such as cpu=4.", show_default=False),
]


def kubernetes(
    files: Files,
    output: options.WantedOutput,
    preempt: Annotated[
        bool, typer.Option("--preempt", help="Pods that run may stop for waiting ones of a higher priority.")
    ] = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Kubernetes: what 'kubectl get nodes,pods,pdb,pvc,pv,... -A -o json' (or yaml) prints, or a cluster-info dump."""
    from vmopt.platforms import read_kubernetes

    check_output(output, *files, suffixes=JSON_SUFFIXES)
    return report(read_kubernetes(files, preempt=preempt), output, as_json=as_json, quiet=quiet)


def openstack(
    files: Files,
    output: options.WantedOutput,
    overcommit: Overcommit = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """OpenStack: what Nova and Placement return, or 'openstack ... -f json' prints."""
    from vmopt.cli import rows
    from vmopt.platforms import read_openstack

    check_output(output, *files, suffixes=JSON_SUFFIXES)
    return report(
        read_openstack(files, overcommit=rows.pairs(overcommit, "--overcommit")), output, as_json=as_json, quiet=quiet
    )


def proxmox(
    files: Files,
    output: options.WantedOutput,
    overcommit: Overcommit = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Proxmox VE: what 'pvesh get ... --output-format json' prints, and files of /etc/pve."""
    from vmopt.cli import rows
    from vmopt.platforms import read_proxmox

    check_output(output, *files, suffixes=JSON_SUFFIXES)
    return report(
        read_proxmox(files, overcommit=rows.pairs(overcommit, "--overcommit")), output, as_json=as_json, quiet=quiet
    )


def report(found: Imported, output: Path, *, as_json: bool, quiet: bool) -> int:
    """Write the instance; tell what became of each feature on stderr, or as JSON on stdout."""
    from vmopt.cli import console, documents
    from vmopt.cli.commands.convert import save
    from vmopt.summary.layout import table_text

    save(found.instance, output, quiet=quiet, told=not as_json)
    if as_json:
        documents.show(found.to_dict())
    elif not quiet and found.features:
        console.note(table_text(found.table()))
    return Exit.SOLVED
