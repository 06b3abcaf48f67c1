"""The page: sections in templates, with the data and the scripts embedded."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from vmopt import __version__, checks
from vmopt.change import Plan
from vmopt.errors import OptionError
from vmopt.explain import Report, explain
from vmopt.io.files import PathLike, write_bytes
from vmopt.report import embed, moves, rules, unplaced, verdict, worth
from vmopt.report.cluster import cluster_data
from vmopt.solution import Solution, require_solution
from vmopt.summary.figures import number, percent
from vmopt.summary.layout import printable
from vmopt.summary.levels import tables_of

MOST_LETTERS = 2000
"""Of what is said of one thing."""


def write(solution: Solution, path: PathLike, *, title: str = "Placement report", plan: Plan | None = None) -> None:
    """Write a solution as one page of HTML that needs no network: for people, to open, print and pass on.

    Parameters
    ----------
    solution : Solution
    path : path
        Where to; what is there is replaced once the page is whole.
    title : str
        What stands above it.
    plan : Plan, optional
        How to get there; default: where the instance knows what runs now, what `vmopt.plan` makes of it.

    Raises
    ------
    FileError
        If it cannot be written.
    OptionError
        If the solution is none, or the plan leads elsewhere.

    Examples
    --------
    >>> import tempfile, vmopt
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[4], [9]], [[8]]))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(solution, f"{folder}/report.html")
    """
    text = page(solution, title=title, plan=plan)
    write_bytes(path, text.encode(errors="backslashreplace"))


def page(solution: Solution, *, title: str = "Placement report", plan: Plan | None = None) -> str:
    """Return what `write` writes.

    Examples
    --------
    >>> import vmopt
    >>> text = page(vmopt.solve(vmopt.Instance.from_arrays([[4]], [[8]], vm_names=["<web>"])))
    >>> "1 VM runs." in text, "<web>" in text
    (True, False)
    """
    require_solution(solution)
    title = checks.of_kind(title, str, "the title", "a string", OptionError)
    if plan is not None and checks.of_kind(plan, Plan, "plan", "what vmopt.plan returned").solution is not solution:
        raise OptionError("the plan leads to another solution than the one that is reported: give plan(solution).")
    template = environment().get_template("page.html")
    told = explain(solution) if verdict.has_placement(solution) else None
    return framed(template, solution, told, title=title, **_sections(solution, told, plan))


def framed(template: Template, solution: Solution, told: Report | None, *, title: str, **parts: Any) -> str:
    """Set a page: its styles, its scripts and the policy that lets only them run, and the data they read.

    Parameters
    ----------
    template : jinja2.Template
    solution : Solution
    told : Report or None
        Why VMs do not run.
    title : str
    **parts
        What else the template reads.
    """
    scripts = embed.table_script(), embed.script()
    there = verdict.has_placement(solution)
    return template.render(
        title=printable(title),
        version=__version__,
        policy=embed.policy(*scripts, form_action=parts.pop("form_action", "'none'")),
        style=embed.style(),
        scripts=[Markup(text) for text in scripts],
        data=embed.json_text(cluster_data(solution, told)) if there else None,
        solution=solution,
        told=told,
        there=there,
        **parts,
    )


def _sections(solution: Solution, told: Report | None, given: Plan | None) -> dict[str, Any]:
    there = told is not None
    capacity = worth.worth_of(solution) if there else None
    made = moves.plan_of(solution, given) if there else None
    rows = rules.rules_of(solution, None if capacity is None else capacity.rules) if there else []
    return {
        "status": verdict.PROVEN[solution.status],
        "tone": verdict.TONES[solution.status],
        "headline": verdict.headline(solution),
        "figures": verdict.figures(solution),
        "details": verdict.details(solution),
        "bars": verdict.bars(solution) if there else [],
        "reasons": [] if told is None else unplaced.reasons_of(solution, told),
        "levels": tables_of(solution) if there else [],
        "worth": capacity,
        "rules": rows,
        "drawing": None if made is None else moves.drawn(made),
    }


@cache
def environment() -> Environment:
    """Make templates that escape whatever they are given, and fail where something is missing."""
    made = Environment(
        loader=PackageLoader("vmopt.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(figure=number, percent=percent, printable=_shown, pieces=_pieces)
    return made


def _shown(text: str) -> str:
    """Text without characters that show nothing or move others about, and no longer than a person reads."""
    return printable(text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…")


def _pieces(rows: list[Any], most: int) -> Iterator[Any]:
    """The first of some rows."""
    return iter(rows[:most])
