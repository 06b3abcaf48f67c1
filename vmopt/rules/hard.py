"""The hard rules of a kind: who limits moves by a rule asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vmopt.rules.base import BaseRule
from vmopt.rules.in_force import InForce


def hard_ones(instance: Any, kind: type[BaseRule]) -> Iterator[InForce]:
    """The rules of a kind that an instance has, and that may not be broken."""
    return (
        here
        for here in instance.rules_in_force
        if isinstance(here, InForce) and isinstance(here.rule, kind) and here.penalty is None
    )
