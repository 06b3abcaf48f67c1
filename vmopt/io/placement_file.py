"""Placements by name, from any file that tells who runs where: a solution, a JSON object, or a table."""

from __future__ import annotations

from typing import Any

from vmopt.checks import as_path
from vmopt.errors import FileError
from vmopt.io import json_file
from vmopt.io.files import PathLike
from vmopt.io.fingerprint import fingerprint
from vmopt.io.json_solution import FORMAT, read_solution
from vmopt.io.placement_table import is_table, read_table
from vmopt.model.instance import Instance
from vmopt.solution import Solution


def read_placement(path: PathLike) -> dict[str, str | None]:
    """Read VM names and host names; None where a VM runs nowhere.

    Parameters
    ----------
    path : path
        CSV, TSV, YAML or Parquet with the columns ``vm`` and ``host``, where an empty cell stands for no host; or JSON:
        an object of VM names to host names, or what `write_solution` wrote, of any instance.

    Raises
    ------
    FileError
        If the file cannot be read, or holds no placement.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "now.json").write_text('{"web": "h1", "db": null}')
    ...     placement = vmopt.io.read_placement(f"{folder}/now.json")
    >>> placement
    {'web': 'h1', 'db': None}
    """
    path = as_path(path)
    if is_table(path):
        return read_table(path)
    return _from_document(json_file.load_object(path), str(path))


def read_start(instance: Instance, path: PathLike) -> Solution | dict[str, str | None]:
    """Read what a search may start from: a Solution with its proofs if it is of this instance, else a placement.

    Raises
    ------
    FileError
        If the file cannot be read, holds no placement, or is a solution whose claims the data contradict.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[8]], resources=["cpu"])
    >>> with TemporaryDirectory() as folder:
    ...     vmopt.io.write_solution(vmopt.solve(cluster), f"{folder}/solution.json")
    ...     start = vmopt.io.read_start(cluster, f"{folder}/solution.json")
    >>> vmopt.solve(cluster, warm_start=start).objective == start.objective
    True
    """
    path = as_path(path)
    if not is_table(path):
        fields = json_file.load_object(path)
        of_this = fields.holds("format") and fields.take("format", object, str) == FORMAT
        if of_this and fields.take("instance", str, default="") == fingerprint(instance):
            return read_solution(instance, path)
    return read_placement(path)


def _from_document(fields: json_file.Fields, where: str) -> dict[str, str | None]:
    placement: dict[str, Any] = fields.take("placement", dict) if fields.holds("placement") else fields.rest()
    for vm, host in placement.items():
        if host is not None and type(host) is not str:
            raise FileError(
                f"{where} holds no placement: {vm!r} is on {json_file.shown(host)}, expected the name of a host."
            )
    return placement
