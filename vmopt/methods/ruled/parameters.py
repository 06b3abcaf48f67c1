"""What steers placement under rules, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from vmopt.methods.dual_prices import DualPriceParameters


@dataclass(frozen=True)
class RuledParameters:
    """How placements are made without rules, dealt as rules allow, and completed."""

    small: int = 20_000
    """VM classes times hosts up to which the assignment formulation is worth a try."""
    exact_at_first: float = 0.1
    """Part of the time left for it before others: what it does not prove soon, it does not prove for long."""
    few_alike: int = 2
    """VMs of a size, on average, up to which they seldom can change places."""
    ample: float = 5.0
    """How many times the seconds of a greedy placement there must be left for one that is dealt to come first."""
    blind: float = 0.4
    """Part of it for placements without rules, where they say much."""
    of_chosen: float = 0.3
    """Part of it for placements without rules of those VMs whom limits leave room: what they miss is soon found."""
    few_hosts_of_small: float = 0.4
    """Part of it for filling few hosts anew where proofs follow; else all that is left."""
    dealt: float = 0.2
    """Part of it for rounds, and for placements without rules beside them, where these say little."""
    blind_of_neighbourhood: float = 0.5
    """Part of it for placements without rules where few hosts are all that follows."""
    blind_inside: float = 0.6
    """Part of the time left for the instance without other rules where hosts have parts: patterns of what lands take
    long, and bound the placements under rules as well."""
    priced_share: float = 0.1
    """Part of the time left for prices of rules: they improve the bound alone."""
    stricter: float = 0.3
    """Part of the gap that placements without rules are to reach: dealing loses the rest."""
    stricter_apart: float = 0.8
    """Part of the gap that each component is to reach: what some miss the others make up for."""
    apart: float = 0.8
    """Part of the time left for components, where there are any: little is left to do for all of them together."""
    apart_told: float = 0.1
    """Part of the VMs in components that were searched since, after which it is told what they make together."""
    pinned: float = 0.4
    """Part of the time left for placing others beside VMs that have one host each, where these are worth more than the
    gap."""
    promising: float = 0.5
    """Part of the gap that a deal must be able to close to be made before the end."""
    dealt_quickly: int = 4_000
    """VM classes up to which a deal takes a small part of a second, about."""
    classes_per_second: int = 10_000
    """VM classes that are dealt in a second, about."""
    pause: float = 10.0
    """How many times the seconds of a deal pass before the next one: deals take a tenth of the time at most."""
    most_sets: int = 2_000
    """Sets of a group that shares a host up to which all are compared; else they grow VM by VM."""
    grace_share: float = 0.05
    """Part of the time limit that a placement in the making may take beyond it: half of one is of no use."""
    grace_seconds: float = 0.25
    """Seconds that it may take besides, where the limit is short."""
    hasty_share: float = 0.1
    """Part of the time limit in which VMs are added to what is left of a placement without rules."""
    again: int = 3
    """How often VMs are looked at again that others must go before: chains of needs are seldom longer."""
    put_back: int = 2
    """How often VMs are looked at that may be put back: once more for those that others must go before."""
    most_together: int = 64
    """VMs that need each other and begin together, at most."""
    domains_tried: int = 8
    """Domains in which they are tried, those with most room first: the others have even less."""
    most_begun: int = 5_000
    """Groups in domains that are begun, or tried, in one go: some seconds."""
    bent: int = 2_000
    """Hosts of VMs that are tried in one go against soft rules: each trial works out anew what they cost."""
    bent_looks: int = 4_000_000
    """VMs that are looked at in doing so: by each rule, all of them for each trial."""
    bent_hosts: int = 8
    """Hosts that are tried for one VM, the emptiest first."""
    evict_worth: float = 0.1
    """Part of the gap that dealing must have lost for valuable VMs to take the places of others: what was not there
    before it was dealt is found sooner by placing anew."""
    evict_share: float = 0.02
    """Part of the time left in which valuable VMs may take the places of others."""
    evict_seconds: float = 0.5
    """Seconds that they have at least: a deal that is not completed so is seldom better than what there was."""
    evict_vms: int = 500
    """VMs that are looked at for that, the most valuable first."""
    evict_hosts: int = 12
    """Hosts whose VMs are compared for each, those with most room first."""
    prices: DualPriceParameters = field(default_factory=DualPriceParameters)
    """How prices to search by are made where the search has none."""


DEFAULT = RuledParameters()
