"""The options that several commands share, declared once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from vmopt.errors import OptionError

if TYPE_CHECKING:
    from vmopt.model.goal_level import GoalLevel
    from vmopt.model.instance import Instance
    from vmopt.model.objective import Objective
    from vmopt.model.objective import Weighting as KnownWeighting

InstanceFile = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="An instance in JSON; - for stdin.", show_default=False),
]
Backend = Annotated[
    str | None, typer.Option("--backend", "-b", help="Backend to use; see 'vmopt backends'.", show_default=False)
]
TimeLimit = Annotated[float, typer.Option("--time-limit", "-t", help="Seconds of wall clock.")]
Gap = Annotated[float, typer.Option("--gap", help="Stop at this relative gap; 0.001 is 0.1 %.")]
FailIfGap = Annotated[
    float | None,
    typer.Option("--fail-if-gap", min=0.0, help="Leave with exit code 4 if the gap is above this.", show_default=False),
]
Seed = Annotated[int, typer.Option("--seed", help="Random seed; the same seed repeats a run.")]
Threads = Annotated[
    int | None, typer.Option("--threads", help="Threads to use; default: all cores.", show_default=False)
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes on stderr.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Weighting = Annotated[
    str | None,
    typer.Option(
        "--weighting",
        help="What priorities are: weights (priority), ranks (tiers), or nothing (demand); default: as the file says.",
        show_default=False,
    ),
]
WantedOutput = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help="File to write; - for stdout.", show_default=False)
]
Method = Annotated[str, typer.Option("--method", "-m", help="Method to use; see 'vmopt methods'.")]
Methods = Annotated[str, typer.Option("--methods", "-m", help="Methods, separated by commas; see 'vmopt methods'.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the placement here, as .json; - prints it.",
        show_default=False,
    ),
]
PlacementOutput = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the placement: .json, .yaml, .csv, .tsv, .parquet; json (-), yaml, csv, tsv, wide print it.",
        show_default=False,
    ),
]
Plot = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE", help="Draw the result here, as png, svg or pdf.", show_default=False),
]
WarmStart = Annotated[
    Path | None,
    typer.Option(
        "--warm-start",
        "-w",
        metavar="FILE",
        help="Start from this solution (JSON), or from VM and host names (JSON, YAML, CSV, TSV, Parquet).",
        show_default=False,
    ),
]
Ties = Annotated[
    str,
    typer.Option("--ties", help="Among equally good placements: spread VMs over hosts, pack them on few, or none."),
]
Network = Annotated[
    Path | None,
    typer.Option("--network", metavar="FILE", help="Network of the hosts, JSON or CSV.", show_default=False),
]
Traffic = Annotated[
    Path | None,
    typer.Option("--traffic", metavar="FILE", help="Traffic between the VMs, JSON or CSV.", show_default=False),
]
Localise = Annotated[
    bool, typer.Option("--localise", help="Keep VMs that talk close, at no loss; takes a third of the time.")
]
LatencyWeight = Annotated[
    float, typer.Option("--latency-weight", help="What the objective may lose for a second of mean latency less.")
]

Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        metavar="RULE",
        help="A rule on top of the file's, such as 'spread(app, over=rack)'; may be repeated; see 'vmopt rules'.",
        show_default=False,
    ),
]

Goals = Annotated[
    list[str] | None,
    typer.Option(
        "--goal",
        metavar="GOAL",
        help="A level of the objective, such as fewest-hosts or 'balance(cpu, kind=above, level=0.7)'; repeated, one "
        "level after the other, in place of the file's; see 'vmopt goals'.",
        show_default=False,
    ),
]
Slack = Annotated[
    list[float] | None,
    typer.Option(
        "--slack",
        help="What a level may lose again to those after it, such as 0.02 for 2 %; one for all, or one each.",
        show_default=False,
    ),
]


def instance_of(
    file: Path,
    weighting: str | None,
    rules: list[str] | None,
    goals: list[str] | None = None,
    slack: list[float] | None = None,
) -> Instance:
    """Read an instance, with the weighting, the goals and the further rules that were asked for."""
    from vmopt import io
    from vmopt.rules import parse_rule

    further = [parse_rule(text) for text in rules or ()]
    instance = io.read(file, weighting=checked_weighting(weighting))
    if goals or slack:
        instance = instance.replace(objective=_with_levels(instance.objective, goals, slack))
    return instance.replace(rules=(*instance.rules, *further)) if further else instance


def _with_levels(objective: Objective, goals: list[str] | None, slack: list[float] | None) -> Objective:
    """The objective with these levels, or with its own and another slack."""
    from vmopt.goals import parse_level
    from vmopt.model.objective import Objective as Made

    levels = [parse_level(text) for text in goals] if goals else objective.goal_levels
    if slack and not levels:
        raise OptionError("--slack needs levels: say which with --goal.")
    given = slack[0] if slack and len(slack) == 1 else slack or 0.0
    own = any(level.names("utilisation") for level in levels)
    base = ("priority", None) if own else (objective.weighting, objective.resource_weights)
    return Made(*base, levels=_as_weighted(levels, objective), latency=objective.latency, slack=given)


def _as_weighted(levels: Sequence[GoalLevel], objective: Objective) -> list[GoalLevel]:
    """A utilisation that says nothing of its weighting has that of the file."""
    from vmopt.goals import Utilisation
    from vmopt.model.goal_level import GoalLevel as Made

    own = Utilisation(objective.weighting, objective.resource_weights)
    return [Made(tuple((w, own if goal == Utilisation() else goal) for w, goal in level.terms)) for level in levels]


def checked_weighting(given: str | None) -> KnownWeighting | None:
    """Return the weighting, if it is one."""
    from vmopt.model.objective import Objective as Made

    return None if given is None else Made(cast("KnownWeighting", given)).weighting


def is_given(context: typer.Context, name: str) -> bool:
    """Whether the command line itself says it, and not a default of any kind."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
