"""Bars: what a pod that waits asks of nodes, and which of them meet it."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from vmopt.arrays import BoolArray


class Step(IntEnum):
    """When the scheduler looks at what a bar is about."""

    BEFORE = 0
    """Before any node: no node takes the pod, whatever else is there."""
    CORDONED = 1
    TAINT = 2
    NODE = 3
    """Its labels and name."""
    ATTACH = 4
    """How many volumes may be attached to it."""
    VOLUME = 5
    SPREAD = 6
    """Whether its domain has too many of those that are to be even."""


class Bar(NamedTuple):
    """One of them.

    Attributes
    ----------
    why : str
        What is said of nodes that do not meet it, after their number.
    meets : (n_nodes,) bool array
    step : Step
    """

    why: str
    meets: BoolArray
    step: Step = Step.NODE


def meeting_all(start: BoolArray, bars: list[Bar]) -> BoolArray:
    """Return which nodes meet all of them.

    Examples
    --------
    >>> some = np.array([True, False])
    >>> meeting_all(np.ones(2, dtype=bool), [Bar("cordoned", some)]).tolist()
    [True, False]
    """
    found: BoolArray = np.logical_and.reduce([start, *(bar.meets for bar in bars)])
    return found
