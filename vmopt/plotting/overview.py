"""The overview of a solution, and its way to a file."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from matplotlib.figure import Figure

from vmopt import checks
from vmopt.errors import FileError, OptionError
from vmopt.plotting.left_out import unplaced
from vmopt.plotting.loads import utilisation
from vmopt.plotting.trajectory import progress
from vmopt.solution import require_solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmopt.solution import Solution

SIZE = (9.0, 6.0)
FORMATS = (".png", ".svg", ".pdf")


def overview(solution: Solution, figure: Any = None) -> Axes:
    """Draw how full the hosts are, what was left out, and how the search went, in one figure.

    Parameters
    ----------
    solution : Solution
    figure : matplotlib.figure.Figure, optional
        Where to draw; default: a new one.

    Returns
    -------
    matplotlib.axes.Axes
        The picture of the hosts; its ``figure`` holds all of them.

    Examples
    --------
    >>> import vmopt
    >>> from matplotlib.figure import Figure
    >>> solution = vmopt.solve(vmopt.generate(hosts=10, seed=1), method="greedy-priority")
    >>> whole = Figure(layout="constrained")
    >>> overview(solution, whole).get_title(loc="left")
    'Utilisation of the hosts'
    >>> len(whole.axes)  # three pictures and a scale of colours
    4
    """
    require_solution(solution)
    if figure is None:
        import matplotlib.pyplot as plt

        figure = plt.figure(figsize=SIZE, layout="constrained")
    if not hasattr(figure, "add_gridspec"):
        raise OptionError(f"figure is {checks.shown(figure)}: give a figure of matplotlib, or None for a new one.")
    above, below = figure.add_gridspec(2, 1, height_ratios=[1, 1.2])
    halves = list(below.subgridspec(1, 2)) if solution.history else [below]
    hosts: Axes = utilisation(solution, ax=_alone(above))
    unplaced(solution, ax=_alone(halves[0]))
    if solution.history:
        progress(solution, ax=_alone(halves[1]))
    return hosts


def _alone(cell: Any) -> Any:
    """An axes in a grid of its own, so that its margins do not depend on its neighbours'."""
    return cell.subgridspec(1, 1).subplots()


def save(solution: Solution, path: str | Path) -> None:
    """Write the overview of a solution to a file, without a window and without pyplot.

    Parameters
    ----------
    solution : Solution
    path : str or Path
        Ends in ``.png``, ``.svg`` or ``.pdf``.

    Raises
    ------
    FileError
        If it ends otherwise, or cannot be written.
    """
    target = checks.as_path(path)
    if not target.name.endswith(FORMATS):
        raise FileError(f"cannot write {target}: its name must end in {' or '.join(FORMATS)}.")
    figure = Figure(figsize=SIZE, layout="constrained")
    overview(solution, figure)
    drawn = BytesIO()
    figure.savefig(drawn, dpi=150, format=target.suffix.removeprefix("."))
    try:
        _write(target.resolve(), drawn.getvalue())
    except OSError as error:
        raise FileError(f"cannot write {target}: {error.strerror or error}.") from error


def _write(target: Path, data: bytes) -> None:
    """Write a file whole or not at all; a device cannot be replaced."""
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    aside = target.with_name(f".vmopt-{uuid4().hex}.part")
    try:
        aside.write_bytes(data)
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
