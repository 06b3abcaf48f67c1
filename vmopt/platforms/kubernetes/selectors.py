"""Selectors: which labels, which nodes, which taints."""

from __future__ import annotations

import re
from collections.abc import Mapping

from vmopt.platforms.kubernetes.fields import Object, objects, text, texts, words

WHOLE = re.compile(r"[+-]?\d{1,19}")
NAME = "metadata.name"


def selects(selector: Object | None, labels: Mapping[str, str]) -> bool:
    """Whether a label selector takes an object with these labels; none takes nothing, an empty one everything.

    Examples
    --------
    >>> selects({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "db"]}]}, {"app": "web"})
    True
    >>> selects({}, {}), selects(None, {})
    (True, False)
    """
    if selector is None:
        return False
    if any(labels.get(key) != value for key, value in texts(selector, "matchLabels").items()):
        return False
    return all(holds(one, labels) for one in objects(selector, "matchExpressions"))


def holds(expression: Object, labels: Mapping[str, str]) -> bool:
    """Whether labels meet one requirement: In, NotIn, Exists, DoesNotExist, Gt or Lt.

    Examples
    --------
    >>> holds({"key": "cores", "operator": "Gt", "values": ["8"]}, {"cores": "16"})
    True
    """
    key, operator, values = text(expression, "key"), text(expression, "operator"), words(expression, "values")
    given = labels.get(key)
    if operator == "In":
        return given is not None and given in values
    if operator == "NotIn":
        return given is None or given not in values
    if operator == "Exists":
        return given is not None
    if operator == "DoesNotExist":
        return given is None
    return operator in ("Gt", "Lt") and _compared(operator, given, values)


def _compared(operator: str, given: str | None, values: list[str]) -> bool:
    if given is None or len(values) != 1 or not (WHOLE.fullmatch(given) and WHOLE.fullmatch(values[0])):
        return False
    return int(given) > int(values[0]) if operator == "Gt" else int(given) < int(values[0])


def takes(terms: list[Object], labels: Mapping[str, str], name: str) -> bool:
    """Whether a node meets one of the terms of a node selector; an empty term is met by none.

    Examples
    --------
    >>> takes([{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]}], {}, "n1")
    True
    """
    return any(_term(term, labels, {NAME: name}) for term in terms)


def _term(term: Object, labels: Mapping[str, str], fields: Mapping[str, str]) -> bool:
    asked, named = objects(term, "matchExpressions"), objects(term, "matchFields")
    if not asked and not named:
        return False
    return all(holds(one, labels) for one in asked) and all(holds(one, fields) for one in named)


def tolerates(tolerations: list[Object], taint: Object) -> bool:
    """Whether one of the tolerations is for a taint.

    Examples
    --------
    >>> tolerates([{"operator": "Exists", "key": "gpu"}], {"key": "gpu", "value": "yes", "effect": "NoSchedule"})
    True
    """
    return any(_tolerates(one, taint) for one in tolerations)


def _tolerates(toleration: Object, taint: Object) -> bool:
    effect, key = text(toleration, "effect"), text(toleration, "key")
    operator = text(toleration, "operator") or "Equal"
    if effect and effect != text(taint, "effect"):
        return False
    if key != text(taint, "key") and (key or operator != "Exists"):
        return False
    given, wanted = text(taint, "value"), text(toleration, "value")
    if operator in ("Gt", "Lt"):
        return _compared(operator, given, [wanted])
    return operator == "Exists" or (operator == "Equal" and wanted == given)
