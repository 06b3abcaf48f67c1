"""Chromium for tests: where VMOPT_BROWSER is 'required' it must be there, else tests that need it are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import pytest

WANTED = os.environ.get("VMOPT_BROWSER") == "required"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
THERE = CHROMIUM is not None and all(find_spec(name) for name in ("playwright", "axe_playwright_python"))
needs_browser = pytest.mark.skipif(not THERE and not WANTED, reason="needs the extra 'browser', and chromium")


@contextmanager
def chromium() -> Iterator[Any]:
    """Start it, and end it."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "VMOPT_BROWSER is 'required', but there is no chromium to be found: install it."
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM)
        try:
            yield opened
        finally:
            opened.close()


def faults_of(page: Any) -> list[tuple[str, list[str]]]:
    """What axe finds on a page, and where."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
