"""A search within a search: of a simpler instance, whose placements the whole one judges too."""

from __future__ import annotations

from dataclasses import replace

from vmopt.arrays import IntArray
from vmopt.methods.search import Search
from vmopt.model.instance import Instance


class InnerSearch(Search):
    """A search that hands every better placement on to the search it is part of, and ends with it.

    Parameters
    ----------
    whole : Search
    instance : Instance
        The same VMs and hosts, with other values or sizes: what fits here fits there.
    share : float
        Part of the time left.
    gap : float
        Gap to be reached here.
    """

    def __init__(self, whole: Search, instance: Instance, *, share: float = 1.0, gap: float) -> None:
        super().__init__(instance, replace(whole.options, time_limit=share * whole.remaining, gap=gap, progress=None))
        self.whole = whole

    def offer(self, placement: IntArray, method: str) -> bool:
        """Take a placement if it is better here; the whole search judges it by its own objective."""
        better = super().offer(placement, method)
        if better:
            try:
                self.whole.offer(self.host_index, method)
            finally:
                self.callers_error = self.whole.callers_error
        return better

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do here, or in the whole search, or no time to do it."""
        return super().finished or self.whole.finished
