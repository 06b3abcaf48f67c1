"""Named tiny cases of every rule, from the files beside this one: each has the cases of some rules in `CASES`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tests.rules.cases.case import Case

FILES = [import_module(f"{__name__}.{file.name}") for file in iter_modules(__path__) if file.name != "case"]
CASES: dict[str, list[Case]] = {rule: cases for file in FILES for rule, cases in file.CASES.items()}

__all__ = ["CASES", "Case"]
