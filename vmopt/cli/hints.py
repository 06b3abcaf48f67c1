"""Hints of the library, in the words of the command line."""

from __future__ import annotations

import re

AS_TYPED: tuple[tuple[str, str], ...] = (
    (r"with the goals, rules and weighting of then", "with the --goal, --slack, --rule and --weighting of then"),
    (r"with warm_start=\.\.\. from it", "by 'vmopt solve FILE --warm-start SOLUTION'"),
    (r"which vmopt\.verify\(\.\.\.\) lists", "which 'vmopt verify' lists"),
    (
        r"for other formats call their reader in vmopt\.io, such as [^.;]*\)",
        "two CSV files become an instance with 'vmopt import csv HOSTS VMS -o cluster.json'; 'vmopt import --help' "
        "lists the other formats",
    ),
    (r"\bbackend='([^']*)'", r"--backend \1"),
    (r"^(gap|seed|threads|hosts|load|vms)(?= is )", r"--\1"),
    (r"\b(time|warm)_(limit|start)\b", r"--\1-\2"),
    (r"\blatency_weight\b", "--latency-weight"),
    (r"\bname_column=('[^']*')", r"--name-column \1"),
    (r"\bname_column=\.\.\.", "--name-column"),
    (r"\bcolumns=\{'([^']*)': (?:'([^']*)'|(\.\.\.))\}", r"--column '\1=\2\3'"),
    (r"\bunits=\{'([^']*)': '([^']*)'\}", r"--unit \1=\2"),
    (r"\bsheets=\{'([^']*)': \.\.\.\}", r"--sheet \1=..."),
    (r"\blabels=\[('[^']*')\]", r"--label \1"),
    (r"\bdecimal='([.,])'", r"--decimal '\1'"),
    (r"\bobjective=vmopt\.Objective\('tiers'\)|weighting='tiers'", "--weighting tiers"),
    (r"vmopt\.backends\(\) lists", "'vmopt backends' lists"),
    (r"vmopt\.methods\(\) lists", "'vmopt methods' lists"),
    (r"explain\(solution, vm\)", "'vmopt explain FILE SOLUTION VM'"),
    (r": solve\(\) needs none\b", ": 'vmopt solve' needs none"),
    (r"make one with Instance\.from_rows or vmopt\.io\.read", "make one with 'vmopt import'"),
)
"""Patterns in messages, and what to say in their place."""


def as_typed(message: str) -> str:
    """Name options and commands as they are typed, where the library names its arguments and functions.

    Examples
    --------
    >>> as_typed("time_limit is -1: give a finite number of seconds, at least 0.")
    '--time-limit is -1: give a finite number of seconds, at least 0.'
    """
    for pattern, replacement in AS_TYPED:
        message = re.sub(pattern, replacement, message)
    return message
