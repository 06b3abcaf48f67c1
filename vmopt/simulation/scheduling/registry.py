"""The policies by name, made anew for every simulation; other packages may bring more, as entry points."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

from vmopt import checks, plugins
from vmopt.errors import OptionError

if TYPE_CHECKING:
    from vmopt.simulation.scheduling.base import Policy

LIST = "vmopt.simulation.scheduling.in_order"
GROUP: plugins.Group = "vmopt.policies"


@dataclass(frozen=True)
class PolicyInfo:
    """What there is to know of a policy before it is loaded.

    Attributes
    ----------
    name : str
    summary : str
    target : str
        ``module:class or key``.
    variants : tuple of str
        What may follow the name after a colon.
    uses_seed : bool
        Whether chance plays a part.
    """

    name: str
    summary: str
    target: str
    variants: tuple[str, ...] = ()
    uses_seed: bool = False

    def load(self) -> Any:
        """Import what the policy is made of."""
        module, _, name = self.target.partition(":")
        return getattr(import_module(module), name)

    def make(self, variant: str = "", seed: int = 0) -> Policy:
        """Make a policy, ready for one simulation."""
        checks.text(variant, "variant", what="the name of one, or an empty string")
        loaded: Any = self.load()
        if self.target.startswith(LIST):
            from vmopt.simulation.scheduling.in_order import InOrder

            return InOrder(self.name, loaded, strict=variant == "strict")
        options: dict[str, Any] = {"seed": seed} if self.uses_seed else {}
        if variant:
            options |= {"depth": 0} if variant == "myopic" else {"order": variant}
        made: Policy = loaded(**options)
        return made


POLICIES = {
    info.name: info
    for info in (
        PolicyInfo("fcfs", "first come, first served", f"{LIST}:by_arrival", ("strict",)),
        PolicyInfo("priority", "highest priority first", f"{LIST}:by_priority", ("strict",)),
        PolicyInfo(
            "priority-ageing",
            "priority that grows with waiting",
            "vmopt.simulation.scheduling.ageing:PriorityAgeing",
        ),
        PolicyInfo("demand-largest", "largest demand first", f"{LIST}:by_largest", ("strict",)),
        PolicyInfo("demand-smallest", "smallest demand first", f"{LIST}:by_smallest", ("strict",)),
        PolicyInfo(
            "backfill",
            "priority, with reservations that nobody may delay",
            "vmopt.simulation.scheduling.backfill:Backfill",
        ),
        PolicyInfo(
            "optimal",
            "the waiting VMs solved, in windows",
            "vmopt.simulation.scheduling.optimal:Optimal",
            ("myopic",),
            uses_seed=True,
        ),
        PolicyInfo(
            "rebalance",
            "highest priority first, and running VMs move to make room",
            "vmopt.simulation.scheduling.rebalance:Rebalance",
            ("fcfs", "demand-largest", "demand-smallest"),
        ),
    )
}


def policies() -> tuple[PolicyInfo, ...]:
    """All policies; those that other packages bring, as entry points of `vmopt.policies`, come last.

    Examples
    --------
    >>> [info.name for info in policies()][:2]
    ['fcfs', 'priority']
    """
    return (*POLICIES.values(), *_others().values())


def get(name: str, seed: int = 0) -> Policy:
    """Make a policy by name, ``fcfs`` or with a variant ``fcfs:strict``.

    Raises
    ------
    OptionError
        If there is no such policy or variant.

    Examples
    --------
    >>> get("fcfs:strict").name
    'fcfs:strict'
    """
    base, colon, variant = name.partition(":") if isinstance(name, str) else (name, "", "")
    others = plugins.entries(GROUP)
    info = POLICIES.get(base) or (_info(others[base]) if base in others else None)
    if info is None:
        known = [*POLICIES, *others]
        close = get_close_matches(str(base), known, 1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise OptionError(f"policy {name!r} is unknown{hint}: use one of {', '.join(known)}.")
    if colon and variant not in info.variants:
        kept = f"use {' or '.join(info.variants)}" if info.variants else "it takes none"
        raise OptionError(f"policy {info.name!r} has no variant {variant!r}: {kept}.")
    return info.make(variant, seed)


def _info(entry: EntryPoint) -> PolicyInfo:
    """What an entry point names: a PolicyInfo, or a class of policies, of which nothing more is known."""
    named = plugins.load(entry)
    if isinstance(named, PolicyInfo):
        return named
    if not callable(named):
        raise OptionError(f"{entry.name!r} cannot be used: {entry.value} is neither a PolicyInfo nor makes a policy.")
    return PolicyInfo(entry.name, (named.__doc__ or "").strip().partition("\n")[0].rstrip("."), entry.value)


def _others() -> dict[str, PolicyInfo]:
    """Policies of other packages; those that cannot be loaded are left out with a warning."""
    found = {}
    for name, entry in plugins.others(GROUP, POLICIES).items():
        try:
            found[name] = _info(entry)
        except OptionError as error:
            warnings.warn(str(error), stacklevel=3)
    return found
