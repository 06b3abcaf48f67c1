"""Fixtures of the tests of the backends."""

from __future__ import annotations

import pytest

from vmopt.backends import Backend, BackendList, backends, get

FIXED = ("cp-sat", "highs", "scip", "glop", "pdlp", "cbc")


@pytest.fixture(scope="session")
def listed() -> BackendList:
    """Every backend and whether it can run here."""
    return backends()


@pytest.fixture(params=[*FIXED, "pulp"])
def backend(request: pytest.FixtureRequest, listed: BackendList) -> Backend:
    """Each backend that can run here; ``pulp`` stands for the first solver that PuLP finds."""
    name = request.param
    if name == "pulp":
        found = [info.name for info in listed if info.name.startswith("pulp:")]
        name = found[0] if found else pytest.skip("PuLP finds no solver here")
    info = next(info for info in listed if info.name == name)
    return get(name) if info.available else pytest.skip(str(info.reason))
