"""Facts and tables as aligned plain text, and as HTML that suits light and dark themes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap
from typing import NamedTuple

WIDTH = 100
LEFT, RIGHT = "text-align: left", "text-align: right"


class Fact(NamedTuple):
    """One line of a summary.

    Attributes
    ----------
    label, value : str
    fraction : float or None
        A number in [0, 1] worth a bar beside the value.
    """

    label: str
    value: str
    fraction: float | None = None


class Table(NamedTuple):
    """Cells under a header.

    Attributes
    ----------
    header : sequence of str
    rows : sequence of sequences of str
    n_left : int
        So many columns, the first ones, are aligned to the left; the others hold numbers and go to the right.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    n_left: int = 1


def printable(text: str) -> str:
    r"""Show characters that would move the cursor, or do worse, as escapes: names come from anywhere.

    Examples
    --------
    >>> print(printable("web\x1b[2J"))
    web\x1b[2J
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def facts_text(facts: Sequence[Fact]) -> str:
    """Align labels and values; a value longer than the line goes on below itself.

    Examples
    --------
    >>> print(facts_text([Fact("status", "optimal"), Fact("gap", "0 %")]))
    status  optimal
    gap     0 %
    """
    labels = [printable(fact.label) for fact in facts]
    margin = max(map(len, labels)) + 2
    lines = []
    for label, fact in zip(labels, facts, strict=True):
        pieces = wrap(printable(fact.value), WIDTH - margin, break_long_words=False, break_on_hyphens=False) or [""]
        lines += [f"{label if row == 0 else '':{margin}}{piece}" for row, piece in enumerate(pieces)]
    return "\n".join(lines)


def table_text(table: Table) -> str:
    """Align the columns of a table, numbers to the right.

    Examples
    --------
    >>> print(table_text(Table(("method", "objective"), [("auto", "2.5"), ("greedy-demand", "2.25")])))
    method         objective
    auto                 2.5
    greedy-demand       2.25
    """
    lines = [[printable(cell) for cell in line] for line in (table.header, *table.rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.header))]

    def aligned(column: int, cell: str) -> str:
        return cell.ljust(widths[column]) if column < table.n_left else cell.rjust(widths[column])

    return "\n".join("  ".join(aligned(*cell) for cell in enumerate(line)).rstrip() for line in lines)


def facts_html(title: str, facts: Sequence[Fact]) -> str:
    """Return an HTML table of facts under a title; everything is escaped."""
    rows = "".join(
        f'<tr><th style="{LEFT}">{escape(fact.label)}</th><td style="{LEFT}">{_bar(fact)}{escape(fact.value)}</td></tr>'
        for fact in facts
    )
    head = f'<tr><th colspan="2" style="{LEFT}">{escape(title)}</th></tr>'
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def table_html(table: Table) -> str:
    """Return a table as HTML; everything is escaped."""
    head = "".join(_cell("th", column, cell, table.n_left) for column, cell in enumerate(table.header))
    body = "".join(
        "<tr>" + "".join(_cell("td", column, cell, table.n_left) for column, cell in enumerate(row)) + "</tr>"
        for row in table.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(tag: str, column: int, cell: str, n_left: int) -> str:
    return f'<{tag} style="{LEFT if column < n_left else RIGHT}">{escape(cell)}</{tag}>'


def _bar(fact: Fact) -> str:
    """Draw a bar in the colour of the text, so that it shows on any background."""
    if fact.fraction is None:
        return ""
    filled = f"width: {100 * fact.fraction:.1f}%; height: 100%; background: currentColor; opacity: 0.6"
    frame = "display: inline-block; width: 10em; height: 0.7em; border: 1px solid currentColor; margin-right: 0.7em"
    return f'<span style="{frame}"><span style="display: block; {filled}"></span></span>'
