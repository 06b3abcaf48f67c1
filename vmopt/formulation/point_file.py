"""What other solvers write down as a solution: the values of columns by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.errors import FileError
from vmopt.io.files import PathLike, read_text

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
IN_TEXT = re.compile(rf"(?<!\S)(?P<name>[xy]\d+_\w+)\s+(?:\*\s+)?(?P<value>{NUMBER})(?!\S)")
"""HiGHS, SCIP, Gurobi and CBC: the name, then the value; GLPK marks integers by a star."""
IN_XML = re.compile(rf"""<variable\b[^>]*\bname="(?P<name>[xy]\d+_\w+)"[^>]*\bvalue="(?P<value>{NUMBER})\"""")
"""CPLEX."""
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
    x = np.zeros(len(columns))
    seen: set[str] = set()
    for match in (*IN_TEXT.finditer(text), *IN_XML.finditer(text)):
        name = match["name"]
        if name not in position:
            raise FileError(f"{path} lists {name}, which the model does not have: it is the solution of another model.")
        if name not in seen:
            x[position[name]] = float(match["value"])
            seen.add(name)
    if not seen and columns and not SOLVED.match(text.strip()):
        raise FileError(f"{path} lists no column of the model (it begins with {text.strip()[:60]!r}).")
    return x
