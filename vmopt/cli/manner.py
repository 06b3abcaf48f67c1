"""How a command is to speak: asked for once, known everywhere while it runs."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from typing import TextIO

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
"""Of the logger `vmopt`, by how often ``-v`` was given."""
FORMAT = "%(relativeCreated)8d ms  %(name)s: %(message)s"


@dataclass
class Manner:
    """What ``--quiet``, ``-v`` and ``--json`` say.

    Attributes
    ----------
    quiet : bool
        No progress and no notes; warnings and errors are told nevertheless.
    as_json : bool
        The result is to be read by programs.
    """

    quiet: bool = False
    as_json: bool = False

    def take(self, *, quiet: bool, as_json: bool, verbose: int) -> None:
        """Take what a command was given, and send what the library logs to stderr."""
        self.quiet, self.as_json = quiet, as_json
        logger = logging.getLogger("vmopt")
        for old in [handler for handler in logger.handlers if isinstance(handler, _ToStderr)]:
            logger.removeHandler(old)
        logger.setLevel(LEVELS[min(verbose, len(LEVELS) - 1)])
        if verbose:
            logger.addHandler(_ToStderr(sys.stderr))


class _ToStderr(logging.StreamHandler):  # type: ignore[type-arg]
    """Lines with the time since the start and the part of vmopt that speaks."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.setFormatter(logging.Formatter(FORMAT))


manner = Manner()
