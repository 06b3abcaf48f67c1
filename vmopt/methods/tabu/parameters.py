"""What steers tabu search, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from vmopt.methods.dual_prices import DualPriceParameters


@dataclass(frozen=True)
class TabuParameters:
    """How many walkers there are, how they walk, and how often what two of them found is merged."""

    most_cells: int = 200_000
    """VMs times hosts times resources up to which it is tried: a step looks at all of them, for each walker."""
    cells: int = 200_000
    """The same times walkers, about: what one step looks at, so that it takes about as long on any instance."""
    fewest: int = 8
    """Walkers at the least: placements are merged in pairs, and the better of two is drawn."""
    most: int = 64
    """Walkers at most, on instances so small that each step of theirs costs next to nothing."""
    spread: float = 0.02
    """Standard deviation of the logarithm of a walker's prices: a little off, so that walkers go different ways."""
    kept_in: tuple[int, int] = (10, 30)
    """For how many steps a VM that was added stays: from, and below; drawn, so that walks do not go in circles."""
    kept_out: tuple[int, int] = (3, 10)
    """For how many steps one that was taken out stays away: less, as far more VMs are outside than inside."""
    patience: int = 30
    """Steps without a better placement after which a walker goes elsewhere: about as long as anything is tabu, since
    mixing two good placements gains more than walking on from one."""
    mix: float = 0.5
    """Chance that a VM is where the first of two placements that are mixed has it: both count alike."""
    round: int = 64
    """Steps between two looks at the clock, at what was found and at merges, so that steps take most of the time."""
    rounds_per_merge: int = 8
    """Rounds for each merge where both share one thread: some 500 steps for what `work` allows a merge."""
    free: int = 40
    """VMs that are placed anew in a merge, at least: two placements may differ in too little to gain by."""
    work: float = 0.2
    """Work of one merge at most, in CP-SAT's deterministic unit, so that one thread and a seed decide the outcome."""
    core: int = 50
    """VMs in doubt on one host, at the least (the core of Balas and Zemel 1980)."""
    core_per_resource: int = 3
    """The same for each resource: the linear relaxation leaves a VM open for each."""
    core_part: float = 0.1
    """The same as a part of all VMs, as prices are the less sure the more there are."""
    prices: DualPriceParameters = field(default_factory=DualPriceParameters)
    """How prices to search by are made where the search has none."""


DEFAULT = TabuParameters()
