"""Where the published data are, on machines that have them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("VMOPT_DATA") or Path(__file__).parents[2] / "../shared/data")


def published(*parts: str) -> Path:
    """Path of a published file; the test is skipped where it is absent."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{'/'.join(parts)} is not here")
    return path
