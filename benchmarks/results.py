"""Results: tidy rows, one solve each, saved as they come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import orjson

from benchmarks.settings import Job
from vmopt.errors import FileError

ERROR = "error"
"""Status of a solve that failed; its message tells why."""


@dataclass(frozen=True)
class Row(Job):
    """One solve of one instance, and what came of it.

    Attributes
    ----------
    status, limit : str
        As in `vmopt.Solution`, or ``error``.
    objective : float
        Sum of the values of the placed VMs, recomputed from the data.
    bound : float or None
        None where the method states none, as greedy peers do.
    bound_by : str or None
    gap : float or None
        ``(bound - objective) / bound`` by the row's own bound.
    build_seconds, solve_seconds, total_seconds : float
        Wall clock of building programs, of the search by its own count, and of the whole call.
    peak_memory_mb : float
        Of the solve's process, or of the largest that it started.
    verified : bool
        `vmopt.verify` finds the placement within every capacity.
    bound_verified : bool or None
        Whether recomputing the bound proves it; None where it rests on the word of a backend, or there is none.
    best_known : float or None
        Published objective of the best known placement.
    message : str
        Why it failed, or what it warned of.
    history : list of [seconds, objective, bound, method]
        How objective and bound came about, thinned.
    last_level, last_level_bound : float or None
        Of the last of several levels: what the placement has of it, and what it could have at best.
    """

    vms: int
    hosts: int
    status: str
    limit: str | None
    objective: float
    bound: float | None
    bound_by: str | None
    gap: float | None
    placed: int
    build_seconds: float
    solve_seconds: float
    total_seconds: float
    peak_memory_mb: float
    verified: bool
    bound_verified: bool | None
    best_known: float | None
    message: str
    history: list[list[Any]]
    versions: str
    machine: str
    commit: str
    date: str
    last_level: float | None = None
    last_level_bound: float | None = None

    @property
    def job(self) -> Job:
        """What was solved, by what, how long."""
        return Job(**{field.name: getattr(self, field.name) for field in fields(Job)})

    @property
    def problem(self) -> tuple[str, str, int]:
        """Set, instance and seed: rows that agree in them can be compared."""
        return self.set, self.instance, self.seed

    @property
    def failed(self) -> bool:
        """Whether the solve ended in an error."""
        return self.status == ERROR


class Results:
    """Rows in a file of JSON lines; what is there already need not be run again.

    Raises
    ------
    FileError
        If the file holds what no run has written. A last line that was cut short is dropped.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[Row] = []
        if path.exists():
            for number, line in enumerate(self._whole_lines(), start=1):
                self.rows.append(_row(line, f"line {number} of {path}"))
        self._jobs = {row.job for row in self.rows}

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Results:
        """Read several files as one; the result is for reading."""
        every = [cls(path) for path in paths]
        joined = cls(every[0].path)
        joined.rows = [row for results in every for row in results.rows]
        return joined

    def __contains__(self, job: object) -> bool:
        return job in self._jobs

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, row: Row) -> None:
        """Append a row, to the file at once."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(_line(row) + b"\n")
        self.rows.append(row)
        self._jobs.add(row.job)

    def by_set(self) -> dict[str, list[Row]]:
        """Group the rows by set, in the order in which they come."""
        grouped: dict[str, list[Row]] = {}
        for row in self.rows:
            grouped.setdefault(row.set, []).append(row)
        return grouped

    def checksum(self) -> str:
        """SHA-256 of the rows, in the order in which they are."""
        return hashlib.sha256(b"\n".join(map(_line, self.rows))).hexdigest()

    def _whole_lines(self) -> list[bytes]:
        """The lines of the file; one that was cut short, by a power failure say, is cut off."""
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            self.path.write_bytes(whole)
        return [line for line in whole.splitlines() if line.strip()]


def _line(row: Row) -> bytes:
    """A row as JSON; where there is one level only, nothing is said of others."""
    columns = asdict(row)
    if row.last_level is None:
        del columns["last_level"], columns["last_level_bound"]
    return orjson.dumps(columns, option=orjson.OPT_SERIALIZE_NUMPY)


def _row(line: bytes, where: str) -> Row:
    try:
        return Row(**orjson.loads(line))
    except (orjson.JSONDecodeError, TypeError) as error:
        raise FileError(f"{where} is no row of results: {error}. Give a file that 'run' has written.") from None
