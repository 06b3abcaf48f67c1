"""Multidimensional knapsack problems of the OR-Library: one host, m resources, a value per VM.

J.E. Beasley, OR-Library: distributing test problems by electronic mail, JORS 41 (1990) 1069-1072.
"""

from __future__ import annotations

from vmopt.errors import InstanceError
from vmopt.io.files import PathLike
from vmopt.io.number_stream import NumberStream
from vmopt.model.instance import Instance

Problem = tuple[Instance, float | None]


def read_mknap(path: PathLike) -> tuple[Problem, ...]:
    """Read a collection of problems, such as ``mknap1`` or ``mknapcb1``.

    The file holds the number of problems, and for each: n, m, the optimum (0 = unknown); n profits; m rows of n
    weights; m capacities. Decimals stay exact.

    Returns
    -------
    tuple of (Instance, float or None)
        Each problem and its published optimum, None where it is unknown.

    Raises
    ------
    FileError
        If the file cannot be read or does not follow the format.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "two.txt").write_text("2  2 1 5  5 4  3 2  4  1 1 0  7  1  9")
    ...     problems = vmopt.io.read_mknap(f"{folder}/two.txt")
    >>> [(cluster.n_vms, optimum) for cluster, optimum in problems]
    [(2, 5.0), (1, None)]
    """
    stream = NumberStream.of(path)
    problems = tuple(_read_problem(stream, path) for _ in range(stream.count("number of problems")))
    stream.finish()
    return problems


def read_mkp(path: PathLike) -> Problem:
    """Read a file with one problem and no count in front, such as the ``.dat`` files of the SAC-94 suite.

    Returns
    -------
    (Instance, float or None)
        The problem and its published optimum, None if it is unknown.

    Raises
    ------
    FileError
        As for `read_mknap`.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "small.dat").write_text("2 1 5  5 4  3 2  4")
    ...     cluster, optimum = vmopt.io.read_mkp(f"{folder}/small.dat")
    >>> vmopt.solve(cluster).objective == optimum
    True
    """
    stream = NumberStream.of(path)
    problem = _read_problem(stream, path)
    stream.finish()
    return problem


def _read_problem(stream: NumberStream, path: PathLike) -> Problem:
    n, m = stream.count("number of items"), stream.count("number of constraints")
    optimum = float(stream.numbers(1, "optimum")[0])
    profits = stream.numbers(n, "profits")
    weights = stream.table(m, n, "weights")
    capacities = stream.table(1, m, "capacities")
    try:
        return Instance.from_arrays(weights.T, capacities, value=profits), optimum or None
    except InstanceError as error:
        raise InstanceError(f"{path}: {error}") from None
