"""The `vmopt` command. Nothing but typer is loaded before a command runs, so that `vmopt --help` is quick."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the `vmopt` command; Ctrl-C ends it without a word while it is still being loaded too.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows ``vmopt``; default: the arguments of the process.

    Returns
    -------
    int
        An `Exit` code.
    """
    try:
        from vmopt.cli import entry  # here, where Ctrl-C is caught: this takes longer than all that Python does before

        return entry.main(arguments)
    except KeyboardInterrupt:
        return 130  # Exit.INTERRUPTED, which may be what was being loaded
