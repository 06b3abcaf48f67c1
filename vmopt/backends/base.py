"""What every backend is: a LinearProgram in, an LPResult out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from vmopt.arrays import FloatArray
from vmopt.status import Limit, Status

if TYPE_CHECKING:
    from vmopt.formulation.linear_program import LinearProgram


LARGEST_SEED = 2**30
"""Seeds are taken modulo this: the solvers' own are 32-bit integers."""


class Capability(Flag):
    """What a backend can do.

    Examples
    --------
    >>> from vmopt.backends import Capability, get
    >>> Capability.INTEGER in get("cp-sat").capabilities
    True
    """

    CONTINUOUS = auto()
    """Columns that need not be integers."""
    INTEGER = auto()
    """Columns that must be integers."""
    PRICES = auto()
    """Dual values of the rows of a continuous program."""
    START = auto()
    """Takes a point to start from."""
    PROGRESS = auto()
    """Reports incumbents while it runs."""
    THREADS = auto()
    """Runs on more than one thread."""
    SEED = auto()
    """Takes a random seed."""


@dataclass(frozen=True)
class LPOptions:
    """How a backend is to run.

    Attributes
    ----------
    time_limit : float
        Seconds of wall clock.
    gap : float
        Relative gap at which an integer program counts as solved.
    seed : int
    threads : int
        At most so many; 1 makes every backend deterministic.
    start : (n_columns,) array or None
        A point to start from, feasible or nearly so.
    on_incumbent : callable or None
        Called with (x, bound) at every better point, where the backend can PROGRESS, some 20 times a second at most and
        always in the thread that called `Backend.solve`. What it raises ends the solve and is raised there.
    on_tick : callable or None
        Called some 20 times a second while the solver runs, like `on_incumbent` in the calling thread; what it raises
        ends the solve and is raised there.

    Examples
    --------
    >>> from vmopt.backends import LPOptions, get
    >>> from vmopt.formulation.linear_program import LinearProgram
    >>> program = LinearProgram.with_upper_rows([2.0, 3.0], [[1.0, 1.0]], [4.0], upper=[3.0, 3.0], integer=True)
    >>> get("cp-sat").solve(program, LPOptions(gap=0.0, threads=1)).x.tolist()
    [1.0, 3.0]
    """

    time_limit: float = 60.0
    gap: float = 1e-4
    seed: int = 0
    threads: int = 1
    start: FloatArray | None = None
    on_incumbent: Callable[[FloatArray, float], None] | None = None
    on_tick: Callable[[], None] | None = None


@dataclass(frozen=True, eq=False)
class LPResult:
    """What a backend found.

    Attributes
    ----------
    status : Status
        OPTIMAL (proven within the gap), FEASIBLE, INFEASIBLE (proven) or NOT_FOUND.
    limit : Limit or None
        Why it stopped early.
    x : (n_columns,) array or None
        The best point; None when there is none.
    bound : float
        Upper bound of the objective that the backend claims, infinite when it claims none.
    prices : (n_rows,) array or None
        Dual values of the rows, at least 0 for ``<=`` rows of a maximisation.
    seconds : float
        Wall clock inside the backend.

    Examples
    --------
    >>> from vmopt.backends import LPOptions, get
    >>> from vmopt.formulation.linear_program import LinearProgram
    >>> program = LinearProgram.with_upper_rows([2.0, 3.0], [[1.0, 1.0]], [4.0], upper=[3.0, 3.0], integer=True)
    >>> found = get("cp-sat").solve(program, LPOptions(gap=0.0, threads=1))
    >>> found.status.value, found.x.tolist(), found.bound
    ('optimal', [1.0, 3.0], 11.0)
    """

    status: Status
    limit: Limit | None
    x: FloatArray | None
    bound: float
    prices: FloatArray | None
    seconds: float


@runtime_checkable
class Backend(Protocol):
    """Turns a LinearProgram into numbers."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def capabilities(self) -> Capability:
        """What it can do."""
        ...

    def version(self) -> str:
        """Name and version of the library behind it, such as ``ortools 9.15.6755``."""
        ...

    def unavailable(self) -> str | None:
        """Why it cannot run here and how to mend that, or None; found out by trying."""
        ...

    def solve(self, program: LinearProgram, options: LPOptions) -> LPResult:
        """Solve a program, printing nothing.

        The time limit is kept within 10 % + 1 s whatever the solver does, and on Ctrl-C the best point so far comes
        back with INTERRUPTED. A feasible start is never lost: what comes back is at least as good.

        Raises
        ------
        BackendError
            If the backend cannot take the program.
        SolverError
            If the solver fails, or claims what the program or the start contradicts.
        """
        ...
