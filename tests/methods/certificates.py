"""Solutions whose bounds are by patterns, made by counted work: no clock decides what they are."""

from __future__ import annotations

import vmopt
from vmopt.methods import column_generation, greedy
from vmopt.methods.search import Search
from vmopt.options import Options


def certified_by_patterns(hosts: int = 8) -> vmopt.Solution:
    """Return the greedy placement of a few large VMs, and the pattern bound of exact pricing."""
    search = Search(vmopt.generate("large", hosts=hosts, seed=1), Options(time_limit=1e6, gap=0.0))
    greedy.run_best(search)
    program = column_generation.begin(search)
    assert program is not None
    program.generate(column_generation.DEFAULT.exact, lambda: False)
    search.tighten_by_patterns(program.certificate(), column_generation.METHOD)
    return search.solution(column_generation.METHOD)
