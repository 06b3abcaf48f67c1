"""Faults: what went wrong in one part of a method, kept while the other parts go on."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from vmopt.errors import BackendError, OptionError, SolverError
from vmopt.methods.search import Search


class Faults:
    """The errors of the parts of a method.

    Parameters
    ----------
    search : Search

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.options import Options
    >>> faults = Faults(Search(Instance.from_arrays([[1]], [[1]]), Options()))
    >>> with faults.kept("a part"):
    ...     raise SolverError("the solver failed.")
    >>> print(faults)
    a part: the solver failed.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self.errors: list[tuple[str, Exception]] = []

    def __str__(self) -> str:
        return "; ".join(f"{part}: {_explained(error)}" for part, error in self.errors)

    @contextmanager
    def kept(self, part: str) -> Iterator[None]:
        """Keep what is raised inside, but for what is the caller's: options without sense, his progress function."""
        try:
            yield
        except OptionError:
            raise
        except Exception as error:
            if error is self._search.callers_error:
                raise
            self.errors.append((part, error))

    def raise_first(self) -> None:
        """Raise the first error, if there is any."""
        if self.errors:
            raise self.errors[0][1]

    def warn(self) -> None:
        """Warn once of all errors."""
        if self.errors:
            warnings.warn(f"a part of the search failed, the others went on: {self}", RuntimeWarning, stacklevel=2)


def _explained(error: Exception) -> str:
    expected = isinstance(error, SolverError | BackendError | MemoryError)
    return str(error) or type(error).__name__ if expected else f"{type(error).__name__}: {error} (please report this)"
