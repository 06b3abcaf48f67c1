"""What steers large-neighbourhood search, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.methods.dual_prices import DualPriceParameters


@dataclass(frozen=True)
class ChoiceParameters:
    """Which hosts are freed together, and which unplaced VMs come into question there."""

    by_complement: float = 0.4
    """Chance that companions of a host are those whose free capacity goes well with its own."""
    by_loss: float = 0.4
    """Chance that they are drawn by what they lose; else all hosts are alike, as prices do not know everything."""
    by_waiting: float = 0.7
    """Chance of hosts that could make room for a VM that waits, where nothing is scarce: losses tell nothing then."""
    everybody: float = 0.1
    """Chance, against the mean loss, of a host that loses nothing: it may run what fits better elsewhere."""
    candidates: int = 100
    """Unplaced VM classes that a refill looks at, at most: a small program is to stay small."""
    least_appeal: float = 0.3
    """Down to which part the appeal of these is lowered at random where there are more, so that others come as well."""
    pairs_at_once: int = 64
    """Pairs of hosts that share a pass of exchanges, at most: beyond, a pass takes so much longer."""
    hosts_a_pair: int = 8
    """Hosts that there must be for each pair, so that pairs can be chosen well."""
    couples_at_once: int = 1 << 20
    """Couples of moves that a pass may look at, about: some milliseconds."""
    outside_at_once: int = 1 << 22
    """Unplaced classes times pairs that it may look at, about: some milliseconds as well."""
    sample: int = 256
    """Hosts that stand for all others where each would be looked at for each pair."""


@dataclass(frozen=True)
class ExchangeParameters:
    """How many ways to make room are looked at in a pair of hosts."""

    most_moves: int = 1024
    """Moves between two hosts, at most; drawn at random where there are more."""
    most_couples: int = 1 << 12
    """Couples of moves for each box, at most; of its first moves they leave out the last."""
    most_entrants: int = 64
    """VMs from outside for each pair, about; a fair sample where there are more."""
    rounds: tuple[int, ...] = (0, 16, 64, 256)
    """Offers are looked at in rounds, from each of these to the next: most pairs take one of the best, or none."""

    @property
    def most_offers(self) -> int:
        """Offers for each pair, at most."""
        return self.rounds[-1]


@dataclass(frozen=True)
class MatchingParameters:
    """What is matched anew with the room on hosts."""

    bundle: int = 2
    """VMs of a bundle, at most: larger ones seldom fit anywhere else."""
    outside: int = 64
    """Unplaced VMs that may always take part, where hosts are few."""
    outside_per_host: int = 2
    """Unplaced VMs that may for each host where they are many: a bundle."""
    together: float = 1e-3
    """What it is worth that free capacity comes together, against a VM of mean value: it settles ties."""


@dataclass(frozen=True)
class NeighbourhoodParameters:
    """Sizes of steps, what they cost, and how the time is shared among them.

    Work is in CP-SAT's deterministic unit, about two seconds: what steps cost is never read from a clock, so that one
    thread and a seed decide the outcome.

    Examples
    --------
    >>> NeighbourhoodParameters(sizes=(1, 2, 4)).sizes_for(3)
    [1, 2, 3]
    """

    sizes: tuple[int, ...] = (1, 2, 3, 4, 6, 9, 13)
    """Hosts that a refill frees: half as many again from one to the next, as the best size differs by instance."""
    refill_work: float = 0.05
    """Work that a refill may spend for each host: a tenth of a second, so that many are tried and none holds up all."""
    refill_overhead: float = 0.01
    """Work that a refill costs besides, to be made and taken over: without it the quickest would seem to be free."""
    pass_of_exchanges: float = 0.001
    """Work of a pass of exchanges, whatever the number of pairs: one run over arrays, far cheaper than a refill."""
    exchanged_pair: float = 0.00005
    """Work of each pair of hosts in it, which matters only from 20 pairs on."""
    rematching: float = 0.0001
    """Work of a rematch, whatever the number of hosts: cheap, as it is one assignment problem."""
    rematched_host: float = 0.000005
    """Work of each host in it, which matters only from 20 hosts on."""
    guarded: float = 0.005
    """Work of a rematch under rules, which are asked about each VM: some milliseconds."""
    matched: int = 100
    """Hosts whose bundles are matched at once, at most: the work of an assignment grows with the cube of it."""
    matched_by_loss: float = 0.7
    """Part of the rematches whose hosts are drawn by what they lose, as little is to be gained where little is lost; in
    the others all hosts are alike, for whoever loses nothing may run what fits better elsewhere."""
    whole_at_first: int = 5
    """Hosts that are all filled anew together at first: so few are often solved, and nothing is left to try then."""
    memory: float = 0.8
    """Part of what is known of a kind of step that the next one leaves: the last five count most."""
    forgotten: float = 1e-6
    """Part of the best rate so far below which a step counts as one that gained nothing: what rounding may gain."""
    curiosity: float = 0.15
    """Part of the time that all kinds of steps share evenly: what gains nothing now may gain later on."""
    report_every: float = 0.1
    """Seconds from one report to the next at the least: nobody reads faster."""
    report_pause: float = 20.0
    """How many times the seconds of a report pass to the next: at most a twentieth of the time goes into reports."""
    patience: float = 0.5
    """Work without gain after which a burst ends, about a second: then other methods gain more."""
    choice: ChoiceParameters = field(default=ChoiceParameters())
    """Which hosts are freed together."""
    exchange: ExchangeParameters = field(default=ExchangeParameters())
    """How many ways to make room are looked at in a pair of hosts."""
    match: MatchingParameters = field(default=MatchingParameters())
    """What is matched anew."""
    prices: DualPriceParameters = field(default_factory=DualPriceParameters)
    """How prices to search by are made where the search has none."""

    def sizes_for(self, n_hosts: int) -> list[int]:
        """Hosts that refills free where there are so many; the last frees all, where those are not too many."""
        return [size for size in self.sizes if size < n_hosts] + ([n_hosts] if n_hosts <= self.sizes[-1] else [])

    def expected_work(self, sizes: Sequence[int], ruled: bool = False) -> FloatArray:
        """Work of a refill of each size, of an exchange, of a rematch, and of one under rules, before any was tried."""
        refills = [self.refill_overhead + self.refill_work * size for size in sizes]
        return np.array([*refills, self.pass_of_exchanges, self.rematching] + [self.guarded] * ruled)

    def exchange_work(self, n_pairs: int) -> float:
        """Work of an exchange among so many pairs of hosts."""
        return self.pass_of_exchanges + self.exchanged_pair * n_pairs

    def rematch_work(self, n_hosts: int) -> float:
        """Work of a rematch of so many hosts."""
        return self.rematching + self.rematched_host * n_hosts


DEFAULT = NeighbourhoodParameters()
