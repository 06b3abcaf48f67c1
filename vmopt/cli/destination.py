"""Where a placement goes and in which form: ``-o placement.csv``, ``-o csv``, ``-o -``."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from vmopt.cli.output import JSON_SUFFIXES, check_output

FORMS = ("json", "yaml", "csv", "tsv", "wide")
"""Words for ``-o``, as kubectl has them: the placement goes to stdout in that form."""
SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".yaml": "yaml", ".yml": "yaml", ".parquet": "parquet"}


class Destination(NamedTuple):
    """A form, and a file or stdout.

    Examples
    --------
    >>> Destination.of(Path("placement.yml")), Destination.of(Path("wide")).to_stdout
    (Destination(form='yaml', path=PosixPath('placement.yml')), True)
    """

    form: str
    path: Path

    @classmethod
    def of(cls, given: Path | None, *inputs: Path | None) -> Destination | None:
        """Read what ``-o`` was given, and refuse what cannot be written.

        Raises
        ------
        FileError
            If it is neither a form nor a file that can be written, or has an ending that tells no form.
        """
        from vmopt.io.files import STDOUT

        if given is None:
            return None
        if str(given) in FORMS:
            return cls(str(given), STDOUT)
        check_output(given, *inputs, suffixes=(*JSON_SUFFIXES, *SUFFIXES))
        return cls(SUFFIXES.get(given.suffix, "json"), given)

    @property
    def to_stdout(self) -> bool:
        """Whether it is printed."""
        from vmopt.io.files import STDOUT

        return self.path == STDOUT
