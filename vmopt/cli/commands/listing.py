"""`vmopt methods` and `vmopt backends`: what there is to choose from."""

from __future__ import annotations

from vmopt.cli.codes import Exit


def methods() -> int:
    """List the methods that 'vmopt solve --method' takes."""
    from vmopt.cli import console
    from vmopt.methods import methods as known
    from vmopt.summary.layout import Table

    rows = [(info.name, "yes" if info.uses_backend else "no", info.summary) for info in known()]
    console.show((), ("", Table(("method", "backend", "summary"), rows, n_left=3)))
    return Exit.SOLVED


def backends() -> int:
    """List the backends that 'vmopt solve --backend' takes, and what is missing for the others."""
    from vmopt.backends import backends as known
    from vmopt.cli import console
    from vmopt.summary.layout import Table

    rows = []
    for info in known():
        name, available, can, version, reason = info.cells
        rows.append((name, available, version or "-", reason or can))
    console.show((), ("", Table(("backend", "available", "version", "can do"), rows, n_left=4)))
    return Exit.SOLVED
