"""`vmopt trade-off`: what one goal costs in another."""

from __future__ import annotations

from typing import Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.errors import OptionError

Points = Annotated[int, typer.Option("--points", help="Points of the curve at most, both ends included.")]
BOTH = 2


def trade_off(
    file: options.InstanceFile,
    goal: options.Goals = None,
    points: Points = 10,
    time_limit: options.TimeLimit = 60.0,
    gap: options.Gap = 1e-4,
    seed: options.Seed = 0,
    threads: options.Threads = None,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    as_json: options.AsJson = False,
) -> int:
    """Work out the curve of two goals, named by --goal twice: how much of one has to be given up for the other.

    Every point has a bound of the second goal, given the first. What is served first, the utilisation, is held
    throughout, unless it is one of both. The time limit is for the whole curve.
    """
    from vmopt.cli import console, documents
    from vmopt.goals import parse_level
    from vmopt.trade_offs import trade_off as run

    if len(goal or ()) != BOTH:
        raise OptionError("a trade-off is between two goals: name both, such as --goal fewest-hosts --goal balance.")
    a, b = (parse_level(text) for text in goal or ())
    instance = options.instance_of(file, weighting, rule)
    curve = run(instance, a, b, points=points, time_limit=time_limit, gap=gap, seed=seed, threads=threads)
    if as_json:
        documents.show(curve.to_dicts())
    else:
        console.show((), ("", curve.table()))
        if curve.open_end:
            console.note(curve.open_end)
    return Exit.SOLVED
