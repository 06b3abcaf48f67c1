"""What is public: the names in ``__all__`` of vmopt and of every module below it that has one."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from types import FunctionType, ModuleType

import vmopt


def public_modules() -> Iterator[ModuleType]:
    """Yield the package and its modules with an ``__all__``, except those of the command line."""
    yield vmopt
    for info in pkgutil.walk_packages(vmopt.__path__, "vmopt."):
        if info.name == "vmopt.__main__" or info.name.startswith("vmopt.cli"):
            continue
        module = import_module(info.name)
        if hasattr(module, "__all__"):
            yield module


def home(module: ModuleType, name: str) -> str | None:
    """Return the path under which a public class or function is defined, or None for plain values and modules."""
    value = getattr(module, name)
    if isinstance(value, ModuleType) or not isinstance(getattr(value, "__qualname__", None), str):
        return None
    if not (value.__doc__ or "").strip():
        raise ValueError(f"{module.__name__}.{name} is public and has no docstring")
    if isinstance(value, type):
        for member in undocumented(value):
            raise ValueError(f"{module.__name__}.{name}.{member} is public and has no docstring")
    return f"{value.__module__}.{value.__qualname__}"


def undocumented(kind: type) -> list[str]:
    """Return the methods and properties that a class defines in public without a docstring."""
    callables = (FunctionType, classmethod, staticmethod, property, cached_property)
    return [
        name
        for name, member in vars(kind).items()
        if not name.startswith("_") and isinstance(member, callables) and not (member.__doc__ or "").strip()
    ]
