"""What steers searches for few moves, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChangeParameters:
    """How long what runs now is made to keep rules, and how room is made for VMs that had to leave."""

    kept_share: float = 0.3
    """Part of the time left in which what runs now is made to keep rules."""
    most_matched: int = 1_500
    """Hosts of a class up to which the best exchange is worked out: an assignment of so many by so many."""
    most_entries: int = 5_000_000
    """Entries up to which the program of moves is built for its prices."""
    most_entries_untold: int = 200_000
    """The same where the bound is told to nobody: it takes a second where refills take no longer."""
    most_cells: int = 4_000
    """VM classes times hosts of a program that makes room, at most."""
    squeeze_seconds: float = 1.0
    """For one, at most."""
    first_hosts: int = 4
    """Hosts that make room for a VM at first; twice as many each time where that is in vain."""
    most_hosts: int = 48
    """Hosts that do at most: a program of more is not solved in its time."""
    runs_share: float = 0.7
    """Part of it in which others make room, where who runs is settled: it leaves few moves to be saved."""
    draws: int = 3
    """Of hosts that make room, where who runs is settled: most go well at the first, few after the third."""
    loosely: float = 0.2
    """How far the first of these draws may be from the fewest moves: it takes a tenth of the time."""
    given_up_share: float = 0.3
    """Part of the time left for giving up hosts that a level above no longer pays for."""
    eases: tuple[float, ...] = (1.0, 0.95, 0.9, 0.8, 0.65, 0.5, 0.35)
    """Parts of what can be left free of them that are tried: with more all find room, with less fewer move."""
    near_ease: float = 0.005
    """How closely it is found out how much can be left free."""
    try_given_up: float = 0.6
    """Part of the time left of it for one choice of hosts, and for emptying what it gives up."""
    near_fewest: float = 0.01
    """How far a choice may be from the fewest moves: it is a guess of what can be had."""
    most_in_vain: int = 10
    """VMs given up after which there is no room, it seems."""


DEFAULT = ChangeParameters()
