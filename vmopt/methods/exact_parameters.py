"""What steers the exact method, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ExactParameters:
    """What is built, and which part of the program is searched first."""

    most_entries: int = 50_000_000
    """Entries of the program up to which it is built: some 150 bytes each, the solver's copy included."""
    entries_per_second: int = 400_000
    """How fast programs are built and handed over at the least."""
    build_share: float = 1 / 3
    """Part of the time left that this may take: what cannot be built in it is not begun."""
    rival_share: float = 0.5
    """Part of the time left for the first of two backends in turn: which is faster nobody knows."""
    gap_part: float = 0.99
    """Part of the gap that backends are given: what their tolerances hide is added to their bounds."""
    renewal: float = 0.5
    """Part of its gap at which a core is worth making anew."""
    bold: float = 0.25
    """Part of the gap, from the bound down, in which a bold run looks first."""
    narrow_steps: int = 3
    """Steps of the objective up to which a gap is searched whole."""
    narrow_gap: float = 1e-4
    """Relative gap up to which it is."""


DEFAULT = ExactParameters()
