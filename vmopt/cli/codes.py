"""What the exit code of `vmopt` says."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmopt.solution import Solution


class Exit(IntEnum):
    """Exit codes; the last three are what a shell gives a program that a signal ended."""

    SOLVED = 0
    """There is a placement, or the file is what it claims to be."""
    NO_PLACEMENT = 1
    """There is none, or `verify` or `check` found something wrong."""
    BAD_INPUT = 2
    """A file, an option or a backend cannot be used."""
    UNPROVEN = 3
    """`verify --recheck` found nothing wrong, and proved less than the file says in the time it had; or `check` did not
    find out in its time whether there is a placement."""
    GAP = 4
    """There is a placement, but its gap is above what ``--fail-if-gap`` asks for."""
    BUG = 70
    """vmopt itself is wrong (EX_SOFTWARE of sysexits.h)."""
    CANNOT_WRITE = 74
    """A result could not be written (EX_IOERR of sysexits.h); what else was wanted is written, the reason on stderr."""
    INTERRUPTED = 130
    """Ctrl-C, and there was nothing to show."""
    CLOSED_PIPE = 141
    """Whoever read the output stopped reading."""
    TERMINATED = 143
    """SIGTERM; what was found until then is written."""


TOLD = (
    "0 done; 1 no placement, or something is wrong; 2 bad input; 3 not proven in time; 4 gap above --fail-if-gap; "
    "70 a bug; 74 not written; 130 Ctrl-C; 141 closed pipe; 143 SIGTERM"
)
"""The codes in one line, for ``vmopt --help``."""


def of(solution: Solution, most: float | None = None) -> Exit:
    """Exit code for a solution: whether it is a placement, and its gap at most that, if one is given."""
    if solution.status.value not in ("optimal", "feasible"):
        return Exit.NO_PLACEMENT
    return Exit.SOLVED if most is None or solution.gap <= most else Exit.GAP
