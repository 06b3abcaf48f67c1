"""The `vmopt` command. Nothing but typer is loaded before a command runs, so that `vmopt --help` is quick."""

from vmopt.cli.entry import main

__all__ = ["main"]
