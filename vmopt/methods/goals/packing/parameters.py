"""What steers packing into few hosts, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class DiveSteps(NamedTuple):
    """Rounds of pricing at each step of a dive, how hard they are, and the part of the hosts that it fixes."""

    rounds: int
    hardest: int
    share: float


@dataclass(frozen=True)
class CoverParameters:
    """How patterns that cover are generated."""

    rounds: int = 400
    """Rounds of pricing at most, in all."""
    hardest: int = 3
    """Greatest effort in pricing, an index of the efforts: a bound is wanted."""
    short: int = 5
    """Rounds after which what is proven so far is told, where they are quick; else after each."""
    near: float = 0.005
    """Part of the cost that the bound may be away from it where hosts differ: whole patterns are further."""
    slow: float = 0.01
    """Part of the cost of the master that such rounds lower it by, below which they gain little."""
    outward: tuple[float, ...] = (0.8, 1.0)
    """How far towards the dual point of the master patterns are priced, one after the other until any are found."""
    tail: int = 8
    """Rounds over which progress is looked at, from twice as many on: single rounds say little."""
    tailing: float = 0.9
    """Part of the gap before those rounds that must not be left, else the rest of the way would take too long."""


@dataclass(frozen=True)
class FirstFitParameters:
    """How many packings heuristics make."""

    share: float = 0.2
    """Part of the time left for all of them at most."""
    share_with_costs: float = 0.05
    """The same where hosts differ in cost, of which they know little."""
    most_looks: int = 30_000_000
    """VMs times hosts up to which best-fit is tried, and the square of VMs up to which host by host is."""
    draws: int = 160
    """Weights of resources that are drawn, around how scarce they are: late ones still gain, and each is quick."""
    noise: float = 0.02
    """Part by which scores are off in these: ties and near ties go another way each time."""
    kept: int = 8
    """Placements, the best, whose patterns are where column generation begins."""


@dataclass(frozen=True)
class FewHostsParameters:
    """How hosts are chosen by classes, on which all VMs are placed then."""

    eases: tuple[float, ...] = (0.0, 0.002, 0.005, 0.01, 0.02, 0.04)
    """Parts by which VMs count as larger, one after the other: with more room they are placed sooner."""
    choice_seconds: float = 1.0
    """For one choice, at most."""
    most_pairs: int = 6_000
    """Pairs of classes up to which the choice is made; sizes are rounded to have fewer."""
    choice_gap: float = 1e-3
    """Gap up to which costs count as the least, where hosts differ in cost."""
    try_share: float = 0.4
    """Part of the time left for placing all VMs on the hosts chosen."""


@dataclass(frozen=True)
class EmptyingParameters:
    """How a few hosts are emptied, and covered anew by patterns."""

    sizes: tuple[int, ...] = (4, 6, 9, 13, 18)
    """Hosts that are emptied: half as many again from one to the next, as the best number differs by instance."""
    by_loss: float = 0.5
    """Part of their choice that goes by what they cost more than they carry; the rest is random."""
    beside: int = 6
    """Classes of which hosts that are not in use are offered beside those that were emptied."""
    most_patterns: int = 500
    """Patterns that it begins with, at most."""
    rounds: int = 5
    """Rounds of pricing, with the lightest effort: what is known already is nearly enough."""
    seconds: float = 0.5
    """For one choice among patterns, at most, so that many are tried."""
    most_in_vain: int = 400
    """Tries without gain after which a search ends."""


@dataclass(frozen=True)
class PackingParameters:
    """Where patterns are worth their time, and how it is shared among what is done."""

    most_entries: int = 20_000_000
    """VM classes times host classes times resources up to which the class program is built."""
    most_vm_classes: int = 2000
    """VM classes beyond which patterns say little: pricing takes too long."""
    few_per_host: float = 16.0
    """VMs per host up to which patterns say more than classes, even where every VM is different."""
    whole_share: float = 0.05
    """Part of the time left for what whole hosts cost at least: where that matters they are few, and it is quick."""
    pattern_share: float = 0.6
    """Part of the time left for patterns and their bound."""
    pattern_share_ruled: float = 0.3
    """The same where rules or other goals leave the placements to others."""
    exactly: int = 2
    """Effort in pricing that is exact where hosts hold few VMs."""
    few_knapsacks: int = 5
    """Host classes up to which that is quick."""
    thorough: DiveSteps = field(default=DiveSteps(4, 1, 0.1))
    """How a dive goes where hosts cost the same, and at last where they do not."""
    quick: DiveSteps = field(default=DiveSteps(1, 0, 0.2))
    """How it goes first where they do not: there a placement on chosen hosts is still to come."""
    dive_share: float = 0.3
    """Part of the time left for a thorough dive."""
    quick_share: float = 0.8
    """Part of it for a quick one, and for few hosts that differ in cost."""
    combined_share: float = 0.1
    """Part of it for an exact choice among the patterns found."""
    combined_seconds: float = 5.0
    """Seconds for that at most."""
    chosen_share: float = 0.5
    """Part of it for everybody on fewer hosts, where rules or levels above say who may run where."""
    try_chosen: float = 0.3
    """Part of that for one choice of hosts, at most: with too few it ends sooner where that is proven."""
    chosen_tried: int = 8
    """Choices that are tried: each halves what is open."""
    few_hosts_first: float = 0.3
    """Part of it for placing all on few hosts before patterns, where these are alike."""
    few_hosts_later: tuple[float, float] = (0.2, 0.5)
    """Part of it for that after patterns, where hosts are alike and where they are not."""
    first_fit: FirstFitParameters = field(default=FirstFitParameters())
    """How many packings heuristics make."""
    few_hosts: FewHostsParameters = field(default=FewHostsParameters())
    """How hosts are chosen by classes."""
    emptying: EmptyingParameters = field(default=EmptyingParameters())
    """How a few hosts are emptied, and covered anew."""
    cover: CoverParameters = field(default=CoverParameters())
    """How patterns are generated."""


DEFAULT = PackingParameters()
