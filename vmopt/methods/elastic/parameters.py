"""What steers methods for elastic VMs, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ElasticParameters:
    """How sizes are chosen, and how the time is shared between them and a proof."""

    small: int = 5_000
    """VM classes times hosts up to which the mixed program may prove the optimum."""
    proof_shares: tuple[float, float] = (0.3, 1.0)
    """Part of the time left for it before and after placing by sizes: the first for what is easy, the last for good."""
    sized_share: float = 0.4
    """Part of the time left for placing by sizes where a proof follows."""
    pass_share: float = 0.5
    """Part of the time left that each pass gets: earlier ones gain more."""
    most_passes: int = 8
    """Passes at most: the last gets a 128th of the time."""
    stricter: float = 0.1
    """Fixed sizes are to be placed within this part of the gap that elastic ones are to reach."""
    most_pairs: int = 1_000
    """VM classes times host classes up to which the relaxation is solved as a linear program, which tells parts."""
    program_share: float = 0.5
    """Part of the time left for that."""


DEFAULT = ElasticParameters()
