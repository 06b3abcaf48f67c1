"""Solutions that several tests report, solved once."""

import pytest

from tests.report.clusters import hostile_solution, rich_solution


@pytest.fixture(scope="session")
def rich():
    return rich_solution()


@pytest.fixture(scope="session")
def hostile():
    return hostile_solution()
