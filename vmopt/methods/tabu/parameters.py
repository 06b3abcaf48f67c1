"""What steers the tabu search, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TabuParameters:
    """Which VMs are in doubt, how walkers walk, and how often two placements are merged.

    Examples
    --------
    >>> TabuParameters().core_size(n_vms=500, n_resources=10)
    130
    """

    most_cells: int = 200_000
    """VMs times hosts times resources up to which a step is quick enough."""
    core: int = 50
    """VMs in doubt on one host at the least."""
    core_per_resource: int = 3
    """VMs in doubt besides for each resource: for each price there is a VM that is just worth it."""
    core_part: float = 0.1
    """Part of all VMs in doubt besides: the more there are, the more lose next to nothing."""
    cells: int = 200_000
    """Walkers times VMs times hosts times resources: what one step looks at."""
    fewest: int = 8
    """Walkers, so that there are always placements to mix."""
    most: int = 64
    """Walkers, beyond which each would walk too little."""
    price_spread: float = 0.02
    """Standard deviation of the logarithm of a walker's prices."""
    kept_in: tuple[int, int] = (10, 30)
    """For how many steps a VM that was added stays: from, and below."""
    kept_out: tuple[int, int] = (3, 10)
    """For how many steps a VM that was taken out stays away: shorter, as most VMs in doubt are out."""
    patience: int = 30
    """Steps without a better placement after which a walker goes elsewhere: what two good placements share is worth
    more than a longer walk from one."""
    mix: float = 0.5
    """Chance that a VM is where the first of two placements that are mixed has it."""
    round: int = 64
    """Steps between two looks at the clock."""
    rounds_per_merge: int = 8
    """Rounds from one merge to the next where the walkers and the merges share one thread."""
    free: int = 40
    """VMs that are placed anew in a merge, at least."""
    work: float = 0.2
    """Of one merge, in CP-SAT's own unit: less than half a second."""

    def core_size(self, n_vms: int, n_resources: int) -> int:
        """VMs in doubt on one host."""
        return int(self.core + self.core_per_resource * n_resources + self.core_part * n_vms)


DEFAULT = TabuParameters()
