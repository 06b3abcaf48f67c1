"""Parameters of the search for containers in VMs on hosts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ImproveParameters:
    """How large the parts are that are solved anew.

    Attributes
    ----------
    hosts : int
        Hosts to begin with; one more after tries that were searched to their end for nothing, one less where time ran
        out. Two can exchange VMs.
    patience : int
        Tries for nothing after which there is one host more.
    waiting : float
        Containers that wait, for each that runs on the hosts: those that pay most at the prices. Fewer leave no choice,
        more make each try longer.
    seconds : float
        Most for one try, so that one hard part does not take all of the time.
    """

    hosts: int = 2
    patience: int = 10
    waiting: float = 1.0
    seconds: float = 2.0


@dataclass(frozen=True)
class NestParameters:
    """How the time is dealt out, and what is too large for a stage.

    Attributes
    ----------
    most_pairs : int
        Container classes times slots up to which the one program is worth building.
    most_cells : int
        Container classes times host classes up to which the relaxation is.
    relaxation : float
        Part of the time for the relaxation, of which better prices stop early where that is enough.
    first, largest : float
        Parts for placing containers in the VMs that the relaxation opens, and in the largest that fit.
    program : float
        Part of what is then left for the one program, which proves small clusters or has to leave time to improve.
    worth : float
        Part of what is then left for the first level; the second has the rest.
    reserve : float
        Part of all the time that is kept for bounds of the second level.
    near : float
        Part of the best utilisation in fractions that the cheapest VMs to start with have.
    improve : ImproveParameters
    """

    most_pairs: int = 50_000
    most_cells: int = 2_000_000
    relaxation: float = 0.2
    first: float = 0.2
    largest: float = 0.15
    program: float = 0.3
    worth: float = 0.7
    reserve: float = 0.1
    near: float = 1 - 1e-6
    improve: ImproveParameters = ImproveParameters()
