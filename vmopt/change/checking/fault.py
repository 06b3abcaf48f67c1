"""Fault: something that a plan gets wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """What is wrong with a plan.

    Attributes
    ----------
    what : {"graph", "path", "capacity", "rule", "limit"}
    told : str
    """

    what: str
    told: str

    def __str__(self) -> str:
        return f"{self.what}: {self.told}"
