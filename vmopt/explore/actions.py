"""Actions: what a form on the page asks for, turned into a step of a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite

from vmopt.errors import OptionError
from vmopt.explain import WhatIf
from vmopt.explore.session import Session

MOST_SECONDS = 600.0


def _named(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise OptionError("no name is given: write one, or several with commas.")
    return names


def _number(text: str, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise OptionError(f"{what} is {text!r}: give a number.")
    return value


def _whole(text: str) -> int:
    number = _number(text, "the number of the rule")
    if number != int(number):
        raise OptionError(f"the number of the rule is {text!r}: give a whole number, as the list of rules has it.")
    return int(number)


def _demand(text: str) -> dict[str, float]:
    """Read amounts such as ``cpu=4, memory=16``."""
    found = {}
    for part in _named(text):
        name, sign, amount = part.rpartition("=")
        if not sign:
            raise OptionError(f"{part!r} names no amount: write such as cpu=4, memory=16.")
        found[name.strip()] = _number(amount, f"the amount of {name.strip()}")
    return found


CHANGES: dict[str, tuple[str, Callable[[WhatIf, str, str], WhatIf]]] = {
    "drain": ("hosts are drained", lambda asked, who, _: asked.drain(*_named(who))),
    "fail": ("hosts fail", lambda asked, who, _: asked.fail(*_named(who))),
    "resize": ("a VM asks for other amounts", lambda asked, who, value: asked.resize(who.strip(), _demand(value))),
    "priority": (
        "a VM has another priority",
        lambda asked, who, value: asked.change_priority(who.strip(), _number(value, "the priority")),
    ),
    "add-rule": ("there is one rule more", lambda asked, _, value: asked.add_rule(value)),
    "drop-rule": (
        "a rule is left out, by number",
        lambda asked, _, value: asked.drop_rule(_whole(value)),
    ),
}
"""What may be asked: in words, and what makes the question of whom it is about and of a value."""


def act(session: Session, form: Mapping[str, str]) -> None:
    """Do what a form asks for.

    Raises
    ------
    VmoptError
        If it makes no sense; the session is as it was.

    Examples
    --------
    >>> import vmopt
    >>> session = Session(vmopt.solve(vmopt.Instance.from_arrays([[4], [3]], [[5], [5]])))
    >>> act(session, {"do": "what-if", "kind": "drain", "who": "host-0", "seconds": "2"})
    >>> session.state.said, session.judge().placed
    ('what if host-0 is drained', 1)
    """
    do = form.get("do", "")
    if do == "move":
        session.move(form.get("vm", "").strip(), form.get("host", "").strip() or None)
    elif do == "undo":
        session.undo()
    elif do == "what-if":
        kind = form.get("kind", "")
        if kind not in CHANGES:
            raise OptionError(f"{kind!r} is nothing that can be asked: choose from {', '.join(CHANGES)}.")
        seconds = _number(form.get("seconds", ""), "seconds")
        if not 0 < seconds <= MOST_SECONDS:
            raise OptionError(f"seconds is {seconds:g}: give a number above 0, up to {MOST_SECONDS:g}.")
        asked = CHANGES[kind][1](session.ask(), form.get("who", ""), form.get("value", ""))
        session.solve(asked, time_limit=seconds)
    else:
        raise OptionError(f"{do!r} is nothing that can be done: choose from move, what-if, undo.")
