"""Where the published data are, on machines that have them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

DATA = Path(os.environ.get("VMOPT_DATA") or Path(__file__).parents[2] / "../shared/data")


def published(*parts: str) -> Path:
    """Path of a published file; the test is skipped where it is absent."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        without_data()
    return path


def without_data() -> NoReturn:
    """Skip a test for want of published data, always in the same words: a test run says it in one line."""
    pytest.skip(f"published data are not in {DATA}; VMOPT_DATA names another folder")
