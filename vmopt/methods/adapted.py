"""A method for an instance that has more than the method knows: elastic VMs, or rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from vmopt.methods.info import Kind, MethodInfo, loaded
from vmopt.methods.search import Search
from vmopt.model.instance import Instance

Method = Callable[[Search], None]

USUAL: dict[Kind, str] = {
    "elastic": "vmopt.methods.elastic.sized:run_sized",
    "rules": "vmopt.methods.ruled.door:run_dealt",
}
"""Who adapts a method that says nothing of its own about it."""


def adapted(info: MethodInfo, run: Method, instance: Instance) -> Method:
    """Make of a method one that serves an instance, whatever that has.

    Elastic VMs get sizes first, so that what is adapted to rules is a method for them.

    Parameters
    ----------
    info : MethodInfo
    run : callable
        The method, loaded.
    instance : Instance

    Examples
    --------
    >>> from vmopt.methods import registry
    >>> info, run = registry.get("greedy-priority")
    >>> adapted(info, run, Instance.from_arrays([[1]], [[1]])) is run
    True
    """
    if instance.elastic:
        run = _adapted(info, "elastic", run)
    if instance.rules:
        from vmopt.methods.ruled import door

        run = partial(door.unless_contradicted, run=_adapted(info, "rules", run))
    return run


def _adapted(info: MethodInfo, kind: Kind, run: Method) -> Method:
    if kind in info.supports:
        return run
    return partial(loaded(info.adapters.get(kind, USUAL[kind])), inner=run)
