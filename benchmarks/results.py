"""Results: tidy rows, one solve each, saved as they come."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One solve of one instance."""

    set: str
    instance: str
    seed: int
    method: str
    backend: str | None
    time_limit: float
    threads: int
    vms: int
    hosts: int
    status: str
    limit: str | None
    objective: float
    bound: float
    gap: float
    placed: int
    build_seconds: float
    total_seconds: float
    peak_memory_mb: float
    verified: bool
    versions: str
    machine: str
    date: str

    @property
    def key(self) -> tuple[str, str, int, str, str | None, float, int]:
        """What makes a run the same as another."""
        return self.set, self.instance, self.seed, self.method, self.backend, self.time_limit, self.threads


class Results:
    """Rows in a file of JSON lines; what is there already need not be run again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.rows = [Row(**json.loads(line)) for line in lines if line.strip()]

    def __contains__(self, key: object) -> bool:
        return any(row.key == key for row in self.rows)

    def add(self, row: Row) -> None:
        """Append a row, to the file at once."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps(asdict(row)) + "\n")
        self.rows.append(row)


def surroundings() -> dict[str, str]:
    """Versions, machine and date, for the header of every row."""
    packages = ("vmopt", "ortools", "pulp", "numpy", "scipy")
    return {
        "versions": " ".join(f"{name}={version(name)}" for name in packages) + f" python={platform.python_version()}",
        "machine": f"{_processor()}, {platform.system()}",
        "date": datetime.now(UTC).date().isoformat(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.machine()


FIELDS = tuple(field.name for field in fields(Row))
