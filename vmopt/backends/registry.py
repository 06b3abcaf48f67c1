"""The backends by name, loaded when asked for; other packages may bring more, as entry points of `vmopt.backends`."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint
from typing import cast

from vmopt import checks, plugins
from vmopt.backends.base import Backend
from vmopt.backends.info import BackendInfo, BackendList
from vmopt.errors import BackendError, OptionError, SolverError
from vmopt.interruption import undisturbed

BACKENDS = {
    "cp-sat": "vmopt.backends.cp_sat.backend:CpSat",
    "highs": "vmopt.backends.math_opt.backend:highs",
    "scip": "vmopt.backends.math_opt.backend:scip",
    "glop": "vmopt.backends.math_opt.backend:glop",
    "pdlp": "vmopt.backends.math_opt.backend:pdlp",
    "cbc": "vmopt.backends.pulp.backend:cbc",
}
"""Name of each backend, and the callable that makes it; in the order in which they are listed."""

PULP = "pulp:"
GROUP: plugins.Group = "vmopt.backends"


def get(name: str) -> Backend:
    """Return a backend.

    Parameters
    ----------
    name : str
        ``cp-sat``, ``highs``, ``scip``, ``glop``, ``pdlp``, ``cbc``, or ``pulp:NAME`` with the name of any solver that
        PuLP finds on this machine, such as ``pulp:GUROBI``.

    Raises
    ------
    OptionError
        If there is no backend of that name.
    BackendError
        If there is one, but it cannot run here.

    Examples
    --------
    >>> get("glop").name
    'glop'
    >>> get("cpsat")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    vmopt.errors.OptionError: there is no backend 'cpsat'. Did you mean 'cp-sat'? ...
    """
    backend = _make(name)
    reason = backend.unavailable()
    if reason is not None:
        raise BackendError(f"backend {name!r} cannot run here: {reason}. vmopt.backends() lists those that can.")
    return backend


def backends() -> BackendList:
    """List the backends, what each can do, and why one is missing.

    Every backend is tried, so that the first call takes about a second.

    Examples
    --------
    >>> import vmopt
    >>> [(info.name, info.available) for info in vmopt.backends() if info.name in ("cp-sat", "glop")]
    [('cp-sat', True), ('glop', True)]
    """
    own = [_make(name) for name in (*BACKENDS, *_pulp_names())]
    return BackendList([_info(backend) for backend in (*own, *_others())])


def _make(name: str) -> Backend:
    checks.text(name, "backend", what=f"a name: {', '.join(BACKENDS)} or pulp:NAME")
    if name.lower().startswith(PULP):
        return _make_pulp(name[len(PULP) :])
    if name in BACKENDS:
        module, _, maker = BACKENDS[name].partition(":")
        return cast(Callable[[], Backend], getattr(undisturbed(lambda: import_module(module)), maker))()
    others = plugins.entries(GROUP)
    if name in others:
        return _other(others[name])
    known = {known.lower(): known for known in (*BACKENDS, *others, f"{PULP}NAME")}
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    hint = f" Did you mean {known[close[0]]!r}?" if close else ""
    listed = ", ".join([*BACKENDS, *others])
    raise OptionError(f"there is no backend {name!r}.{hint} There are: {listed} and pulp:NAME.")


def _other(entry: EntryPoint) -> Backend:
    """Make the backend that another package brings: its entry point names a Backend, or what makes one."""
    named = plugins.load(entry)
    backend = named() if callable(named) else named
    if not isinstance(backend, Backend):
        raise OptionError(f"{entry.name!r} cannot be used: {entry.value} makes no vmopt.backends.Backend.")
    return backend


def _others() -> list[Backend]:
    """Backends of other packages; those that cannot be made are left out with a warning."""
    found = []
    for entry in plugins.others(GROUP, BACKENDS).values():
        try:
            found.append(_other(entry))
        except OptionError as error:
            warnings.warn(str(error), stacklevel=3)
    return found


def _make_pulp(solver: str) -> Backend:
    """Make the backend of a solver of PuLP; upper and lower case do not matter."""
    from vmopt.backends.pulp.backend import named

    return named(solver)


def _pulp_names() -> list[str]:
    from vmopt.backends.pulp.backend import solvers_found

    try:
        return [PULP + solver for solver in solvers_found()["solvers"]]
    except SolverError:
        return []


def _info(backend: Backend) -> BackendInfo:
    reason = backend.unavailable()
    version = backend.version() if reason is None else None
    return BackendInfo(backend.name, reason is None, backend.capabilities, version, reason)
