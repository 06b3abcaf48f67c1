"""What steers column generation, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from vmopt.methods.patterns.program import PricingLimits


@dataclass(frozen=True)
class ColumnGenerationParameters:
    """Where patterns are worth their time, and how the time is shared among what is done with them."""

    relaxation_share: float = 0.5
    """Part of the time left for the class relaxation: nothing begins without its prices, but half must be left."""
    most_vm_classes: int = 2000
    """VM classes beyond which patterns say little: each has few of them, and pricing takes too long."""
    quick: PricingLimits = field(default=PricingLimits(rounds=200, outward=0.5, hardest=1))
    """For a placement: patterns are priced half way to the master program, with the two lightest efforts."""
    quick_share: float = 0.4
    """Part of the time left for it, so that most is left for the dive, which needs patterns but not all of them."""
    exact: PricingLimits = field(default=PricingLimits(rounds=200, outward=0.8, hardest=3))
    """For the bound: closer to the master program, which has settled by then, and with the greatest effort."""
    exact_share: float = 0.4
    """Part of the time left for it, so that most is left for dives from there."""
    most_hosts_to_improve: int = 20_000
    """Hosts beyond which one dive takes so long that diving again in parts pays no more."""
    most_hosts_to_decide: int = 20
    """Hosts up to which the optimum is looked for by enumeration: the nodes grow exponentially with the hosts."""
    retry: float = 0.8
    """Part of the gap at which enumeration failed that may be left when it is tried again: else it fails once more."""
