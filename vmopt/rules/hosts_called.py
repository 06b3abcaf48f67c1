"""Hosts as people name them where no rule is written: by name, by pattern, or by label."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, NoReturn

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import OptionError
from vmopt.model.label_rows import LabelRows
from vmopt.rules.known import WILD, few, hint, meant


def hosts_called(instance: Any, word: str) -> IntArray:
    """Positions of the host of this name; else of those that match the pattern, or have the label ``key=value``.

    Raises
    ------
    OptionError
        If there are none.

    Examples
    --------
    >>> import vmopt
    >>> hosts = [vmopt.Host(f"h{n}", {"cpu": 1}, labels={"rack": f"r{n % 2}"}) for n in range(3)]
    >>> cluster = vmopt.Instance.from_rows(hosts, [vmopt.VM("web", {"cpu": 1})])
    >>> [hosts_called(cluster, word).tolist() for word in ("h1", "h*", "rack=r0")]
    [[1], [0, 1, 2], [0, 2]]
    """
    names = instance.host_names
    position = names.index_of.get(word)
    if position is not None:
        return np.array([position])
    found = [h for h, name in enumerate(names) if fnmatchcase(name, word)] if WILD & set(word) else []
    key, is_label, value = word.partition("=")
    if not found and is_label:
        values, of = LabelRows.of(instance.host_labels or ()).column(key)
        found = np.flatnonzero(of == values.index(value)).tolist() if value in values else []
    if not found:
        _refuse(instance, word)
    return np.array(found)


def _refuse(instance: Any, word: str) -> NoReturn:
    key, is_label, value = word.partition("=")
    if not is_label:
        raise OptionError(f"no host is called {word!r}{hint(word, instance.host_names)}: correct it, or leave it out.")
    rows = instance.host_labels or ()
    keys = sorted({known for row in rows for known in row})
    if key in keys:
        values = sorted({row[key] for row in rows if key in row})
        known = f"{key!r} is {few(values)}{meant(value, values)}"
    else:
        known = f"hosts have {f'labels {few(keys)}{meant(key, keys)}' if keys else 'no labels at all'}"
    raise OptionError(f"no host is called {word!r}, and none has that label: {known}.")
