"""What a placement gives up for latency: its utilisation less what its seconds cost, and the most that there is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LatencyTrade:
    """What a placement is worth when latency has a price.

    Attributes
    ----------
    weight : float
        What the objective loses for each second.
    latency : float
        Seconds: rate times latency over all pairs of VMs, by the sum of all rates; pairs with an unplaced end count 0.
    value : float
        The objective: utilisation minus weight times latency.
    bound : float
        No placement has a larger value.
    """

    weight: float
    latency: float
    value: float
    bound: float
