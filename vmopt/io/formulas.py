"""Text that a spreadsheet would run as a formula is marked as text."""

from __future__ import annotations

import re

STARTS = re.compile(r"'*[=+\-@\t\r]")


def as_cell(text: str) -> str:
    """Put an apostrophe before what starts like a formula.

    Examples
    --------
    >>> as_cell("=1+1"), as_cell("web-1"), as_cell("'-x")
    ("'=1+1", 'web-1', "''-x")
    """
    return f"'{text}" if STARTS.match(text) else text


def from_cell(cell: str) -> str:
    """Take the apostrophe of `as_cell` away.

    Examples
    --------
    >>> from_cell(as_cell("@home")), from_cell("'quoted'")
    ('@home', "'quoted'")
    """
    return cell[1:] if cell.startswith("'") and STARTS.match(cell) else cell
