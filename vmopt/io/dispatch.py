"""Read and write an instance in the format that its path names."""

from __future__ import annotations

from pathlib import Path

from vmopt.checks import as_path
from vmopt.errors import FileError, OptionError
from vmopt.io.csv_pair import read_csv, write_csv
from vmopt.io.files import PathLike, exists, is_directory, is_json
from vmopt.io.json_instance import Layout, read_json, write_json
from vmopt.model.instance import Instance, require_instance
from vmopt.model.objective import Objective, Weighting

RULES = "rules.csv"
OTHERS = "for other formats call their reader in vmopt.io, such as read_csv(hosts, vms) or read_mknap(path)"


def read(path: PathLike, *, weighting: Weighting | None = None) -> Instance:
    r"""Read an instance: a JSON file, or a directory with ``hosts.csv``, ``vms.csv`` and perhaps ``rules.csv``.

    Parameters
    ----------
    path : path
        ``*.json``, ``*.json.gz``, or a directory; in it each file may be gzip too.
    weighting : {"priority", "demand", "tiers"}, optional
        In place of the one that the file names.

    Raises
    ------
    FileError
        If the path is none of these, or cannot be read as what it is.
    InstanceError
        If what it describes is no instance.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "hosts.csv").write_text("name,cpu\nh1,8\n")
    ...     _ = Path(folder, "vms.csv").write_text("name,cpu\nweb,5\ndb,4\n")
    ...     cluster = vmopt.io.read(folder)
    >>> list(cluster.vm_names), cluster.demand.ravel().tolist()
    (['web', 'db'], [5, 4])
    """
    path = as_path(path)
    if is_directory(path):
        goal = None if weighting is None else Objective(weighting)
        rules = _in(path, RULES) if _found(path, RULES) else None
        return read_csv(_in(path, "hosts.csv"), _in(path, "vms.csv"), rules=rules, objective=goal)
    if not is_json(path) and exists(path):
        raise FileError(f"cannot read {path} by its name: use .json or .json.gz, or a directory; {OTHERS}.")
    return read_json(path, weighting=weighting)


def write(instance: Instance, path: PathLike, *, layout: Layout | None = None) -> None:
    """Write an instance as JSON, or into an existing directory as ``hosts.csv`` and ``vms.csv``.

    Rules go to ``rules.csv`` there. Of an instance that has none, one that is there already says so afterwards.

    Parameters
    ----------
    instance : Instance
    path : path
        ``*.json``, ``*.json.gz``, or a directory.
    layout : {"rows", "columns"}, optional
        As for `write_json`; CSV has no choice.

    Raises
    ------
    FileError
        If the path is none of these, or cannot be written.

    Examples
    --------
    >>> import os
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[8]], resources=["cpu"])
    >>> with TemporaryDirectory() as folder:
    ...     vmopt.io.write(cluster, folder)
    ...     vmopt.io.write(cluster, f"{folder}/cluster.json")
    ...     sorted(os.listdir(folder))
    ['cluster.json', 'hosts.csv', 'vms.csv']
    """
    path = as_path(path)
    if is_directory(path):
        if layout is not None:
            raise OptionError(f"layout={layout!r} is for JSON, and {path} is a directory: leave it out.")
        there = _found(path, RULES)
        rules = there[0] if there else path / RULES if require_instance(instance).rules else None
        write_csv(instance, path / "hosts.csv", path / "vms.csv", rules=rules)
    elif is_json(path):
        write_json(instance, path, layout=layout)
    else:
        raise FileError(f"cannot write {path}: the name must end in .json or .json.gz, or be an existing directory.")


def _in(directory: Path, name: str) -> Path:
    """Return the plain or the gzip file of that name; two of them would be ambiguous."""
    found = _found(directory, name)
    if len(found) == 2:
        raise FileError(f"{directory} holds both {name} and {name}.gz: remove one of them.")
    if not found:
        raise FileError(f"{directory} is a directory without {name} (or {name}.gz): name a JSON file, or add it.")
    return found[0]


def _found(directory: Path, name: str) -> list[Path]:
    return [path for path in (directory / name, directory / f"{name}.gz") if exists(path)]
