"""What of vmopt users call: found from `__all__` and from signatures, so that what is new is among it."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from enum import Enum
from importlib import import_module
from types import ModuleType
from typing import Any

import vmopt
from vmopt.goals import BaseGoal
from vmopt.rules import BaseRule

BUILDERS_ROOMS = {"backends", "bounds", "cli", "methods", "model", "problem", "summary"}
"""Rooms that who builds on vmopt looks into; what users need of them, `vmopt` itself names."""
BUILDERS_WORDS = ("InForce", "Cells", "Taken", "Grouping", "VMClasses", "Moment", "Names", "total: 'IntArray'")
"""Words of signatures that only vmopt and who extends it can fill."""
PROTOCOL = {name for kind in (BaseRule, BaseGoal) for name in dir(kind)} - {"by_label", "on"}
PROTOCOL |= {"costs", "groups", "weights_of", "once", "landed_as", "nodes_of", "require_of", "host_columns"}
"""Methods that the rooms call of one another."""


def rooms() -> Iterator[ModuleType]:
    """Yield vmopt and the rooms right below it that say what is public."""
    yield vmopt
    for info in pkgutil.iter_modules(vmopt.__path__, "vmopt."):
        if info.name.rpartition(".")[2] not in {*BUILDERS_ROOMS, "__main__"}:
            module = import_module(info.name)
            if hasattr(module, "__all__"):
                yield module


def named() -> Iterator[tuple[str, Any]]:
    """Yield functions and classes of all rooms, each once."""
    seen = set()
    for room in rooms():
        prefix = room.__name__.removeprefix("vmopt").lstrip(".")
        for name in room.__all__:
            value = getattr(room, name)
            if isinstance(value, ModuleType) or not callable(value) or id(value) in seen or is_a_word(value):
                continue
            seen.add(id(value))
            yield f"{prefix}.{name}".lstrip("."), value


def is_a_word(value: Any) -> bool:
    """Whether it is an error or an enumeration, which nobody calls, or only for type checkers."""
    return (isinstance(value, type) and issubclass(value, Exception | Enum)) or "typing" in type(value).__module__


def methods_of(kind: type) -> Iterator[tuple[str, bool]]:
    """Yield the methods of a class that users call and that take arguments, and whether they need an object."""
    for name, value in inspect.getmembers(kind, callable):
        own = str(getattr(value, "__module__", "")).startswith("vmopt") and name not in PROTOCOL
        if own and not name.startswith("_") and arguments_of(value) and not for_builders(value):
            yield name, not isinstance(inspect.getattr_static(kind, name), classmethod | staticmethod)


def for_builders(function: Callable[..., Any]) -> bool:
    """Whether a signature has words that only builders can fill."""
    return any(word in str(inspect.signature(function)) for word in BUILDERS_WORDS)


def arguments_of(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the arguments of a function but `self`."""
    return [each for each in inspect.signature(function).parameters.values() if each.name != "self"]
