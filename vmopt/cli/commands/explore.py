"""`vmopt explore`: try changes of a placement by hand, in a browser on this machine."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.commands.explain import SolutionFile, solution_of


def explore(
    file: options.InstanceFile,
    solution: SolutionFile,
    port: Annotated[int, typer.Option("--port", help="Port to listen on; 0 for any that is free.")] = 0,
    browse: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    goal: options.Goals = None,
    slack: options.Slack = None,
    as_json: options.AsJson = False,
) -> int:
    """Try moves, drains and other what-ifs by hand, each judged from the data and priced.

    The address of the page is printed. It is of this machine alone and holds a random token; other pages cannot use
    it. Nothing is saved. Ctrl-C ends it, with exit code 0.
    """
    from vmopt.explore import serve

    with serve(solution_of(file, solution, weighting, rule, goal, slack), port) as server:
        print(json.dumps({"url": server.url}) if as_json else server.url, flush=True)
        if browse:
            import webbrowser

            webbrowser.open(server.url)
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return Exit.SOLVED
