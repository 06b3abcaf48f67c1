"""The JSON Schemas of our formats."""

from __future__ import annotations

from importlib import resources
from typing import Any, Literal

import orjson

from vmopt.errors import OptionError
from vmopt.io.json_rules import RULE
from vmopt.rules import RULES, BaseRule, Parameter
from vmopt.rules.catalogue import SYNONYMS, info_of

KINDS = ("instance", "solution", "network", "traffic", "plan")
SHAPES: dict[str, dict[str, Any]] = {
    "Selected": {"$ref": "#/$defs/selected"},
    "PerGroup": {"$ref": "#/$defs/perGroup"},
    "str": {"type": ["string", "null"], "minLength": 1},
    "int": {"type": "integer", "minimum": 0},
    "float": {"type": "number", "minimum": 0},
    "None": {"type": "null"},
}
"""What the parameters of rules may be, by their declared kinds."""


def schema(kind: Literal["instance", "solution", "network", "traffic", "plan"]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one of our formats.

    A schema says what a file may look like. The readers check more: that names are unique, columns of equal length, a
    placement fits.

    Raises
    ------
    OptionError
        If there is no such schema.

    Examples
    --------
    >>> schema("instance")["title"]
    'vmopt instance, version 1'
    """
    if not isinstance(kind, str) or kind not in KINDS:
        raise OptionError(f"there is no schema of {kind!r}: use {' or '.join(map(repr, KINDS))}.")
    text = resources.files("vmopt.io").joinpath("schema", f"{kind}.schema.json").read_bytes()
    found: dict[str, Any] = orjson.loads(text)
    if kind in ("instance", "plan"):
        found["$defs"]["rule"] = _any_rule()
    return found


def _any_rule() -> dict[str, Any]:
    """The schema of a rule: one of all there are, each with its own parameters."""
    named = [(rule.name, rule) for rule in RULES.values()] + [(other, RULES[key]) for other, key in SYNONYMS.items()]
    return {"oneOf": [*(_one_rule(name, rule) for name, rule in named), {"$ref": "#/$defs/inside"}]}


def _one_rule(name: str, rule: type[BaseRule]) -> dict[str, Any]:
    info = info_of(rule)
    return {
        "description": info.summary,
        "type": "object",
        "properties": {RULE: {"const": name}, **{known.name: _parameter(known) for known in info.parameters}},
        "required": [RULE, *(known.name for known in info.parameters if known.required)],
        "additionalProperties": False,
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    """What a parameter may be, as it is declared."""
    choices = [SHAPES[kind] for kind in parameter.kinds]
    return choices[0] if len(choices) == 1 else {"anyOf": choices}
