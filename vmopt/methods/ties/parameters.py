"""What steers the choice among placements that are equally good, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TieParameters:
    """How long VMs are moved for evenness or for empty hosts: below a second, as nothing is gained by it."""

    spread_work: int = 1_000_000
    """Looks at a VM for evenness, in all rounds together."""
    spread_rounds: int = 64
    """Rounds at most: each moves VMs between half of the hosts and the other half."""
    spread_in_vain: int = 4
    """Rounds that move nothing, each with other pairs, after which it ends."""
    spread_in_vain_of_ruled: int = 16
    """The same where rules are, which forbid moves between many pairs."""
    uneven: float = 1e-2
    """Difference in fullness from which a pair of hosts is looked at: nobody sees less."""
    pack_work: int = 20_000_000
    """Looks at a host for empty hosts, in dealing anew and in emptying each."""
    pack_in_vain: int = 16
    """Hosts that could not be emptied, the emptiest first, after which it ends."""
    work_of_vm: int = 2_500
    """What placing a VM costs besides a look at each host, as in greedy placement."""
    work_of_check: int = 10
    """What it takes to check a rule for one VM, in looks at a host."""


DEFAULT = TieParameters()
