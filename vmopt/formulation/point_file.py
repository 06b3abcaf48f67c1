"""What other solvers write down as a solution: the values of columns by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.errors import FileError
from vmopt.io.files import PathLike, read_text
from vmopt.plurals import count

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
IN_TEXT = re.compile(rf"(?<!\S)(?P<name>[xy]\d+_\w+)\s+(?:\*\s+)?(?P<value>{NUMBER})(?!\S)")
"""HiGHS, SCIP, Gurobi and CBC: the name, then the value; GLPK marks integers by a star."""
IN_XML = re.compile(rf"""<variable\b[^>]*\bname="(?P<name>[xy]\d+_\w+)"[^>]*\bvalue="(?P<value>{NUMBER})\"""")
"""CPLEX."""
LISTED = re.compile(
    rf"^[ \t]*(?:\*\*[ \t]*)?(?:\d+[ \t]+)?(?P<name>[^\W\d]\S*)[ \t]+{NUMBER}(?:[ \t]+(?:{NUMBER}|\(obj:.*\)))?[ \t]*$",
    re.M,
)
"""A line with any name and its value, as CBC, SCIP and Gurobi write them."""
NO_COLUMN = re.compile(r"c\d+_\w+|Objective")
"""Rows of an exported model, and what HiGHS calls the objective."""
SOLVED = re.compile(r"(?i)(optimal|solution status: optimal)")
"""How a file begins that lists no column because all of them are 0."""
DUAL = "# Dual solution values"


def read_point(path: PathLike, columns: Sequence[str]) -> FloatArray:
    """Read the solution file of HiGHS, SCIP, CBC, Gurobi, CPLEX or GLPK; columns that are not listed are 0.

    Returns
    -------
    (n_columns,) float64 array

    Raises
    ------
    FileError
        If it cannot be read, lists no column of the model, or one that the model does not have.
    """
    text = read_text(path).partition(DUAL)[0]
    position = {name: j for j, name in enumerate(columns)}
    values: dict[str, float] = {}
    for match in (*IN_TEXT.finditer(text), *IN_XML.finditer(text)):
        values.setdefault(match["name"], float(match["value"]))
    known = [name for name in values if name in position]
    unknown = [name for name in {**values, **_listed(text)} if name not in position]
    if not known and columns and (unknown or not SOLVED.match(text.strip())):
        raise FileError(
            f"{path} lists no column of the model (it begins with {text.strip()[:60]!r}): it is the solution of "
            "another model, or of this one with its columns renamed."
        )
    if unknown:
        raise FileError(
            f"{path} lists {count(len(unknown), 'column')} that the model does not have, such as {unknown[0]}: it is "
            "the solution of another model."
        )
    x = np.zeros(len(columns))
    x[[position[name] for name in known]] = [values[name] for name in known]
    return x


def _listed(text: str) -> dict[str, None]:
    """Whatever a line gives a value for that may be a column, of this model or not."""
    names = (match["name"] for match in LISTED.finditer(text))
    return dict.fromkeys(name for name in names if not NO_COLUMN.fullmatch(name))
