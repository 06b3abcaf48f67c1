"""Rules as text, written: the inverse of `vmopt.rules.parse`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vmopt.errors import InstanceError
from vmopt.plurals import count, first_of
from vmopt.rules.base import BaseRule
from vmopt.rules.catalogue import is_default, parameters_of, plain, require_known
from vmopt.rules.narrowed import HOSTS
from vmopt.rules.parse import ALL, PATTERN
from vmopt.rules.selection import Groups
from vmopt.rules.words import WORD

FIRST = 3
"""Names of a list that are shown of a rule that is too long to be said."""
MOST_LETTERS = 200
"""Of a rule shown as text; one that names more VMs is shown with the first of them."""


def rule_text(rule: BaseRule) -> str:
    """Return a rule as text; `parse_rule` is the inverse.

    Raises
    ------
    InstanceError
        If it is none of `vmopt.rules.RULES`, or its groups are a column, which cannot be said in text.

    Examples
    --------
    >>> import vmopt
    >>> rule_text(vmopt.Spread(["web-1", "web-2"], over="rack"))
    'spread([web-1, web-2], over=rack)'
    >>> rule_text(vmopt.Fence(vmopt.Groups.labelled("app", "web"), "ssd-*"))
    'fence(app=web, ssd-*)'
    """
    require_known(rule)
    parameters, parts = parameters_of(type(rule)), []
    names = {plain(parameter.name) for parameter in parameters}
    for parameter, value in zip(parameters, rule.stated().values(), strict=True):
        if parameter.selects and parameter.required:
            parts.append(_groups(value, names))
        elif parameter.required or not is_default(parameter, value):
            parts.append(f"{parameter.name}={_groups(value, names) if parameter.selects else _plain(value)}")
    return f"{rule.name}({', '.join(parts)})"


def shown_rule(rule: Any) -> str:
    """Return how a rule looks to people: as text that `parse_rule` takes, where there is one and it is short.

    Else with the first names of each list, how many there are, and how many of all a column holds; what it says of
    each group, as of parts, is left out.

    Examples
    --------
    >>> import vmopt
    >>> import numpy as np
    >>> shown_rule(vmopt.Spread("vm-*")), shown_rule(vmopt.Spread(np.array([0, 0, 1])))
    ('spread(vm-*)', 'spread(3 of 3 in 2 groups)')
    >>> shown_rule(vmopt.Fence([f"machine-{n:030}" for n in range(9)], np.array([True, False]))).partition(" and ")[2]
    '6 more], hosts: 1 of 2)'
    """
    try:
        text = rule_text(rule)
    except InstanceError:
        return _brief(rule) if isinstance(rule, BaseRule) else str(rule)
    return text if len(text) <= MOST_LETTERS else _brief(rule)


def _brief(rule: BaseRule) -> str:
    """A rule that is too long to be said, or cannot be."""
    parts: list[str] = []
    for parameter, value in zip(parameters_of(type(rule)), rule.stated().values(), strict=True):
        if parameter.selects and value is not None:
            told = _brief_groups(value)
            parts.append(f"{parameter.name}: {told}" if parameter.name == HOSTS and parts else told)
        elif not parameter.selects and not isinstance(value, Mapping) and not is_default(parameter, value):
            parts.append(f"{parameter.name}={_brief_value(value)}")
    return f"{rule.name}({', '.join(parts)})"


def _brief_groups(groups: Groups) -> str:
    if groups.column is not None:
        inside, many = groups.column >= 0, len(set(groups.column[groups.column >= 0].tolist()))
        return f"{int(inside.sum()):,} of {len(inside):,}" + (f" in {many:,} groups" if many > 1 else "")
    rows = [_some(list(map(_word, row))) for row in groups.names or ()]
    return _groups(groups, set()) if groups.names is None else rows[0] if len(rows) == 1 else _some(rows)


def _some(items: list[str]) -> str:
    return f"[{first_of(items, FIRST)}]"


def _brief_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return count(len(value), "kind")
    return _plain(value) if np.ndim(value) == 0 else _some([str(one) for one in np.asarray(value).tolist()])


def _groups(groups: Groups, parameters: set[str]) -> str:
    if groups.column is not None:
        raise InstanceError("a column of groups cannot be said in text: give names or a label, or write JSON.")
    if groups.label is not None:
        key, value = groups.label, groups.value
        if value is None and _is_bare(key) and not PATTERN & set(key):
            return key
        bare_key = _is_bare(key) and plain(key) not in parameters
        return f"{key if bare_key else repr(key)}={ALL if value is None else _word(value, but=ALL)}"
    rows = groups.names or ()
    if not rows:
        raise InstanceError("a rule of no groups at all cannot be said in text: leave it out, or write JSON.")
    if len(rows) > 1:
        return f"[{', '.join(map(_row, rows))}]"
    alone = len(rows[0]) == 1 and _is_bare(rows[0][0]) and PATTERN & set(rows[0][0])
    return rows[0][0] if alone else _row(rows[0])


def _row(names: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_word, names))}]"


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return _word(value, but="None")
    if isinstance(value, np.ndarray):
        return str(value.tolist())
    return str(value)


def _word(text: str, but: str = "") -> str:
    return text if _is_bare(text, but) else repr(text)


def _is_bare(text: str, but: str = "None") -> bool:
    return WORD.fullmatch(text) is not None and text.isprintable() and text != but
