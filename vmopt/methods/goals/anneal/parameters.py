"""What steers the annealing of placements whose moves are weighed against loads, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AnnealParameters:
    """How a placement cools down.

    Heats are in parts of what a VM costs more than the bound in the mean, so that they suit any unit of cost.
    """

    cold: float = 0.95
    """Part of the time from which on nothing may cost more, once no host is overfull; till then seconds cool alike."""
    heats: tuple[float, float] = (2.0, 0.02)
    """Heats at first and when it is cold: from where large VMs move freely to where hardly any does."""
    large: float = 0.5
    """VMs are drawn as often as their size to this power: large ones have few good places, small ones settle soon."""
    partners: int = 1_024
    """VMs with which a VM may change places at a draw at most, so that the pieces of all stay near."""
    near: float = 0.5
    """Part of the draws in which those are of like size; where hosts are full, many a way needs others."""
    enough: int = 200
    """Draws for each VM from which on it begins as hot as that: with fewer, time would be up before it is cold."""
    ejected: tuple[float, float] = (0.3, 0.5)
    """Part of the way to the cold from which on VMs go where others must go on, and part of the draws in which they do
    when it is cold. Where it is hot so many can that chains are drawn out of proportion, and cost stays higher."""
    again: float = 0.4
    """Part of the time at last, if there is plenty, in which threads go on from the best placement of all of them."""
    plenty: int = 1_000
    """Draws for each VM from which on there is: with fewer, one long cooling has better use for them."""
    rounds: int = 8
    """How often they do: each time it is warmed up and cooled down, and then kicked."""
    warm: float = 0.12
    """Heat to which it is warmed up: small VMs find new places around what kicks have changed, large ones stay."""
    cooled: float = 0.5
    """Part of a round that this takes, before kicks."""
    around: tuple[int, int] = (60, 160)
    """VMs that run at most on the two hosts that a VM goes from and to, and on those that are annealed with them: with
    three hundred a kick takes three times as long, and its hosts are not yet as good as they were when it ends."""
    kick_heats: tuple[float, ...] = (0.2, 0.14, 0.1, 0.07, 0.05, 0.04, 0.03, 0.02)
    """Heats after a kick: hot enough for those around to make room, too cold for much else to get lost."""
    kick_draws: int = 20
    """Draws for each VM there at each of them."""
    kick_toll: float = 30.0
    """What hosts pay then for what they hold too much."""
    kick_ejected: float = 0.3
    """Part of the draws then in which VMs go where others must go on."""
    most_heats: float = 25.0
    """What costs so many heats more is not drawn: it would be, once in a hundred thousand million times."""
    rounding: float = 1e-5
    """Part of what a host costs that sums in single precision may be off: up to it, it is judged again what saves."""
    tries: int = 30
    """Options drawn for a VM until rules allow one."""
    underflow: float = 1e-9
    """Sum of likelihoods below which they are worked out anew, without what made them small."""
    toll: float = 5.0
    """What hosts pay at first for what they hold too much, in parts of all there is to be saved for all they have."""
    least_toll: float = 2.0
    """Below, it is too cheap to come back to what is lawful."""
    most_toll: float = 1e6
    """Above, sums of costs lose their last digits."""
    rises: float = 1.04
    """By what the toll changes at a look where more hosts are overfull than may be: twentyfold in 80 looks."""
    falls: float = 0.97
    """By what it changes where no more are than may be; more slowly, as what is lawful is lost at once."""
    overfull: float = 0.4
    """Part of the hosts that may be overfull at first."""
    lawful: float = 0.6
    """Part of the time from which on none may: early enough that it is still warm, and what is in the way can move."""
    drawn: int = 100
    """Draws at first, by which is found how many there is time for."""
    looks: int = 400
    """How often tolls are set and the placement is kept: often enough for tolls to follow the heat."""
    longest: float = 0.2
    """Seconds between two looks at most, so that it ends in time."""
    most_ways: int = 30_000_000
    """Pairs of hosts up to which ways between them are held: 240 MB."""
    most_places: int = 20_000_000
    """Pairs of a VM and a host up to which it is listed who may go where: 180 MB at most."""
    most_counts: int = 200_000_000
    """Groups times domains of rules up to which they are counted: 800 MB."""


DEFAULT = AnnealParameters()
