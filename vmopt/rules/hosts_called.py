"""Hosts as people name them where no rule is written: by name, by pattern, or by label."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import OptionError
from vmopt.model.label_rows import LabelRows
from vmopt.rules.known import called, hint, labels_there


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
    names, labels = instance.host_names, instance.host_labels
    found = called(word, names)
    if found.size:
        return found
    key, is_label, value = word.partition("=")
    if not is_label:
        raise OptionError(f"no host is called {word!r}{hint(word, names)}: correct it, or leave it out.")
    values, of = LabelRows.of(labels or ()).column(key)
    if value not in values:
        there = labels_there(key, value, labels, "host")
        raise OptionError(f"no host is called {word!r}, and none has that label: {there}.")
    return np.flatnonzero(of == values.index(value))
