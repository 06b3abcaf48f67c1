"""Vector bin packing problems in the ``.vbp`` format of Vectorpack: identical bins, items with copies.

Mommessin et al., Classification and evaluation of the algorithms for vector bin packing, Computers & Operations
Research 2025.
"""

from __future__ import annotations

import numpy as np

from vmopt import checks
from vmopt.errors import InstanceError
from vmopt.io.files import PathLike, read_text
from vmopt.io.number_stream import NumberStream
from vmopt.model.instance import Instance

MOST_HOSTS = 10**7


def read_vbp(path: PathLike, *, hosts: int) -> Instance:
    """Read a problem from a file; bins are hosts, copies of items are VMs.

    Bin packing asks for the fewest bins that hold everything; with that many hosts, the best placement places every VM.

    Parameters
    ----------
    path : path
        Plain or gzip.
    hosts : int
        Number of bins.

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
    ...     _ = Path(folder, "small.vbp").write_text("2  10 20  2  3 4 2  5 5 1")
    ...     cluster = vmopt.io.read_vbp(f"{folder}/small.vbp", hosts=2)
    >>> cluster.demand.tolist(), cluster.capacity.tolist()
    ([[3, 4], [3, 4], [5, 5]], [[10, 20], [10, 20]])
    """
    return parse_vbp(read_text(path), hosts=hosts, where=str(path))


def parse_vbp(text: str, *, hosts: int, where: str = "the text") -> Instance:
    """Read a problem from text: d; d capacities; n; n lines of d weights and the number of copies.

    Examples
    --------
    >>> parse_vbp("2  10 20  2  3 4 2  5 5 1", hosts=2).demand.tolist()
    [[3, 4], [3, 4], [5, 5]]
    """
    hosts = checks.integer(hosts, "hosts", 1, MOST_HOSTS)
    stream = NumberStream(checks.text(text, "text"), where)
    d = stream.count("number of dimensions")
    capacity = stream.table(1, d, "capacities")
    items = stream.table(stream.count("number of items"), d + 1, "items")
    stream.finish()
    copies = items[:, d]
    if (copies != np.floor(copies.astype(np.float64))).any() or (copies < 0).any() or not 0 < copies.sum() < 10**8:
        raise InstanceError(f"{where}: the last number of an item is its copies: an integer of at least 0.")
    try:
        demand = np.repeat(items[:, :d], copies.astype(np.int64), axis=0)
        return Instance.from_arrays(demand, np.repeat(capacity, hosts, axis=0))
    except InstanceError as error:
        raise InstanceError(f"{where}: {error}") from None
