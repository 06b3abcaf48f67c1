"""Whatever is given for an argument of a public function, what comes out is an answer or one clear error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from inspect import Parameter
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import vmopt
from tests.properties import given
from tests.properties.public import arguments_of, methods_of, named
from tests.thorough import EVERY

WRONG: dict[str, Any] = {
    "an integer": 1,
    "a float": -3.5,
    "a string": "zz",
    "None": None,
    "an object": object(),
    "a list": [1, "a"],
    "a dict": {"x": 1},
    "a boolean": True,
    "an array": np.zeros((2, 2, 2)),
    "NaN": float("nan"),
    "an empty list": [],
    "bytes": b"x",
    "a set": {1, 2},
    "a class": int,
    "infinity": float("inf"),
    "a huge integer": 10**30,
    "a complex number": 1j,
    "a date": date(2020, 1, 1),
}
Call = Callable[..., Any]


def calls() -> Iterator[tuple[str, Call]]:
    """Yield what users call: functions, classes that they make objects of, and methods."""
    for label, value in named():
        if not isinstance(value, type) or label not in given.HANDED_BACK:
            yield label, value
        kept = isinstance(value, type) and label not in given.BUILDERS
        for method, needs_object in methods_of(value) if kept else ():
            owner = given.OBJECTS[label] if needs_object else value
            yield f"{label}.{method}", getattr(owner, method)


CALLS = dict(calls())
ARGUMENTS = [(label, argument) for label, call in CALLS.items() for argument in arguments_of(call)]


def right(label: str, call: Call) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return arguments that are right: by name, and those of which there may be any number."""
    own, by_name = given.OWN.get(label, {}), dict[str, Any]()
    for argument in arguments_of(call):
        if argument.name in own:
            by_name[argument.name] = own[argument.name]
        elif argument.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD) and (
            argument.default is Parameter.empty or argument.name in given.SHORT
        ):
            by_name[argument.name] = given.NAMED[argument.name]
    starred = next((one.name for one in arguments_of(call) if one.kind is Parameter.VAR_POSITIONAL), "")
    return by_name, by_name.pop(starred, ())


def called(label: str, argument: Parameter | None = None, wrong: Any = None) -> Any:
    """Call with what is right, but for one argument."""
    by_name, starred = right(label, CALLS[label])
    if argument is not None and argument.kind is Parameter.VAR_POSITIONAL:
        starred = (wrong,)
    elif argument is not None:
        by_name["zz" if argument.kind is Parameter.VAR_KEYWORD else argument.name] = wrong
    first = [one.name for one in arguments_of(CALLS[label]) if one.kind is Parameter.POSITIONAL_OR_KEYWORD]
    by_place = [by_name.pop(name) for name in first if name in by_name] if starred else []
    return CALLS[label](*by_place, *starred, **by_name)


def raised(label: str, argument: Parameter, wrong: Any) -> Exception | None:
    """Return the error that comes of one wrong argument, if any."""
    try:
        called(label, argument, wrong)
    except Exception as error:
        return error
    return None


def names(message: str, label: str, argument: Parameter) -> bool:
    """Whether a message says which argument it is about."""
    written = argument.name.replace("_", " ")
    known = (argument.name, written, written.removesuffix("s"), *given.SAID.get(argument.name, ()))
    starred = argument.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    return starred or label in given.NEVER_RIGHT or any(word.lower() in message.lower() for word in known)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Write files nowhere but in a folder of the test, and keep no figure."""
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("label", [label for label in CALLS if label not in given.NEVER_RIGHT])
def test_what_is_right_is_taken(label: str) -> None:
    """Tests that the other arguments are no reason for an error, where what is called is installed."""
    try:
        called(label)
    except vmopt.ExtraError as missing:
        pytest.skip(str(missing))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("label", "argument"), ARGUMENTS, ids=[f"{call}-{one.name}" for call, one in ARGUMENTS])
def test_wrong_types_give_one_clear_error(label: str, argument: Parameter) -> None:
    """Tests that an argument of any type is taken, or refused with an error of vmopt that says which one to mend."""
    place = ARGUMENTS.index((label, argument))
    for kind in [*WRONG][place % EVERY :: EVERY]:
        wrong = WRONG[kind]
        if callable(wrong) and argument.name == "progress":
            continue  # what the user gives to be called may fail in its own way
        error = raised(label, argument, wrong)
        if error is not None:
            assert isinstance(error, vmopt.VmoptError), f"{kind}: {type(error).__name__}: {error}"
            assert names(str(error), label, argument), f"{kind}: {error}"


@pytest.mark.parametrize(
    "label", [c for c, one in ARGUMENTS if one.kind is Parameter.VAR_KEYWORD and c not in given.NEVER_RIGHT]
)
def test_unknown_arguments_are_named(label: str) -> None:
    """Tests that an argument that there is not is refused by name."""
    argument = next(one for one in arguments_of(CALLS[label]) if one.kind is Parameter.VAR_KEYWORD)
    with pytest.raises(vmopt.VmoptError, match="zz"):
        called(label, argument, 3)


def test_every_class_is_known() -> None:
    """Tests that no name of a class is left over that there no longer is."""
    classes = {label for label, value in named() if isinstance(value, type)}
    assert classes >= given.HANDED_BACK | set(given.OBJECTS)
    assert set(CALLS) >= set(given.OWN) | given.NEVER_RIGHT
