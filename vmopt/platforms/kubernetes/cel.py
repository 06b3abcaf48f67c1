"""Expressions by which devices are selected: the part of the Common Expression Language that such selectors use.

Comparisons, ``&&``, ``||``, ``!``, ``in``, attributes and capacities of a device, quantities, versions, and what
strings can be asked. Whatever else there is in the language is refused, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from vmopt.errors import FileError
from vmopt.platforms.kubernetes.cel_functions import CALLS, METHODS, TESTS

TOKEN = re.compile(
    r"\s*(?:(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[<>!().,\[\]]))"
)
LONGEST, MOST_TOKENS, DEEPEST = 10_240, 400, 40
Value = Any
Scope = Mapping[str, Any]
Node = Callable[[Scope], Value]


class CelError(Exception):
    """The expression is beyond what is read here, or asks for what a device does not have."""


@lru_cache(maxsize=4096)
def compiled(expression: str) -> Node:
    """Return a function that evaluates an expression.

    Raises
    ------
    CelError
        If it holds anything that is not read here.

    Examples
    --------
    >>> device = {"driver": "gpu.example.com", "attributes": {"gpu.example.com": {"model": "a100"}}}
    >>> asks = 'device.driver == "gpu.example.com" && device.attributes["gpu.example.com"].model in ["a100", "h100"]'
    >>> compiled(asks)({"device": device})
    True
    """
    if len(expression) > LONGEST:
        raise CelError("the expression is too long")
    return _Reader(expression).whole()


def holds(expression: str, device: Mapping[str, Any]) -> bool:
    """Whether a device meets a selector; one that asks for what the device does not have is not met.

    Raises
    ------
    CelError
        If the expression holds anything that is not read here.
    """
    test = compiled(expression)
    try:
        return test({"device": device}) is True
    except (KeyError, TypeError, AttributeError, ValueError, FileError):
        return False


class _Reader:
    """Descends from ``||`` to single values."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if found is None:
                raise CelError(f"{text[at : at + 20]!r} is not read here")
            self._tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            at = found.end()
        if len(self._tokens) > MOST_TOKENS:
            raise CelError("the expression is too long")
        self._tokens.append(("end", ""))
        self._at = self._depth = 0

    def whole(self) -> Node:
        found = self._either()
        return found if self._kind == "end" else self._fail()

    @property
    def _kind(self) -> str:
        return self._tokens[self._at][0]

    def _fail(self) -> NoReturn:
        kind, text = self._tokens[self._at]
        raise CelError("the expression ends too early" if kind == "end" else f"{text!r} is not read here")

    def _take(self, *wanted: str) -> str | None:
        """The next token, if it is one of these signs or names."""
        kind, text = self._tokens[self._at]
        if kind in ("sign", "name") and text in wanted:
            self._at += 1
            return text
        return None

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            self._fail()

    def _either(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise CelError("the expression is nested too deep")
        parts = [self._both()]
        while self._take("||"):
            parts.append(self._both())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else lambda scope: any(part(scope) is True for part in parts)

    def _both(self) -> Node:
        parts = [self._compared()]
        while self._take("&&"):
            parts.append(self._compared())
        return parts[0] if len(parts) == 1 else lambda scope: all(part(scope) is True for part in parts)

    def _compared(self) -> Node:
        if self._take("!"):
            self._depth += 1
            inner = self._compared() if self._depth <= DEEPEST else self._fail()
            self._depth -= 1
            return lambda scope: not inner(scope)
        left = self._value()
        sign = self._take("==", "!=", "<=", ">=", "<", ">", "in")
        if sign is None:
            return left
        test, right = TESTS[sign], self._value()
        return lambda scope: test(left(scope), right(scope))

    def _value(self) -> Node:
        node = self._first()
        while True:
            if self._take("."):
                node = self._member(node)
            elif self._take("["):
                node = _indexed(node, self._either())
                self._expect("]")
            else:
                return node

    def _first(self) -> Node:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind in ("text", "number"):
            return _constant(_literal(kind, text))
        if text == "(":
            inner = self._either()
            self._expect(")")
            return inner
        if text == "[":
            items = self._until("]")
            return lambda scope: [item(scope) for item in items]
        if text in ("true", "false"):
            return _constant(text == "true")
        if text in (*CALLS, "has") and self._take("("):
            given = self._until(")")
            return _given(given) if text == "has" else _called(CALLS[text], given)
        if text != "device":
            self._at -= 1
            self._fail()
        return lambda scope: scope["device"]

    def _member(self, node: Node) -> Node:
        kind, name = self._tokens[self._at]
        if kind != "name":
            self._fail()
        self._at += 1
        if self._take("("):
            if name not in METHODS:
                raise CelError(f"{name}() is not read here")
            return _called(METHODS[name], [node, *self._until(")")])
        return _indexed(node, lambda scope: name)

    def _until(self, end: str) -> list[Node]:
        found: list[Node] = []
        while not self._take(end):
            found.append(self._either())
            if not self._take(",") and self._tokens[self._at][1] != end:
                self._fail()
        return found


def _literal(kind: str, text: str) -> Value:
    if kind == "text":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return float(text) if "." in text else int(text)


def _constant(value: Value) -> Node:
    return lambda scope: value


def _indexed(node: Node, key: Node) -> Node:
    return lambda scope: node(scope)[key(scope)]


def _called(function: Callable[..., Any], given: list[Node]) -> Node:
    return lambda scope: function(*(one(scope) for one in given))


def _given(asked: list[Node]) -> Node:
    """Whether what is asked for is there."""

    def there(scope: Scope) -> bool:
        try:
            return all(one(scope) is not None for one in asked)
        except KeyError:
            return False

    return there
