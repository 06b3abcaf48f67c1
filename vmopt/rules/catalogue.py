"""The rules by name, with what there is to know of each."""

from __future__ import annotations

import re
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from typing import Any

from vmopt import checks
from vmopt.errors import InstanceError
from vmopt.rules.alone import Alone
from vmopt.rules.apart import Apart
from vmopt.rules.base import BaseRule
from vmopt.rules.fence import Ban, Empty, Fence
from vmopt.rules.gather import Gather
from vmopt.rules.keep import Keep, Quarantine
from vmopt.rules.most_moves import MostMoves
from vmopt.rules.must_run import MustRun
from vmopt.rules.near import Near
from vmopt.rules.quota import Quota
from vmopt.rules.reach import Reach
from vmopt.rules.resident import Resident
from vmopt.rules.skew import Skew
from vmopt.rules.spread import Spread
from vmopt.rules.transient import Transient
from vmopt.rules.whole import Whole

RULES: dict[str, type[BaseRule]] = {
    rule.name: rule
    for rule in (
        Spread,
        Skew,
        Reach,
        Gather,
        Whole,
        Apart,
        Alone,
        Near,
        Fence,
        Ban,
        Quota,
        Empty,
        MustRun,
        Keep,
        Resident,
        Quarantine,
        MostMoves,
        Transient,
    )
}
SYNONYMS = {"limit": "quota"}
"""Other names that are read, and never written."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a rule.

    Attributes
    ----------
    name : str
    kinds : tuple of str
        What it is declared as: ``Selected`` (whom the rule speaks of), ``PerGroup`` (an integer, or one for each
        group), ``str``, ``int``, ``float`` or ``None``.
    required : bool
    default : object
        None where it is required.
    named : bool
        Whether it comes by its name alone, not by its place.
    """

    name: str
    kinds: tuple[str, ...]
    required: bool
    default: Any = None
    named: bool = False

    @property
    def selects(self) -> bool:
        """Whether it says whom the rule speaks of."""
        return "Selected" in self.kinds

    def __str__(self) -> str:
        return self.name if self.required else f"{self.name}={self.default}"


def parameters_of(rule: type[BaseRule]) -> tuple[Parameter, ...]:
    """Return the parameters of a rule, in their order.

    Examples
    --------
    >>> [str(parameter) for parameter in parameters_of(Spread)]
    ['groups', 'over=host', 'most=1', 'penalty=None']
    """
    found = []
    for field in sorted(fields(rule), key=lambda field: bool(field.kw_only)):
        required = field.default is MISSING
        kinds = tuple(str(field.type).split(" | "))
        found.append(Parameter(field.name, kinds, required, None if required else field.default, bool(field.kw_only)))
    return tuple(found)


@dataclass(frozen=True)
class RuleInfo:
    """What there is to know of a rule.

    Attributes
    ----------
    name : str
    parameters : tuple of Parameter
    summary : str
        What it means, in one line.
    known_as : str
        What other systems call it.
    text : str
        The whole docstring.
    """

    name: str
    parameters: tuple[Parameter, ...]
    summary: str
    known_as: str
    text: str

    @property
    def form(self) -> str:
        """How it is written as text, without the parameters that all rules have."""
        own = [str(parameter) for parameter in self.parameters if not parameter.named]
        return f"{self.name}({', '.join(own)})"


def info_of(rule: type[BaseRule]) -> RuleInfo:
    """Return what there is to know of a rule.

    Examples
    --------
    >>> info_of(Spread).summary
    'At most `most` placed VMs of each group in each domain: `n(g,d) <= most[g]`.'
    """
    if not isinstance(rule, type) or rule not in RULES.values():
        raise InstanceError(f"rule is {checks.shown(rule)}: give a class such as vmopt.Spread.")
    text = re.sub(r"\n    ", "\n", rule.__doc__ or "").strip().replace("``", "`")
    told = " ".join(text.partition("Parameters\n---")[0].split())
    known_as = re.search(r"Known as (.*?)\.(?: |$)", told)
    summary = " ".join(text.partition("\n\n")[0].split())
    return RuleInfo(rule.name, parameters_of(rule), summary, known_as[1] if known_as else "", text)


def catalogue() -> tuple[RuleInfo, ...]:
    """All rules.

    Examples
    --------
    >>> [info.name for info in catalogue()][:3]
    ['spread', 'skew', 'reach']
    """
    return tuple(info_of(rule) for rule in RULES.values())


def require_known(rule: Any) -> BaseRule:
    """Return a rule that can be read again, or say that it is one of somebody's own."""
    if RULES.get(getattr(rule, "name", "")) is not type(rule):
        raise InstanceError(f"{type(rule).__name__} is none of {', '.join(RULES)}: only these can be written.")
    known: BaseRule = rule
    return known


def is_default(parameter: Parameter, value: Any) -> bool:
    """Whether a value need not be said."""
    return not parameter.required and type(value) is type(parameter.default) and value == parameter.default


def rule_called(name: str) -> type[BaseRule]:
    """Look a rule up, whatever the case; ``-`` and ``_`` make no difference.

    Raises
    ------
    InstanceError
        If there is none.

    Examples
    --------
    >>> rule_called("MustRun").name, rule_called("must_run").name, rule_called("limit").name
    ('must-run', 'must-run', 'quota')
    """
    wanted = plain(checks.text(name, "the name of a rule", InstanceError))
    known = {plain(key): rule for key, rule in RULES.items()}
    known |= {plain(other): RULES[key] for other, key in SYNONYMS.items()}
    if wanted in known:
        return known[wanted]
    close = get_close_matches(wanted, known, 1)
    hint = f" (did you mean {known[close[0]].name!r}?)" if close else ""
    raise InstanceError(f"there is no rule {name!r}{hint}: use one of {', '.join(RULES)}.")


def plain(name: str) -> str:
    """Return a name without what makes no difference."""
    return name.lower().replace("-", "").replace("_", "")
