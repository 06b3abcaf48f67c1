"""`vmopt methods` and `vmopt backends`: what there is to choose from."""

from __future__ import annotations

from vmopt.cli.codes import Exit


def methods() -> int:
    """List the methods that 'vmopt solve --method' takes."""
    from vmopt.cli import console
    from vmopt.methods import registry
    from vmopt.summary.layout import Table

    rows = [(info.name, "yes" if info.uses_backend else "no", info.summary) for info in registry.methods()]
    console.show((), ("", Table(("method", "backend", "summary"), rows, n_left=3)))
    return Exit.SOLVED


def backends() -> int:
    """List the backends that 'vmopt solve --backend' takes, and what is missing for the others."""
    from vmopt.backends import registry
    from vmopt.cli import console
    from vmopt.summary.layout import Table

    rows = []
    for info in registry.backends():
        told = _capabilities(info.capabilities) if info.available else f"{info.reason} {info.hint}".strip()
        rows.append((info.name, "yes" if info.available else "no", info.version or "-", told))
    console.show((), ("", Table(("backend", "available", "version", "can do"), rows, n_left=4)))
    return Exit.SOLVED


def _capabilities(flags: object) -> str:
    names = str(getattr(flags, "name", flags) or "").lower()
    return ", ".join(names.split("|"))
