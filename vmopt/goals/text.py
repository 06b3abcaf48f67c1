"""Levels of goals as text: ``fewest-hosts(cost=power) + 0.5 balance(cpu, kind=above)``, for the command line.

    level  =  term + term ...
    term   =  [number] goal [( value, ... )]
    value  =  parameter=value  or  value

A value is a word, a number, a string in quotes, or ``[value, ...]``. A value without a name is for the first parameter;
several of them, or ``cpu=2``, are the resources of a balance with their weights.
"""

from __future__ import annotations

import re
from typing import Any

from vmopt import checks
from vmopt.errors import InstanceError
from vmopt.goals.base import BaseGoal
from vmopt.goals.catalogue import goal_called, made, parameters_of, stated
from vmopt.model.goal_level import GoalLevel
from vmopt.rules.words import WORD, Items, Pair, Value, Word, read_call

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE]-?[0-9]+)?")
TERM = re.compile(rf"\s*(?:(?P<weight>{NUMBER.pattern})(?:\s+|\s*\*\s*))?(?P<goal>\S.*)", re.DOTALL)


def parse_level(text: str) -> GoalLevel:
    """Read a level from text; `level_text` is the inverse.

    Raises
    ------
    InstanceError
        If the text is no level: the message quotes it, and says why.

    Examples
    --------
    >>> str(parse_level("fewest-hosts(cost=power) + 0.5 balance(cpu, kind=above, level=0.7)"))
    'fewest-hosts(power) + 0.5 balance-above(cpu)'
    """
    checks.text(text, "goal", InstanceError, "text such as 'fewest-hosts' or 'balance(cpu)'")
    try:
        return GoalLevel(tuple(_term(part) for part in _parts(text)))
    except InstanceError as error:
        raise InstanceError(f"goal {text.strip()!r}: {error}") from None
    except RecursionError:
        raise InstanceError(f"goal {checks.shown(text)}: its brackets are nested too deeply.") from None


def level_text(level: GoalLevel) -> str:
    """Write a level as text.

    Examples
    --------
    >>> from vmopt.goals import Balance, FewestHosts
    >>> level_text(FewestHosts() + 2 * Balance({"cpu": 2.0, "memory": 1.0}, "above"))
    'fewest-hosts + 2 balance(resources=[cpu=2.0, memory=1.0], kind=above)'
    """
    terms = GoalLevel.of(level).terms
    return " + ".join(_text(goal) if weight == 1 else f"{weight:g} {_text(goal)}" for weight, goal in terms)


def _text(goal: Any) -> str:
    said = ", ".join(f"{name}={_word(value)}" for name, value in stated(goal).items())
    return f"{goal.name}({said})" if said else str(goal.name)


def _word(value: Any) -> str:
    if isinstance(value, dict):
        return f"[{', '.join(f'{_word(name)}={_word(part)}' for name, part in value.items())}]"
    if isinstance(value, list):
        return f"[{', '.join(map(_word, value))}]"
    text = str(value)
    return text if not isinstance(value, str) or WORD.fullmatch(text) else repr(text)


def _parts(text: str) -> list[str]:
    """Cut at each ``+`` outside of brackets and quotes."""
    parts, depth, quote, begin = [], 0, "", 0
    for at, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == "+" and not depth:
            parts.append(text[begin:at])
            begin = at + 1
    return [*parts, text[begin:]]


def _term(text: str) -> tuple[float, BaseGoal]:
    found = TERM.fullmatch(text)
    if found is None:
        raise InstanceError("a goal is missing: write such as 'fewest-hosts + 0.5 balance(cpu)'.")
    weight = float(found["weight"] or 1.0)
    body = found["goal"].strip()
    if "(" not in body and not WORD.fullmatch(body):
        raise InstanceError(f"{body!r} is no goal: goals of one level have + between them, others are a --goal each.")
    name, values = read_call(body if "(" in body else f"{body}()")
    goal = goal_called(name)
    return weight, made(goal, _by_name(goal, values))


def _by_name(goal: type[BaseGoal], values: tuple[Value, ...]) -> dict[str, Any]:
    known = list(parameters_of(goal))
    given: dict[str, Any] = {}
    unnamed: list[Value] = []
    for value in values:
        if isinstance(value, Pair) and value.key.text in known:
            if value.key.text in given:
                raise InstanceError(f"{value.key.text!r} is given twice.")
            given[value.key.text] = _read(value.value)
        else:
            unnamed.append(value)
    if not unnamed:
        return given
    pairs = any(isinstance(value, Pair) for value in unnamed)
    for value in unnamed:
        if isinstance(value, Pair) and not isinstance(_read(value.value), int | float):
            raise InstanceError(f"{goal.name} has no parameter {value.key.text!r}: it takes {', '.join(known)}.")
    if not known or known[0] in given or ((pairs or len(unnamed) > 1) and known[0] != "resources"):
        takes = f"it takes {', '.join(known)}" if known else "it takes no parameters"
        raise InstanceError(f"{goal.name} cannot take {str(unnamed[-1])!r}: {takes}.")
    return {known[0]: _read(unnamed[0] if len(unnamed) == 1 and not pairs else Items(tuple(unnamed))), **given}


def _read(value: Value) -> Any:
    if isinstance(value, Items):
        if value.values and all(isinstance(part, Pair) for part in value.values):
            return {part.key.text: _read(part.value) for part in value.values if isinstance(part, Pair)}
        return [_read(part) for part in value.values]
    if isinstance(value, Pair):
        return (value.key.text, _read(value.value))
    return _scalar(value)


def _scalar(word: Word) -> Any:
    if word.quoted or not NUMBER.fullmatch(word.text):
        return None if word == Word("None") else word.text
    return int(word.text) if re.fullmatch(r"[+-]?[0-9]+", word.text) else float(word.text)
