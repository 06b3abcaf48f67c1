"""What a test set is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.sets.data import data_files, data_folder
from vmopt import Instance

METHODS = ("auto", "greedy-priority", "greedy-demand")


@dataclass(frozen=True)
class Case:
    """One instance of a set.

    Attributes
    ----------
    name : str
    make : callable
        ``make(seed)`` is the instance for a seed.
    seconds : float
        Time limit, unless the settings of the run say otherwise.
    best_known : float or None
        Published optimum or best known objective; None where nobody states one, or where it depends on the seed.
    gap : float or None
        Gap at which a solve may stop, unless told otherwise; None: that of the set.
    """

    name: str
    make: Callable[[int], Instance]
    seconds: float
    best_known: float | None = None
    gap: float | None = None


@dataclass(frozen=True)
class TestSet:
    """A named family of instances.

    Attributes
    ----------
    name, about : str
    cases : callable
        ``cases()`` goes through the cases; it may read files that `missing` knows of.
    seeded : bool
        Whether any of the instances depends on the seed.
    methods : tuple of str
        Methods that it is run with unless told otherwise; a backend follows an @.
    gap : float
        Gap at which a solve may stop, unless told otherwise.
    files : tuple of str
        Patterns of the files that the set needs, relative to the data folder.
    published : str
        Where these are published.
    """

    name: str
    about: str
    cases: Callable[[], Iterator[Case]]
    seeded: bool = False
    methods: tuple[str, ...] = METHODS
    gap: float = 1e-4
    files: tuple[str, ...] = ()
    published: str = ""
    __test__ = False

    def missing(self) -> str | None:
        """Say which files are missing and where they are published; None where all are there."""
        absent = [pattern for pattern in self.files if not data_files(pattern)]
        if not absent:
            return None
        return (
            f"{self.name} needs {', '.join(absent)}, and {data_folder()} does not have "
            f"{'it' if len(absent) == 1 else 'them'}: published at {self.published}; "
            "name the folder that holds them with --data FOLDER or VMOPT_DATA."
        )
