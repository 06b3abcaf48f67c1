"""Rules of every kind, drawn from what each declares of its parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from vmopt.rules import RULES, BaseRule, Groups, Parameter
from vmopt.rules.catalogue import parameters_of

NAME = st.one_of(
    st.sampled_from(
        ["web-1", "db", "web-*", "rack", "over", "a", "None", "*", "2", "1.5", "a=b", "x y", "it's", "[1]"]
    ),
    st.text(max_size=4),
)
LABEL = st.one_of(st.sampled_from(["app", "over", "groups", "a", "None", "*", "a b", "app.kubernetes.io/name"]), NAME)
ROWS = st.lists(st.lists(NAME, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple)
NAMED = st.builds(Groups, names=ROWS)
LABELLED = st.builds(Groups.labelled, LABEL, st.none() | LABEL)
COLUMN = st.lists(st.integers(-1, 3), min_size=1, max_size=5).map(lambda given: Groups.of(np.array(given)))


def values(parameter: Parameter, columns: bool) -> st.SearchStrategy[Any]:
    """What a parameter may be."""
    of: dict[str, st.SearchStrategy[Any]] = {
        "Selected": NAMED | LABELLED | (COLUMN | st.just(Groups(names=())) if columns else st.nothing()),
        "PerGroup": st.integers(1, 9) | st.lists(st.integers(1, 9), max_size=3),
        "str": NAME.filter(bool),
        "int": st.integers(0, 9),
        "float": st.integers(0, 9) | st.floats(0, 1e18),
        "None": st.none(),
    }
    given = st.one_of([of[kind] for kind in parameter.kinds])
    return given if parameter.required else given | st.just(parameter.default)


def rules(name: str, *, columns: bool = True) -> st.SearchStrategy[BaseRule]:
    """Draw rules of one kind, with groups as columns or without."""
    given = {parameter.name: values(parameter, columns) for parameter in parameters_of(RULES[name])}
    if name == "most-moves":  # it limits something
        given["most"] = st.integers(0, 9)
    return st.builds(RULES[name], **given)
