"""Random instances are the same in every run, unless HYPOTHESIS_PROFILE=search asks for new ones.

Hundreds of tests start Python anew: what one process compiles, the next ones load, whatever the environment says.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests import portability

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a second Python need not repeat."""
    if portability.ASKED:
        items[:], left = portability.parted(items)
        config.hook.pytest_deselected(items=left)
