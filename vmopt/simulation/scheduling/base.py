"""What a policy is."""

from __future__ import annotations

from typing import Protocol

from vmopt.simulation.moment import Moment


class Policy(Protocol):
    """Decides who starts where.

    A policy may remember things between decisions, so each simulation needs one of its own.

    Attributes
    ----------
    name : str
    window : float
        Seconds between two decisions: 0 to decide at every event, else at multiples of it after anything happened.
    """

    @property
    def name(self) -> str:
        """What it is called in results."""

    @property
    def window(self) -> float:
        """Seconds between two decisions."""

    def decide(self, moment: Moment) -> None:
        """Call ``moment.start(vm, host)`` for every VM that shall start now."""
