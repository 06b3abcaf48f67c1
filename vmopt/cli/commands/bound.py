"""`vmopt bound`: how good a placement could be at most, and what capacity is worth."""

from __future__ import annotations

from vmopt.cli import options
from vmopt.cli.codes import Exit


def bound(
    file: options.InstanceFile,
    backend: options.Backend = None,
    time_limit: options.TimeLimit = 60.0,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    as_json: options.AsJson = False,
) -> int:
    """Bound the objective and price the capacity, without looking for a placement.

    Solves the relaxation in which VMs may be split. Its prices say which resources are scarce: a price is what one more
    unit would add to the objective, at most. Of rules it knows who may run where, who has to run, and the limits of
    groups, which have prices as well. Others are left out: the bound holds with them, and may be far above.
    """
    from vmopt.cli import console, documents
    from vmopt.solving import relax
    from vmopt.summary import relaxation_tables, relaxations

    instance = options.instance_of(file, weighting, rule)
    relaxation = relax(instance, backend=backend, time_limit=time_limit)
    if as_json:
        documents.show(documents.of_relaxation(relaxation))
    else:
        console.show(relaxations.facts(relaxation), *relaxation_tables(relaxation))
    return Exit.SOLVED
