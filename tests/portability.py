"""What a second Python runs with ``TEST_SCOPE=portability``: all where Pythons differ, and every other test once.

Tools of the repository, which nobody installs, are tested with one Python.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ASKED = os.environ.get("TEST_SCOPE") == "portability"
ROOT = Path(__file__).parents[1]
DIFFERS = (
    "tests/backends",  # PuLP 3 and 4, processes, threads
    "tests/cli",  # typer, terminals, encodings
    "tests/formulation",  # files that PuLP reads
    "tests/io",  # numpy, parsers, text
    "tests/model",  # dataclasses, pandas, polars
    "tests/platforms",
    "tests/plotting",  # matplotlib
    "tests/report",
    "tests/signals",
    "tests/summary",
    "tests/test_import.py",
    "tests/test_interruption.py",
    "tests/test_plugins.py",  # entry points
)

TOOLS = ("tests/benchmarks", "benchmarks")


def parted(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Part tests into those that are run and those that are left: of each function elsewhere the first case is run."""
    run: list[pytest.Item] = []
    left: list[pytest.Item] = []
    seen: set[tuple[Path, str]] = set()
    for item in items:
        function, place = (item.path, item.nodeid.split("[")[0]), item.path.relative_to(ROOT).as_posix()
        matters = place.startswith(DIFFERS)
        once = function not in seen and not place.startswith(TOOLS)
        (run if matters or once else left).append(item)
        seen.add(function)
    return run, left
