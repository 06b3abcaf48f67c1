"""`vmopt compare`: several methods on one instance, side by side."""

from __future__ import annotations

from vmopt.cli import options
from vmopt.cli.codes import Exit, of


def compare(
    file: options.InstanceFile,
    methods: options.Methods = "greedy-priority,greedy-demand,auto",
    backend: options.Backend = None,
    time_limit: options.TimeLimit = 60.0,
    gap: options.Gap = 1e-4,
    seed: options.Seed = 0,
    threads: options.Threads = None,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    goal: options.Goals = None,
    slack: options.Slack = None,
    ties: options.Ties = "spread",
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Solve an instance with several methods and put the results side by side.

    The time limit holds for each method. Every gap is measured against the best bound of all methods.
    """
    from vmopt.cli import console, documents
    from vmopt.cli.progress import Progress
    from vmopt.solving import compare as run

    names = [name.strip() for name in methods.split(",") if name.strip()]
    instance = options.instance_of(file, weighting, rule, goal, slack)
    chosen = {"backend": backend, "time_limit": time_limit, "gap": gap, "seed": seed, "threads": threads, "ties": ties}
    with Progress(quiet=quiet) as progress:
        table = run(instance, methods=names, **chosen, progress=progress)
    if as_json:
        documents.show([row._asdict() for row in table])
    else:
        console.show((), ("", table.table()))
    return Exit.SOLVED if any(of(solution) is Exit.SOLVED for solution in table.solutions) else Exit.NO_PLACEMENT
