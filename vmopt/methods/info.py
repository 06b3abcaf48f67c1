"""What there is to know of a method before it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from vmopt.errors import BackendError, OptionError
from vmopt.interruption import undisturbed

if TYPE_CHECKING:
    from vmopt.methods.search import Search

Kind = Literal["elastic", "rules"]
"""What an instance may have that not every method knows."""

Levels = Literal["searched", "whole", "bounded"]
"""How levels below the first are served: by all searches, as one program, or left as they come and only bounded."""


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
    supports : set of {"elastic", "rules"}
        What the method takes as it is. Where an instance has more, `vmopt.methods.adapted` gives the method an instance
        that it knows, and makes of its placements those that were asked for.
    adapters : mapping of kind to ``module:function``
        Who does so, where it is not done as for most methods; the function takes a Search and ``inner=``, the method.
    levels : {"searched", "whole", "bounded"}
        How it serves goals below the first; see `Levels`.
    proves : bool
        Whether the method comes to an end of its own, with a proof: what it leaves open in one tier is settled before
        the next.
    """

    name: str
    summary: str
    target: str
    uses_backend: bool = False
    variants: tuple[str, ...] = ()
    supports: frozenset[Kind] = frozenset()
    adapters: Mapping[Kind, str] = field(default_factory=dict)
    levels: Levels = "searched"
    proves: bool = False

    @property
    def baseline(self) -> bool:
        """Whether it is there to be compared with: what it places stays as it placed it."""
        return self.levels == "bounded"

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
        method: Callable[[Search], None] = loaded(self.target)
        return method


def loaded(target: str) -> Any:
    """Import ``module:function``."""
    module, _, function = target.partition(":")
    return getattr(undisturbed(lambda: import_module(module)), function)
