"""What is known of an answer, and why a search stopped early: two questions, two answers."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What is known of a solution."""

    OPTIMAL = "optimal"
    """Proven to be within the requested gap of the best."""
    FEASIBLE = "feasible"
    """A placement, not proven."""
    INFEASIBLE = "infeasible"
    """Proven that there is none."""
    NOT_FOUND = "not found"
    """Stopped with nothing, and nothing proven."""


class Limit(StrEnum):
    """Why a search stopped early."""

    TIME = "time"
    NODES = "nodes"
    MEMORY = "memory"
    INTERRUPTED = "interrupted"
