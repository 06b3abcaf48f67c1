"""`vmopt methods`, `vmopt backends`, `vmopt rules` and `vmopt goals`: what there is to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit

if TYPE_CHECKING:
    from vmopt.rules import RuleInfo
    from vmopt.summary.layout import Table


def methods(as_json: options.AsJson = False) -> int:
    """List the methods that 'vmopt solve --method' takes."""
    from vmopt.methods import methods as known
    from vmopt.summary.layout import Table

    rows = [(info.name, "yes" if info.uses_backend else "no", info.summary) for info in known()]
    _list(Table(("method", "backend", "summary"), rows, n_left=3), as_json=as_json)
    return Exit.SOLVED


def backends(as_json: options.AsJson = False) -> int:
    """List the backends that 'vmopt solve --backend' takes, and what is missing for the others."""
    from vmopt.backends import backends as known
    from vmopt.summary.layout import Table

    rows = []
    for info in known():
        name, available, can, version, reason = info.cells
        rows.append((name, available, version or "-", reason or can))
    _list(Table(("backend", "available", "version", "can do"), rows, n_left=4), as_json=as_json)
    return Exit.SOLVED


def rules(
    name: Annotated[str | None, typer.Argument(help="One of them, to read all about it.", show_default=False)] = None,
    as_json: options.AsJson = False,
) -> int:
    """List the rules that a file, CSV or '--rule' may hold, or tell all about one of them."""
    from vmopt.cli import console, documents
    from vmopt.rules import catalogue, info_of, rule_called
    from vmopt.summary.layout import Table

    if name is None:
        known = catalogue()
        rows = [(info.name, info.form, info.summary, info.known_as) for info in known]
        table = Table(("rule", "as text", "means", "known as"), rows, n_left=4)
        documents.show([_document(info) for info in known]) if as_json else console.show((), ("", table))
        return Exit.SOLVED
    info = info_of(rule_called(name))
    if as_json:
        documents.show({**_document(info), "text": info.text})
    else:
        console.results().print(f"{info.form}\n\n{info.text}", markup=False, soft_wrap=True)
    return Exit.SOLVED


def _list(table: Table, *, as_json: bool) -> None:
    from vmopt.cli import console, documents

    if as_json:
        documents.show([dict(zip(table.header, row, strict=True)) for row in table.rows])
    else:
        console.show((), ("", table))


def _document(info: RuleInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "parameters": [
            {"name": known.name, "required": known.required, "default": known.default} for known in info.parameters
        ],
        "summary": info.summary,
        "known_as": info.known_as,
    }


def goals(
    name: Annotated[str | None, typer.Argument(help="One of them, to read all about it.", show_default=False)] = None,
    as_json: options.AsJson = False,
) -> int:
    """List the goals that a file or '--goal' may name, or tell all about one of them."""
    from vmopt.cli import console, documents
    from vmopt.goals.catalogue import catalogue, goal_called, info_of
    from vmopt.summary.layout import Table

    known = catalogue() if name is None else (info_of(goal_called(name)),)
    if as_json:
        said = [{"name": i.name, "parameters": dict(i.parameters), "summary": i.summary, "text": i.text} for i in known]
        documents.show(said if name is None else said[0])
    elif name is None:
        table = Table(("goal", "as text", "means"), [(i.name, i.form, i.summary) for i in known], n_left=3)
        console.show((), ("", table))
    else:
        console.results().print(f"{known[0].form}\n\n{known[0].text}", markup=False, soft_wrap=True)
    return Exit.SOLVED
