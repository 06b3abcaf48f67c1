"""What steers the searches of levels, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from vmopt.methods.goals.balance.parameters import DescentParameters, NarrowingParameters, SumParameters


@dataclass(frozen=True)
class RefillParameters:
    """Which hosts are filled anew together, and how long that may take."""

    sizes: tuple[int, ...] = (2, 3, 4, 6, 9, 13)
    """Hosts of a sub-problem: half as many again from one to the next, as the best size differs by instance."""
    own: float = 3.0
    """How often hosts that a goal finds interesting are looked at, at first, against each other way."""
    forgets: float = 0.95
    """What is kept of how often ways and sizes have paid, at each draw of theirs: the last twenty count most."""
    most_cells: int = 4_000
    """VM classes times hosts of a sub-problem at most: a larger one is not solved in its time."""
    guests: int = 2
    """VMs from elsewhere that may take part, for each that is there: more than could take their places."""
    seconds: float = 0.4
    """Of one sub-problem at most, so that many are tried."""
    most_in_vain: int = 200
    """Sub-problems without gain after which a search ends."""
    most_helpers: int = 4
    """Sub-problems at a time, at most: more would share hosts too often."""


@dataclass(frozen=True)
class LevelParameters:
    """How large a level may be for one program, and which part of the time left each search of it gets.

    A search that ends early leaves its time to those after it.
    """

    first: float = 0.4
    """Of all time, for the utilisation where goals come after it; half of it where it is not asked for."""
    small: int = 2_000
    """VM classes times hosts up to which the whole level is one program."""
    tiny: int = 200
    """The same, up to which that program is solved at once, after a glance at what proves more than it claims."""
    glance: float = 0.05
    """For each bound that comes before that program."""
    whole_at_first: float = 0.3
    """For the program before few hosts at a time are filled anew; after them it has all that is left."""
    descent: float = 0.5
    """For a descent where moves are few: it has most of what it finds soon."""
    leave_or_pay: float = 0.05
    """For what each host pays at least, where loads are weighed against moves."""
    bounds_of_moves: float = 0.15
    """For prices there: annealing gains as long as it goes on."""
    anneal: float = 0.97
    """For annealing, after which refills find little."""
    packing_alone: float = 0.8
    """For packing where nothing else is asked for: what is left is for refills."""
    packing: float = 0.3
    """The same where hosts in use are one goal of several."""
    by_terms: float = 0.5
    """For hosts in use and then the rest, one after the other, where they are a sum."""
    bounds: float = 0.3
    """For prices: searches need none of them."""
    exchange: float = 0.7
    """For exchanges of VMs towards a balance, which gain most there."""
    refill_of_small: float = 0.5
    """For refills where the whole program follows; all that is left where it does not."""
    most_steps: int = 30
    """Steps in narrowing down what the fullest host cannot stay below: each halves what is open."""
    near: Fraction = Fraction(1, 2000)
    """Part of that bound from which it is not narrowed any more."""
    host_seconds: float = 2.0
    """For what one host pays at least, at most: there are many."""
    settling_seconds: float = 2.0
    """For moves that are for nothing, where the search before did not take longer."""
    room_seconds: float = 8.0
    """For room where VMs run now, before that: mostly it is made at once, and it saves more moves than all else."""
    refill: RefillParameters = field(default=RefillParameters())
    """Which hosts are filled anew together."""
    narrowing: NarrowingParameters = field(default=NarrowingParameters())
    """How exchanges lower a fullest host or a spread."""
    sums: SumParameters = field(default=SumParameters())
    """How exchanges lower a sum over hosts."""
    descent_by_moves: DescentParameters = field(default=DescentParameters())
    """How a descent chooses its few moves."""


DEFAULT = LevelParameters()
