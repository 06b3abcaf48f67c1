"""Where a row comes from: machine, versions, commit and date."""

from __future__ import annotations

import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("vmopt", "ortools", "pulp", "numpy", "scipy")


def surroundings() -> dict[str, Any]:
    """Columns that every row carries, so that rows of several machines can share a file."""
    return {"versions": versions(), "machine": machine(), "commit": commit(), "date": today()}


@cache
def versions() -> str:
    """Versions of Python and of the packages that compute, such as ``vmopt 0.1.0, ortools 9.15.6755, ...``."""
    return ", ".join([*(f"{name} {_version(name)}" for name in PACKAGES), f"python {platform.python_version()}"])


@cache
def machine() -> str:
    """Cores and kind of processor, and the operating system."""
    return f"{_processor()}, {platform.system()}"


@cache
def commit() -> str:
    """The commit of this clone, with ``+`` where files differ from it; without git, the version of vmopt."""
    found = _git("rev-parse", "--short=10", "HEAD")
    if not found:
        return f"vmopt {_version('vmopt')}"
    return found + (
        "+" if _git("status", "--porcelain", "--untracked-files=no", "--", "vmopt", "benchmarks/*.py") else ""
    )


def today() -> str:
    """The date in UTC."""
    return datetime.now(UTC).date().isoformat()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(Path(__file__).parent.parent), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.machine()
