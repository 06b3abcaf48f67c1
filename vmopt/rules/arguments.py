"""Arguments of rules: those that there are not, and those that are missing, are told before a rule is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from vmopt.errors import InstanceError
from vmopt.rules.known import meant


def check_arguments(rule: type[Any], by_place: Sequence[Any], named: Mapping[str, Any]) -> None:
    """Refuse arguments that a rule does not take, and too few of them.

    Raises
    ------
    InstanceError
        With the arguments that there are.
    """
    own = [field for field in fields(rule) if not field.kw_only]
    names = [field.name for field in own]
    taken = ", ".join([*names, *(field.name for field in fields(rule) if field.kw_only)])
    if len(by_place) > len(names):
        raise InstanceError(f"{rule.__name__} is given {len(by_place)} arguments without a name: it takes {taken}.")
    refuse_unknown(rule.__name__, named, [field.name for field in fields(rule)], taken)
    twice = [name for name in names[: len(by_place)] if name in named]
    if twice:
        raise InstanceError(
            f"{rule.__name__} is given {twice[0]!r} twice, by its place and by its name: it takes {taken}."
        )
    lacking = [f.name for f in own[len(by_place) :] if f.default is MISSING and f.name not in named]
    if lacking:
        raise InstanceError(f"{rule.__name__} lacks {lacking[0]!r}: it takes {taken}.")


def refuse_unknown(rule: str, given: Iterable[str], known: Sequence[str], taken: str) -> None:
    """Refuse names of parameters that there are not.

    Raises
    ------
    InstanceError
    """
    unknown = [name for name in given if name not in known]
    if unknown:
        raise InstanceError(f"{rule} has no parameter {unknown[0]!r}{meant(unknown[0], known)}: it takes {taken}.")
