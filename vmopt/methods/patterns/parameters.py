"""What steers column generation, and why."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fineness:
    """How fine the table is that tells what a partial pattern can still earn."""

    entries: int = 2**24
    """Entries of the table at most: 64 MB in single precision."""
    finest: int = 200
    """Cells of each of two resources at most: the table is filled anew for every knapsack."""
    finest_line: int = 4096
    """Cells where there is one resource: so many are still cheap."""


CELLS = Fineness()


@dataclass(frozen=True)
class PricingEffort:
    """How hard to look for patterns."""

    beam: int
    """Partial patterns that go on where layers are decided one by one."""
    core: int
    """Layers that are decided; the others keep their best number."""
    width: int = 0
    """Partial patterns of equally many VMs that go on where VMs are added one by one."""
    keep: int = 400
    """Patterns that are returned: more would slow the master program down, and differ little."""
    every: bool = False
    """Return every pattern instead, also those of equal load and lower profit."""
    landing: bool = False
    """Give up partial patterns whose VMs do not land on the parts of a host as soon as they do not: that takes long,
    and proves more. Else whole patterns are looked at, and those that land are returned."""
    program: float | None = None
    """Where hosts have parts, solve an integer program instead, for so many seconds at most: it proves much more."""
    candidates: int = 2000
    """Best patterns among which those to return are chosen, so that they differ."""
    big_first: float = 2.0
    """What a layer of VMs as large as a host counts for in the order of layers, against one that loses the whole gap
    by deviating: large VMs leave few ways, so they come early."""
    few: int = 64
    """Partial patterns below which equal loads are not looked for: sorting would cost more than it saves."""
    pairs: int = 2_000_000
    """Pairs of a partial pattern and a VM that are looked at at once: some 100 MB with two resources."""
    cells: Fineness = CELLS
    """How fine the table of completions is."""


@dataclass(frozen=True)
class PricingParameters:
    """Efforts one after the other, and where VMs are added one by one."""

    efforts: tuple[PricingEffort, ...] = (
        PricingEffort(beam=100, core=60, width=300),
        PricingEffort(beam=1000, core=150, width=3000),
        PricingEffort(beam=4000, core=10**6, width=30_000, program=1.0),
        PricingEffort(beam=20_000, core=10**6, width=100_000, program=10.0),
    )
    """From quick to hard, each several times the one before it: the next is tried only where one finds nothing."""
    few_vms: int = 7
    """VMs that a host holds in the linear relaxation up to which they are added one by one: with more, too many
    partial patterns are alike."""

    @property
    def hardest(self) -> int:
        """Index of the greatest effort."""
        return len(self.efforts) - 1


@dataclass(frozen=True)
class PricingLimits:
    """How to generate patterns."""

    rounds: int
    """Rounds of pricing at most."""
    outward: float
    """Part of the way from the valid dual point to that of the master program at which patterns are priced first."""
    hardest: int
    """Greatest effort in pricing, an index of `PricingParameters.efforts`."""
    tail: int = 6
    """Rounds over which progress is looked at, from twice as many on: single rounds say little."""
    tailing: float = 0.9
    """Part of the gap before those rounds that must not be left, else the rest of the way would take too long."""
    promising: float = 0.1
    """Part of the gap that a point must promise to close before it is worth a proof."""


@dataclass(frozen=True)
class DiveParameters:
    """How whole patterns are chosen."""

    narrow: float = 0.01
    """How far below its price a host may earn at first, when hosts are filled at valid prices: nearly perfect."""
    wide: float = 0.3
    """How far at last; beyond, prices say nothing, and any pattern is taken."""
    wider: float = 3.0
    """By what that grows where nothing is found: from narrow to wide in four steps."""
    filled: float = 0.2
    """Part of the hosts of a class left that is filled at a time: with what is left to place, the best
    patterns change."""
    fixed: float = 0.1
    """Part of the hosts left that is fixed before patterns are priced again: ten steps at first, more for the last."""
    least_part: float = 0.2
    """Fraction of a pattern up to which it is not rounded up: what is less certain waits for new prices."""
    limits: PricingLimits = field(default=PricingLimits(rounds=4, outward=0.3, hardest=1))
    """How patterns are priced in between: quickly, as it happens after every step."""


@dataclass(frozen=True)
class ColumnGenerationParameters:
    """Where patterns are worth their time, and how the time is shared among what is done with them."""

    relaxation_share: float = 0.5
    """Part of the time left for the class relaxation: nothing begins without its prices, but half must be left."""
    most_vm_classes: int = 2000
    """VM classes beyond which patterns say little: each has few of them, and pricing takes too long."""
    pricing: PricingParameters = field(default=PricingParameters())
    """How hard patterns are looked for."""
    quick: PricingLimits = field(default=PricingLimits(rounds=200, outward=0.5, hardest=1))
    """For a placement: patterns are priced half way to the master program, with the two lightest efforts."""
    quick_share: float = 0.4
    """Part of the time left for it, so that most is left for the dive, which needs patterns but not all of them."""
    dive: DiveParameters = field(default=DiveParameters())
    """How whole patterns are chosen."""
    exact: PricingLimits = field(default=PricingLimits(rounds=200, outward=0.8, hardest=3))
    """For the bound: closer to the master program, which has settled by then, and with the greatest effort."""
    exact_share: float = 0.4
    """Part of the time left for it, so that most is left for dives from there."""
    outward_inside: float = 1.0
    """What is instead of `outward` where patterns have to land on the parts of hosts: quick pricing proves so little
    there that the valid point stays behind, and there is nothing to go half way from."""
    most_hosts_to_improve: int = 20_000
    """Hosts beyond which one dive takes so long that diving again in parts pays no more."""
    emptied: int = 12
    """Hosts that are emptied to dive again: few, for a quick dive, and enough of them for other patterns to fit."""
    emptied_by_loss: float = 0.5
    """Part of the choice of these hosts that goes by what they lose, where most is to be gained; the rest is random."""
    most_patterns_of_part: int = 600
    """Patterns that such a dive begins with at most: the best at valid prices."""
    most_hosts_to_decide: int = 20
    """Hosts up to which the optimum is looked for by enumeration: the nodes grow exponentially with the hosts."""
    most_patterns_to_decide: int = 20_000
    """Patterns up to which it decides: an integer program of more columns is seldom solved."""
    most_patterns_to_combine: int = 1_500
    """Patterns known that an integer program combines, of hosts as few as that: with more, it comes to less in its
    time."""
    combination_share: float = 0.5
    """Part of the time left for it: it gains more than dives do, but bounds and decisions come after it."""
    enumeration: PricingEffort = field(default=PricingEffort(beam=40_000, core=10**6, every=True, landing=True))
    """How every pattern is looked for: with twice as many partial ones, and all layers."""
    decision_share: float = 0.8
    """Part of the time left for the decision: nothing better follows, but dives must not be left out."""
    retry: float = 0.8
    """Part of the gap at which enumeration failed that may be left when it is tried again: else it fails once more."""


DEFAULT = ColumnGenerationParameters()
