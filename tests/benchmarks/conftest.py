"""A small run, shared by the tests that look at what comes of one."""

from __future__ import annotations

import pytest

from benchmarks.results import Results
from benchmarks.runner import run
from benchmarks.sets import SETS
from benchmarks.settings import Settings

SMALL = Settings(time_limit=1.0, seeds=(0,), only="large-10", threads=1)


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Ten hosts and large VMs, by the default methods."""
    results = Results(tmp_path_factory.mktemp("small-run") / "small.jsonl")
    run(SETS["generated"], SMALL, results)
    return results
