"""Tests of rules: what files of `cases` say of what breaks their rules, and how these are drawn, joins all others."""

from __future__ import annotations

from typing import Any

from tests.rules import draws, meaning, violations
from tests.rules.cases import FILES


def _meaning(counted: Any) -> Any:
    """A rule holds where nothing violates it."""
    return lambda *given: not counted(*given)


for file in FILES:
    found = getattr(file, "VIOLATIONS", {})
    violations.VIOLATIONS.update(found)
    meaning.MEANINGS.update({name: _meaning(counted) for name, counted in found.items()})
    draws.MAKERS.update(getattr(file, "MAKERS", {}))
