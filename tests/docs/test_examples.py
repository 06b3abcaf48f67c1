"""Examples in docstrings: who looks a public name up sees how it is used."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

import vmopt


@pytest.mark.parametrize("module", [vmopt, vmopt.io], ids=lambda module: module.__name__)
def test_every_public_name_shows_how_it_is_used(module: ModuleType) -> None:
    """Tests that every class and function has an example, which the doctests run."""
    named = [(name, getattr(module, name)) for name in module.__all__]
    things = [(name, thing) for name, thing in named if inspect.isclass(thing) or inspect.isroutine(thing)]
    assert len(things) > 20
    assert [name for name, thing in things if ">>>" not in (inspect.getdoc(thing) or "")] == []
