"""Resume: where the placement of before is nearly as good as its bound, only what is lost there is looked for.

After a small change most of what was known holds: prices prove nearly what they proved, and all hosts but a few are
as well filled as before. So the hosts that lose most against the bound of the prices are emptied and dealt anew, with
what is unplaced, in a fraction of the time that all would take; exchanges between hosts close what that leaves open.
Where neither reaches the gap soon, the search goes on as if nothing were known, but for the placement.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vmopt.methods import greedy, neighbourhood, redeal
from vmopt.methods.packing.parameters import NeighbourhoodParameters
from vmopt.methods.redeal import RedealParameters
from vmopt.methods.relaxation import relax_within
from vmopt.methods.search import Search

METHOD = "resume"


@dataclass(frozen=True)
class ResumeParameters:
    """When the placement of before is gone on from, and how much of it is dealt anew."""

    near: float = 0.05
    """Gap up to which it is worth more than a placement made anew."""
    share: float = 0.2
    """Part of the time left that this may take: where it is in vain, most is left for all that comes after it."""
    relaxed: int = 5_000
    """Pairs of a VM class and a host class up to which new prices are had at once."""
    rounds: int = 4
    """Rounds of dealing anew, each more hosts, and improving at most; one without gain ends them sooner."""
    patience: float = 0.05
    """Work without gain after which improving ends: a tenth of what a burst of swaps has."""
    steps: int = 32
    """Steps of improving before hosts are dealt anew: what they gain, a deal may gain at once."""
    dealt: RedealParameters = field(default_factory=RedealParameters)
    """How hosts are dealt anew."""
    improved: NeighbourhoodParameters = field(default_factory=NeighbourhoodParameters)
    """How the placement is improved before, but for its patience."""


DEFAULT = ResumeParameters()


def run(search: Search, parameters: ResumeParameters = DEFAULT) -> None:
    """Fill up, improve, and deal anew in part the placement that the caller gave, unless it is far from the bound.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [3], [3]], [[7]], value=[4, 3, 2])
    >>> solution = vmopt.solve(cluster, warm_start={"vm-0": "host-0", "vm-1": "host-0"}, gap=0)
    >>> solution.host_index.tolist()
    [0, 0, -1]
    """
    if not (search.suggested and search.found) or search.finished:
        return
    problem = search.problem
    if len(problem.vms) * len(problem.hosts) <= parameters.relaxed:
        relaxed = relax_within(search, parameters.share)
        if relaxed is not None:
            search.tighten_by_prices(relaxed.prices, METHOD)
            search.priced = True
    if search.bound - search.objective > parameters.near * abs(search.bound):
        return
    with search.within(parameters.share):
        search.offer(greedy.complete(problem, search.host_index), METHOD)
        for number in range(parameters.rounds):
            before = search.objective
            if not (search.finished or problem.rules or problem.elastic):
                redeal.run(search, 2**number, parameters.dealt)
            if not search.finished:
                _improve(search, parameters)
            if search.finished or search.objective <= before:
                break


def _improve(search: Search, parameters: ResumeParameters) -> None:
    """Exchange what hosts run for some steps, or as long as that gains where no hosts are dealt anew."""
    steps = None if search.problem.rules or search.problem.elastic else parameters.steps
    neighbourhood.improve(search, steps=steps, patience=parameters.patience, parameters=parameters.improved)
