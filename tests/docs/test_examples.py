"""Examples in docstrings: who looks a public name up sees how it is used."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

import vmopt
import vmopt.change


@pytest.mark.parametrize("module", [vmopt, vmopt.io], ids=lambda module: module.__name__)
def test_every_public_name_shows_how_it_is_used(module: ModuleType) -> None:
    """Tests that every class and function has an example, which the doctests run."""
    named = [(name, getattr(module, name)) for name in module.__all__]
    things = [(name, thing) for name, thing in named if inspect.isclass(thing) or inspect.isroutine(thing)]
    assert len(things) > 20
    assert [name for name, thing in things if ">>>" not in (inspect.getdoc(thing) or "")] == []


WRITERS = [(of, name) for of in (vmopt, vmopt.io, vmopt.change) for name in of.__all__ if name.startswith("write")]


@pytest.mark.parametrize(("module", "name"), WRITERS, ids=lambda given: getattr(given, "__name__", given))
def test_readers_and_writers_show_different_things(module: ModuleType, name: str) -> None:
    """Tests that what a writer's example shows is not what its reader's shows again."""
    asked = [inspect.getdoc(getattr(module, one)) or "" for one in (name, name.replace("write", "read"))]
    shown = [text.split("Examples\n--------\n")[1] for text in asked]
    assert shown[0].splitlines()[-1] != shown[1].splitlines()[-1]
