"""Rules as CSV: one column, ``rule``, and a line for each rule in its form as text."""

from __future__ import annotations

from collections.abc import Sequence

from vmopt.errors import FileError, InstanceError
from vmopt.io.csv_table import CsvTable
from vmopt.io.files import PathLike
from vmopt.model.rule import Rule
from vmopt.rules import BaseRule, parse_rule, rule_text
from vmopt.rules.catalogue import require_known

RULE = "rule"


def read_rule_column(path: PathLike) -> list[BaseRule]:
    """Read the rules of a file; there may be none below the header.

    Raises
    ------
    FileError
        If the file cannot be read, or a line is no rule: the message names file and line.
    """
    table = CsvTable(path, may_be_empty=True)
    table.require([RULE])
    for name in table.columns:
        if name != RULE:
            raise FileError(f"{path}, line 1: column {name!r} is unknown: a file of rules has one column, {RULE!r}.")
    rules = []
    for row, text in enumerate(table.columns[RULE]):
        try:
            rules.append(parse_rule(text))
        except InstanceError as error:
            table.fail(row, RULE, str(error).removesuffix("."))
    return rules


def rule_column(rules: Sequence[Rule], path: PathLike) -> dict[str, list[str]]:
    """Return the column that a file holds.

    Raises
    ------
    FileError
        If one of the rules cannot be said in text.
    """
    try:
        return {RULE: [rule_text(require_known(rule)) for rule in rules]}
    except InstanceError as error:
        raise FileError(f"cannot write {path}: {error}") from None
