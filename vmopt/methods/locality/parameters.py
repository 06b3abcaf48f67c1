"""What steers the search for closeness, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LocalityParameters:
    """How exchanges are drawn, how a seating cools down, and where several copies are searched side by side.

    Temperatures are in parts of what an exchange changes on average, so that they suit any unit of cost.
    """

    batch: float = 1 / 8
    """Exchanges drawn at a time, as a part of the items: so few that most of them do not touch each other."""
    first_sweeps: int = 8
    """Exchanges for each item in the first cycle; each further cycle has twice as many."""
    hot: float = 0.3
    """Temperature at which a cycle begins: warm enough to leave where it is, not so warm as to forget it."""
    cold: float = 0.003
    """Temperature to which it falls, where hardly anything that costs more is accepted."""
    quiet: float = 0.2
    """Last part of a cycle, in which nothing that costs more is accepted: a descent to where it ends."""
    to_neighbour: float = 0.75
    """So often an item is sent to where one that it talks to sits: most of what can be gained is there."""
    near_neighbour: float = 0.9
    """So often it is sent there or at least into that one's rack; else anywhere, so that all can be reached."""
    any_partner: float = 0.15
    """So often the partner may be of another kind, or nobody where there is room: among equals all stays feasible."""
    renew_every: int = 4
    """Draws after which the lists of who sits where are made anew: a sort, which need not be exact for drawing."""
    small: int = 1024
    """Items up to which several copies are searched side by side: arrays so short cost as much as these."""
    cycles_of_small: int = 4
    """Cycles of these copies, after which what they found is the answer: a fixed number, by which it repeats."""
    start: float = 0.3
    """Part of the time left that the first seating may take, by clusters and whole hosts; the rest is for exchanges."""
    method: float = 2 / 3
    """Part of the time left for utilisation alone, where latency has a price: what is won there counts most."""
    localising: float = 1 / 3
    """Part of what is left for moves at no loss, before utilisation is given up for latency."""
    most_columns: int = 20_000
    """Columns up to which latency is tried as a linear program, in which each pair of VMs is a column for each way."""
    same_rack: float = 0.9
    """What a site in the rack of related clusters is worth, in items that find a seat: below one, it settles ties."""
    most_seats: int = 20_000_000
    """Entries of the table of who finds a seat where, at most: some 160 MB."""
    most_levels: int = 40
    """Times that clusters are joined: each halves their number or ends it."""


DEFAULT = LocalityParameters()
