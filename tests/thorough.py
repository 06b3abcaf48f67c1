"""How much of what is drawn or multiplied out is tested: a third, or all of it with ``TEST_SCOPE=thorough``.

A second Python (``TEST_SCOPE=portability``) draws a ninth: what random instances look for does not depend on it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import product
from typing import Any

SCOPE = os.environ.get("TEST_SCOPE")
THOROUGH = SCOPE == "thorough"
EVERY = 1 if THOROUGH else 3
"""One in so many; no multiple of the four backends, so that each of them meets other cases."""
DRAWN = 9 if SCOPE == "portability" else EVERY
"""The same of random instances."""


def few(count: int) -> int:
    """How many of `count` random instances are drawn."""
    return -(-count // DRAWN)


def met(count: int) -> int:
    """The same for tests that demand to have met so many of a kind: as many are drawn for any Python."""
    return -(-count // EVERY)


def sample(*factors: Iterable[Any]) -> list[Any]:
    """Choose from the pairs of two lists; every entry of the first is there if the second has three or more."""
    return list(product(*factors))[::EVERY]
