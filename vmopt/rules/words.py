"""Text as words, lists and pairs: what rules are written in, before it is known what any of it means."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import NoReturn

from vmopt.errors import InstanceError

WORD = re.compile(r"[^\s,=()\[\]'\"]+")
STRING = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")
ESCAPE = re.compile(r"\\(?:[\\'\"nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


@dataclass(frozen=True)
class Word:
    """A bare word, or a string in quotes."""

    text: str
    quoted: bool = False

    def __str__(self) -> str:
        return repr(self.text) if self.quoted else self.text


@dataclass(frozen=True)
class Pair:
    """``key=value``."""

    key: Word
    value: Value

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


@dataclass(frozen=True)
class Items:
    """``[value, ...]``."""

    values: tuple[Value, ...]

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.values))}]"


Value = Word | Pair | Items


def read_call(text: str) -> tuple[str, tuple[Value, ...]]:
    """Read ``name(value, ...)``.

    Raises
    ------
    InstanceError
        If it is anything else: what is wrong, and where.

    Examples
    --------
    >>> name, values = read_call("spread(app, over=rack, most=[1, 2])")
    >>> name, [str(value) for value in values]
    ('spread', ['app', 'over=rack', 'most=[1, 2]'])
    """
    reader = _Reader(text)
    name = reader.word()
    reader.expect("(")
    values = reader.until(")")
    if reader.left:
        reader.fail("nothing may follow the ')'")
    return name.text, values


class _Reader:
    """Words and signs, taken from the left."""

    def __init__(self, text: str) -> None:
        self._text, self.left = text, text.strip()

    def fail(self, problem: str) -> NoReturn:
        where = f"before {self.left[:20]!r}" if self.left else "at its end"
        raise InstanceError(f"{problem} ({where}).")

    def take(self, sign: str) -> bool:
        """Whether a sign comes next; it is taken if so."""
        if not self.left.startswith(sign):
            return False
        self.left = self.left[1:].lstrip()
        return True

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            self.fail(f"a {sign!r} is missing")

    def word(self) -> Word:
        string, bare = STRING.match(self.left), WORD.match(self.left)
        found = string or bare
        if found is None:
            self.fail("a closing quote is missing" if self.left[:1] in ("'", '"') else "a word is missing")
        self.left = self.left[found.end() :].lstrip()
        if string is None:
            return Word(found[0])
        return Word(_unquoted(string[0]), quoted=True)

    def value(self) -> Value:
        if self.take("["):
            return Items(self.until("]"))
        word = self.word()
        return Pair(word, self.value()) if self.take("=") else word

    def until(self, end: str) -> tuple[Value, ...]:
        """Take values with commas between them, and the sign after the last."""
        values: list[Value] = []
        while not self.take(end):
            values.append(self.value())
            if not self.take(",") and not self.left.startswith(end):
                self.fail(f"a ',' or a {end!r} is missing")
        return tuple(values)


def _unquoted(string: str) -> str:
    if "\\" not in ESCAPE.sub("", string):
        try:
            return str(ast.literal_eval(string))
        except (SyntaxError, ValueError):
            pass
    raise InstanceError(f"{string} is no string: write a backslash as two.")
