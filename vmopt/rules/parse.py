"""Rules as text: ``spread(app, over=rack, most=2)``, for the command line and for CSV.

    rule   =  name ( value, ... )
    value  =  parameter=value  or  word  or  'string'  or  [value, ...]  or  key=value

A parameter comes by its place or by its name. What it means follows from the parameter:

- *Whom a rule speaks of.* ``app`` is the label: a group for each of its values. ``app=web`` is the group of one value,
  ``app=*`` is ``app`` in other words. ``[web-1, web-2]`` is one group by name, ``[[a, b], [c]]`` are two. What is in
  quotes is a name too, and so is a word with ``*`` or ``?`` in it: ``web-*``, a pattern.
- *A limit*: ``2``, or for each group its own, ``[1, 2]``. *A domain or a resource*: ``rack``, ``cpu``.
- ``None`` where a parameter may be that.

Quotes, as Python has them, go around whatever has a blank or one of ``, = ( ) [ ] ' "`` in it, and around the key of a
label that is called like a parameter: ``spread('over'=*)``.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from vmopt import checks
from vmopt.errors import InstanceError
from vmopt.rules.arguments import refuse_unknown
from vmopt.rules.base import BaseRule
from vmopt.rules.catalogue import Parameter, parameters_of, plain, rule_called
from vmopt.rules.known import meant
from vmopt.rules.selection import Groups
from vmopt.rules.words import Items, Pair, Value, Word, read_call

ALL = "*"
PATTERN = frozenset("*?")
INTEGER = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def parse_rule(text: str) -> BaseRule:
    """Read a rule from text; `rule_text` is the inverse.

    Parameters
    ----------
    text : str
        Such as ``"spread(app, over=rack, most=2)"``: see `vmopt.rules.parse` for the grammar.

    Raises
    ------
    InstanceError
        If the text is no rule: the message quotes it, and says why.

    Examples
    --------
    >>> import vmopt
    >>> parse_rule("spread(app, over=rack, most=2)") == vmopt.Spread.by_label("app", over="rack", most=2)
    True
    >>> parse_rule("fence([web-1, web-2], disk=ssd)")
    Fence(vms=Groups(['web-1', 'web-2']), hosts=Groups(label disk=ssd))
    """
    checks.text(text, "rule", InstanceError, "text such as 'spread(app, over=rack)'")
    try:
        name, values = read_call(text)
        rule = rule_called(name)
        return made(rule, _by_name(rule, values))
    except InstanceError as error:
        raise InstanceError(f"rule {text.strip()!r}: {error}") from None
    except RecursionError:
        raise InstanceError(f"rule {checks.shown(text)}: its brackets are nested too deeply.") from None


def made(rule: type[BaseRule], given: dict[str, Any]) -> BaseRule:
    """Make a rule of parameters by name.

    Raises
    ------
    InstanceError
        If one is unknown, missing, or not what it should be.
    """
    known = parameters_of(rule)
    names = [parameter.name for parameter in known]
    refuse_unknown(rule.name, given, names, ", ".join(names))
    for parameter in known:
        if parameter.required and parameter.name not in given:
            raise InstanceError(f"{rule.name} lacks {parameter.name!r}: it takes {', '.join(map(str, known))}.")
    return rule(**given)


def _by_name(rule: type[BaseRule], values: tuple[Value, ...]) -> dict[str, Any]:
    """Tell which parameter each value is for, and read it."""
    known = parameters_of(rule)
    by_name = {plain(parameter.name): parameter for parameter in known}
    given: dict[str, Any] = {}
    place = 0
    for value in values:
        named = isinstance(value, Pair) and not value.key.quoted and by_name.get(plain(value.key.text))
        if isinstance(value, Pair) and named:
            parameter, value = named, value.value
        else:
            parameter, place = _at(rule, known, place, value), place + 1
        if parameter.name in given:
            raise InstanceError(f"{parameter.name!r} is given twice.")
        given[parameter.name] = _read(parameter, value)
    return given


def _at(rule: type[BaseRule], known: tuple[Parameter, ...], place: int, value: Value) -> Parameter:
    names = ", ".join(parameter.name for parameter in known)
    known = tuple(parameter for parameter in known if not parameter.named)
    if isinstance(value, Pair) and (place >= len(known) or not known[place].selects):
        hint = meant(value.key.text, [parameter.name for parameter in known])
        raise InstanceError(f"{rule.name} has no parameter {str(value.key)!r}{hint}: it takes {names}.")
    if place >= len(known):
        by_place = ", ".join(parameter.name for parameter in known)
        raise InstanceError(f"{str(value)!r} is one too many: {rule.name} takes {by_place}.")
    return known[place]


def _read(parameter: Parameter, value: Value) -> Any:
    if value == Word("None"):
        return None
    if parameter.selects:
        return _groups(parameter, value)
    if "PerGroup" in parameter.kinds and isinstance(value, Items):
        return [_number(parameter, item, INTEGER) for item in value.values]
    if "str" in parameter.kinds:
        return value.text if isinstance(value, Word) else _refuse(parameter, value, "a word")
    return _number(parameter, value, NUMBER if "float" in parameter.kinds else INTEGER)


def _groups(parameter: Parameter, value: Value) -> Groups:
    if isinstance(value, Pair):
        if not isinstance(value.value, Word):
            _refuse(parameter, value, "one label and its value, such as app=web")
        return Groups.labelled(value.key.text, None if value.value == Word(ALL) else value.value.text)
    if isinstance(value, Word):
        by_name = value.quoted or PATTERN & set(value.text)
        return Groups.of(value.text) if by_name else Groups.labelled(value.text)
    if all(isinstance(item, Items) for item in value.values) and value.values:
        return Groups(names=tuple(_names(parameter, item) for item in value.values))
    return Groups(names=(_names(parameter, value),))


def _names(parameter: Parameter, value: Value) -> tuple[str, ...]:
    items = value.values if isinstance(value, Items) else ()
    words = tuple(item.text for item in items if isinstance(item, Word))
    if len(words) < len(items):
        _refuse(parameter, value, "names, such as [a, b], or lists of them, such as [[a, b], [c]]")
    return words


def _number(parameter: Parameter, value: Value, form: re.Pattern[str]) -> int | float:
    if not isinstance(value, Word) or value.quoted or not form.fullmatch(value.text):
        _refuse(parameter, value, "an integer" if form is INTEGER else "a number")
    return int(value.text) if INTEGER.fullmatch(value.text) else float(value.text)


def _refuse(parameter: Parameter, value: Value, expected: str) -> NoReturn:
    raise InstanceError(f"{parameter.name} is {value}: give {expected}.")
