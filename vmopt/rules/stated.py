"""A rule as it is stated: its parameters, how it is written, compared, and kept for some of the VMs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.model.names import Names
from vmopt.rules.arguments import check_arguments
from vmopt.rules.breach import SHOWN
from vmopt.rules.narrowed import Labels, narrowed, whom
from vmopt.rules.selection import Groups

LARGEST_PENALTY = 1e100
"""Penalties beyond are nothing that could be added up."""


@dataclass(frozen=True, eq=False)
class Stated:
    """Parameters with names, the penalty among them, whatever they mean."""

    name: ClassVar[str]

    penalty: float | None = field(default=None, kw_only=True)

    def __new__(cls, *given: Any, **named: Any) -> Self:
        """Check which arguments are given; a copy is made without any."""
        if given or named:
            check_arguments(cls, given, named)
        return super().__new__(cls)

    def __post_init__(self) -> None:
        if self.penalty is None:
            return
        penalty = checks.as_float(self.penalty)
        if not 0 <= penalty <= LARGEST_PENALTY:
            raise InstanceError(
                f"penalty of {type(self).__name__} is {checks.shown(self.penalty)}: give a number from 0 to "
                f"{LARGEST_PENALTY:g} for each unit of violation, or None for a hard rule."
            )
        object.__setattr__(self, "penalty", penalty)

    def narrowed(self, names: Names, labels: Labels | None, kept: IntArray) -> Self | None:
        """Return the rule for some of the VMs with these names and labels, None if it speaks of none of them.

        Parameters
        ----------
        kept : (n_kept,) int array
            Their positions.
        """
        return narrowed(self, names, labels, kept)

    @property
    def of_some(self) -> bool:
        """Whether it speaks of some VMs; else of hosts, and of whatever VMs there are."""
        return any(getattr(self, name) is not None for name in whom(self))

    @classmethod
    def by_label(cls, label: str, *arguments: Any, **named: Any) -> Self:
        """Make the rule for all VMs with a label: those of each of its values are a group."""
        made: Any = cls
        return made(Groups.labelled(label), *arguments, **named)  # type: ignore[no-any-return]

    def stated(self) -> dict[str, Any]:
        """Its parameters by name, the penalty last."""
        named = sorted(fields(self), key=lambda parameter: bool(parameter.kw_only))
        return {parameter.name: getattr(self, parameter.name) for parameter in named}

    def __str__(self) -> str:
        return self._written(_shown)

    def __repr__(self) -> str:
        return self._written(repr)

    def _written(self, form: Callable[[Any], str]) -> str:
        said = {key: value for key, value in self.stated().items() if key != "penalty" or value is not None}
        return f"{type(self).__name__}({', '.join(f'{key}={form(value)}' for key, value in said.items())})"

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        mine, theirs = self.stated(), other.stated()
        return all(_same(mine[key], theirs[key]) for key in mine)

    __hash__ = None  # type: ignore[assignment]


def _shown(given: Any) -> str:
    return f"<{len(given):,} numbers>" if isinstance(given, np.ndarray) and len(given) > SHOWN else repr(given)


def _same(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, Groups) and isinstance(theirs, Groups):
        told = ("names", "label", "value", "rows", "called")
        return _same(mine.column, theirs.column) and all(getattr(mine, name) == getattr(theirs, name) for name in told)
    if isinstance(mine, np.ndarray) or isinstance(theirs, np.ndarray):
        return np.array_equal(np.asarray(mine), np.asarray(theirs))
    return bool(mine == theirs)
