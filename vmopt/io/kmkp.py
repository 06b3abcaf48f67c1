"""K-constraint multiple knapsack problems: m knapsacks with k capacities each, items with a profit and k weights.

F. Thönelt's collection, https://github.com/fthoenelt/KConstraintMultipleKnapsackProblem.
"""

from __future__ import annotations

from vmopt.errors import InstanceError
from vmopt.io.files import PathLike, read_text
from vmopt.io.number_stream import NumberStream
from vmopt.model.instance import Instance


def read_kmkp(path: PathLike) -> Instance:
    """Read a problem: knapsacks are hosts, items are VMs, profits their values.

    Sections have a title line that begins with ``#``: number of items n, of knapsacks m, of constraints k; n profits;
    n lines of k weights; m lines of k capacities.

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
    ...     _ = Path(folder, "small.txt").write_text("2 1 1  5 4  3 2  4")
    ...     cluster = vmopt.io.read_kmkp(f"{folder}/small.txt")
    >>> cluster.demand.ravel().tolist(), cluster.capacity.ravel().tolist(), cluster.value.tolist()
    ([3, 2], [4], [5.0, 4.0])
    """
    lines = read_text(path).splitlines()
    text = "\n".join("" if line.lstrip().startswith("#") else line for line in lines)
    stream = NumberStream(text, str(path))
    n, m = stream.count("number of items"), stream.count("number of knapsacks")
    k = stream.count("number of constraints")
    profits = stream.numbers(n, "profits")
    weights = stream.table(n, k, "weights")
    capacities = stream.table(m, k, "capacities")
    stream.finish()
    try:
        return Instance.from_arrays(weights, capacities, value=profits)
    except InstanceError as error:
        raise InstanceError(f"{path}: {error}") from None
