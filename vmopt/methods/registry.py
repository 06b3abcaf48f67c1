"""The methods by name, loaded when asked for; other packages may bring more, as entry points of `vmopt.methods`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from difflib import get_close_matches
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

from vmopt import checks, plugins
from vmopt.errors import OptionError
from vmopt.methods.info import Kind, MethodInfo

if TYPE_CHECKING:
    from vmopt.methods.search import Search

FORMS = ("merged", "plain")
FITS = ("first-fit", "best-fit")
ALL: frozenset[Kind] = frozenset({"elastic", "rules"})

METHODS = {
    info.name: info
    for info in (
        MethodInfo(
            "auto",
            "all of them in turn, as far as they pay",
            "vmopt.methods.auto:run",
            uses_backend=True,
            adapters={
                "elastic": "vmopt.methods.elastic.sized:run_auto",
                "rules": "vmopt.methods.ruled.door:run_auto",
            },
            proves=True,
        ),
        MethodInfo(
            "exact",
            "assignment formulation on an integer backend",
            "vmopt.methods.exact:run",
            uses_backend=True,
            variants=FORMS,
            supports=ALL,
            levels="whole",
            proves=True,
        ),
        MethodInfo("column-generation", "patterns that fill hosts", "vmopt.methods.column_generation:run"),
        MethodInfo("price-guided", "VMs chosen and hosts filled by prices", "vmopt.methods.price_guided:run"),
        MethodInfo(
            "neighbourhood",
            "few hosts at a time filled anew",
            "vmopt.methods.neighbourhood:run",
            adapters={"rules": "vmopt.methods.ruled.door:run_and_improve"},
        ),
        MethodInfo("tabu", "many placements changed VM by VM, few hosts", "vmopt.methods.tabu.walk:run"),
        MethodInfo(
            "greedy-priority",
            "highest priority first",
            "vmopt.methods.greedy:run_by_priority",
            variants=FITS,
            supports=ALL,
            levels="bounded",
        ),
        MethodInfo(
            "greedy-demand",
            "largest demand first",
            "vmopt.methods.greedy:run_by_demand",
            variants=FITS,
            supports=ALL,
            levels="bounded",
        ),
        MethodInfo(
            "greedy-spread",
            "least loaded host first",
            "vmopt.methods.greedy_spread:run",
            supports=ALL,
            levels="bounded",
        ),
    )
}


def methods() -> tuple[MethodInfo, ...]:
    """All methods, in the order they are worth trying; those that other packages bring come last.

    Examples
    --------
    >>> import vmopt
    >>> [info.name for info in vmopt.methods()][:3]
    ['auto', 'exact', 'column-generation']
    """
    return (*METHODS.values(), *_others().values())


def get(name: str) -> tuple[MethodInfo, Callable[[Search], None]]:
    """Look a method up by name, ``greedy-priority`` or with a variant ``greedy-priority:best-fit``.

    Raises
    ------
    OptionError
        If there is no such method or variant.

    Examples
    --------
    >>> get("greedy-demand:best-fit")[0].name
    'greedy-demand'
    """
    if not isinstance(name, str):
        raise OptionError(f"method {checks.shown(name)} is unknown: use one of {', '.join(METHODS)}.")
    base, _, variant = name.partition(":")
    info = METHODS.get(base) or _other(base)
    if info is None:
        known = [*METHODS, *plugins.entries("vmopt.methods")]
        close = get_close_matches(str(base), known, 1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise OptionError(f"method {name!r} is unknown{hint}: use one of {', '.join(known)}.")
    if not variant and ":" not in name:
        return info, info.load()
    if variant not in info.variants:
        known_variants = f"use {' or '.join(info.variants)}" if info.variants else "it takes none"
        raise OptionError(f"method {info.name!r} has no variant {variant!r}: {known_variants}.")
    load: Any = info.load()
    return info, lambda search: load(search, variant)


def _others() -> dict[str, MethodInfo]:
    """Methods of other packages; those that cannot be loaded are left out with a warning."""
    found = {}
    for name, entry in plugins.others("vmopt.methods", METHODS).items():
        try:
            found[name] = _info(entry)
        except OptionError as error:
            warnings.warn(str(error), stacklevel=3)
    return found


def _other(name: str) -> MethodInfo | None:
    entry = plugins.entries("vmopt.methods").get(name)
    return None if entry is None else _info(entry)


def _info(entry: EntryPoint) -> MethodInfo:
    """What an entry point names: a MethodInfo, or a function of a Search, of which nothing more is known."""
    named = plugins.load(entry)
    if isinstance(named, MethodInfo):
        return named
    if not callable(named):
        raise OptionError(f"{entry.name!r} cannot be used: {entry.value} is neither a MethodInfo nor a function.")
    summary = (named.__doc__ or "").strip().partition("\n")[0].rstrip(".")
    return MethodInfo(entry.name, summary, entry.value)
