"""The commands of `vmopt`, put together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vmopt.cli.codes import TOLD
from vmopt.cli.commands import (
    bound,
    check,
    compare,
    convert,
    demo,
    explain,
    explore,
    generate,
    headroom,
    imports,
    listing,
    nest,
    plan,
    report,
    sensitivity,
    simulate,
    solve,
    trade_off,
    verify,
    watch,
    what_if,
)
from vmopt.cli.common import with_common_options
from vmopt.cli.defaults import take as take_defaults
from vmopt.cli.plain_flags import Command, Group

HELP_NAMES = {"help_option_names": ["-h", "--help"]}


def _version(asked: bool) -> None:
    if asked:
        from vmopt import __version__

        typer.echo(f"vmopt {__version__}")
        raise typer.Exit


app = typer.Typer(
    name="vmopt",
    cls=Group,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings=HELP_NAMES,
    epilog="Start here: [bold]vmopt demo[/bold]. Every command explains itself: [bold]vmopt solve --help[/bold].\n\n"
    f"Exit codes: {TOLD}.",
)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Show the version and leave.", callback=_version, is_eager=True)
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Defaults of options, in TOML.", show_default="vmopt.toml"),
    ] = None,
) -> None:
    """Place virtual machines and containers on hosts, and prove how close to the optimum the answer is."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        return
    for told in take_defaults(context, config):
        typer.echo(f"vmopt: warning: {told}", err=True)


def _add(group: typer.Typer, name: str, command: Any, example: str, panel: str | None = None) -> None:
    epilog = f"Example: [bold]{example}[/bold]"
    group.command(name, cls=Command, epilog=epilog, rich_help_panel=panel)(with_common_options(command))


SOLVING, EXPLAINING, CHANGE, FILES, ABOUT = "Solve", "Explain", "Change", "Files", "About"
_add(app, "demo", demo.demo, "vmopt demo", SOLVING)
_add(app, "solve", solve.solve, "vmopt solve cluster.json --time-limit 20 -o placement.json", SOLVING)
_add(app, "watch", watch.watch, "vmopt watch cluster.json -o placement.json --time-limit 5", SOLVING)
_add(app, "bound", bound.bound, "vmopt bound cluster.json", SOLVING)
_add(app, "compare", compare.compare, "vmopt compare cluster.json --methods greedy-priority,auto", SOLVING)
_add(app, "trade-off", trade_off.trade_off, "vmopt trade-off cluster.json --goal fewest-hosts --goal balance", SOLVING)
_add(app, "simulate", simulate.simulate, "vmopt simulate requests.json --policy priority --policy optimal", SOLVING)
_add(app, "nest", nest.nest, "vmopt nest containers.json --time-limit 20 -o answer.json", SOLVING)
_add(app, "verify", verify.verify, "vmopt verify cluster.json placement.json", SOLVING)
_add(app, "check", check.check, "vmopt check cluster.json", EXPLAINING)
_add(app, "explain", explain.explain, "vmopt explain cluster.json placement.json web-7", EXPLAINING)
RANKED = """vmopt rank cluster.json placement.json --vm '{"cpu": 4, "memory": 16}'"""
_add(app, "rank", explain.rank, RANKED, EXPLAINING)
_add(app, "what-if", what_if.what_if, "vmopt what-if cluster.json placement.json --fail host-3", EXPLAINING)
_add(app, "sensitivity", sensitivity.sensitivity, "vmopt sensitivity cluster.json placement.json", EXPLAINING)
_add(app, "explore", explore.explore, "vmopt explore cluster.json placement.json --open", EXPLAINING)
_add(app, "report", report.report, "vmopt report cluster.json placement.json -o report.html", EXPLAINING)
_add(app, "plan", plan.plan, "vmopt plan cluster.json placement.json --at-once 4", CHANGE)
_add(app, "evacuate", plan.evacuate, "vmopt evacuate cluster.json host-3 host-4 --shell qm", CHANGE)
_add(app, "headroom", headroom.headroom, "vmopt headroom cluster.json --over rack", CHANGE)
_add(app, "show", convert.show, "vmopt show cluster.json", FILES)
_add(app, "generate", generate.generate, "vmopt generate flavor --hosts 50 --load 1.3 --seed 7 -o cluster.json", FILES)
_add(app, "export", convert.export, "vmopt export cluster.json -o model.lp", FILES)
_add(
    app,
    "import-solution",
    convert.import_solution,
    "vmopt import-solution cluster.json model.sol -o placement.json",
    FILES,
)
app.add_typer(imports.app, name="import", rich_help_panel=FILES)
_add(app, "methods", listing.methods, "vmopt methods", ABOUT)
_add(app, "backends", listing.backends, "vmopt backends", ABOUT)
_add(app, "rules", listing.rules, "vmopt rules spread", ABOUT)
_add(app, "goals", listing.goals, "vmopt goals balance", ABOUT)
