"""The methods by name, loaded when asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

from vmopt import checks
from vmopt.errors import BackendError, OptionError
from vmopt.interruption import undisturbed

if TYPE_CHECKING:
    from vmopt.methods.search import Search


@dataclass(frozen=True)
class MethodInfo:
    """What there is to know of a method before it is loaded.

    Attributes
    ----------
    name : str
    summary : str
    target : str
        ``module:function``, the function taking a Search and, where there are variants, the name of one.
    uses_backend : bool
        Whether ``backend=`` may be given.
    variants : tuple of str
        What may follow the name after a colon; the first is the default.
    """

    name: str
    summary: str
    target: str
    uses_backend: bool = False
    variants: tuple[str, ...] = ()

    def require(self, backend: str) -> None:
        """Refuse a backend that this method does not use, or that solves no integer programs.

        Raises
        ------
        OptionError, BackendError
        """
        from vmopt.backends import registry
        from vmopt.backends.base import Capability

        if not self.uses_backend:
            raise OptionError(f"method {self.name!r} uses no backend: leave out backend={backend!r}.")
        if Capability.INTEGER not in registry.get(backend).capabilities:
            raise BackendError(f"backend {backend!r} solves no integer programs: use another for method {self.name!r}.")

    def load(self) -> Callable[[Search], None]:
        """Import the method."""
        module, function = self.target.split(":")
        loaded: Callable[[Search], None] = getattr(undisturbed(lambda: import_module(module)), function)
        return loaded


FORMS = ("merged", "plain")
FITS = ("first-fit", "best-fit")

METHODS = {
    info.name: info
    for info in (
        MethodInfo("auto", "all of them in turn, as far as they pay", "vmopt.methods.auto:run", True),
        MethodInfo("exact", "assignment formulation on an integer backend", "vmopt.methods.exact:run", True, FORMS),
        MethodInfo("column-generation", "patterns that fill hosts", "vmopt.methods.column_generation:run"),
        MethodInfo("price-guided", "VMs chosen and hosts filled by prices", "vmopt.methods.price_guided:run"),
        MethodInfo("neighbourhood", "few hosts at a time filled anew", "vmopt.methods.neighbourhood:run"),
        MethodInfo("tabu", "many placements changed VM by VM, few hosts", "vmopt.methods.tabu.walk:run"),
        MethodInfo("greedy-priority", "highest priority first", "vmopt.methods.greedy:run_by_priority", variants=FITS),
        MethodInfo("greedy-demand", "largest demand first", "vmopt.methods.greedy:run_by_demand", variants=FITS),
        MethodInfo("greedy-spread", "least loaded host first", "vmopt.methods.greedy_spread:run"),
    )
}


def methods() -> tuple[MethodInfo, ...]:
    """All methods, in the order they are worth trying."""
    return tuple(METHODS.values())


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
    info = METHODS.get(base)
    if info is None:
        close = get_close_matches(str(base), METHODS, 1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise OptionError(f"method {name!r} is unknown{hint}: use one of {', '.join(METHODS)}.")
    if not variant and ":" not in name:
        return info, info.load()
    if variant not in info.variants:
        known = f"use {' or '.join(info.variants)}" if info.variants else "it takes none"
        raise OptionError(f"method {info.name!r} has no variant {variant!r}: {known}.")
    load: Any = info.load()
    return info, lambda search: load(search, variant)
