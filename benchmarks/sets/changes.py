"""What test sets change about published instances, so that not everything fits, or not everything is equal."""

from __future__ import annotations

import numpy as np

from vmopt import Instance
from vmopt.explain.regroup import for_other_hosts
from vmopt.model.amounts import as_table, in_user_units

N_PRIORITIES = 5


def with_priorities(instance: Instance, seed: int) -> Instance:
    """Give every VM a priority from 1 to 5, drawn from the seed.

    Examples
    --------
    >>> cluster = with_priorities(Instance.from_arrays([[1]] * 1000, [[9]]), seed=3)
    >>> sorted(set(cluster.priority.tolist()))
    [1.0, 2.0, 3.0, 4.0, 5.0]
    """
    return instance.replace(priority=np.random.default_rng(seed).integers(1, N_PRIORITIES + 1, instance.n_vms))


def with_first_hosts(instance: Instance, percent: int) -> Instance:
    """Keep the first hosts, `percent` of them rounded down, and at least one.

    Examples
    --------
    >>> with_first_hosts(Instance.from_arrays([[1]], [[9], [8], [7]]), 67).capacity.tolist()
    [[9], [8]]
    """
    count = max(1, instance.n_hosts * percent // 100)
    columns = instance.as_columns()
    kept = {name: columns[name] for name in ("capacity", "host_names", "host_labels")}
    first = {name: None if rows is None else rows[:count] for name, rows in kept.items()}
    return instance.replace(**first, rules=for_other_hosts(instance, np.arange(count), 0))


def with_capacity(instance: Instance, percent: int) -> Instance:
    """Lower every capacity to `percent` of it, rounded down to an integer.

    Examples
    --------
    >>> with_capacity(Instance.from_arrays([[1, 1]], [[9, 100]]), 80).capacity.tolist()
    [[7, 80]]
    """
    return instance.replace(capacity=as_table(in_user_units(instance.capacity * percent // 100, instance.scale)))
