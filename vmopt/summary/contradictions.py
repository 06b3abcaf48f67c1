"""Rules that cannot all be had."""

from __future__ import annotations

from vmopt.model.instance import Instance
from vmopt.rules.contradictions import contradictions
from vmopt.summary.layout import Fact

MOST_SHOWN = 3


def contradictions_of(instance: Instance) -> list[Fact]:
    """Say which rules keep VMs from running whatever else is done, and how to mend that.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.Gather("vm-*"), vmopt.Spread("vm-*"), vmopt.Whole("vm-*")]
    >>> facts = contradictions_of(vmopt.Instance.from_arrays([[1], [1]], [[4], [4]], rules=rules))
    >>> facts[0].label
    'never runs'
    """
    found = contradictions(instance) if instance.rules else ()
    facts = [Fact("never runs", str(one)) for one in found[:MOST_SHOWN]]
    if len(found) > MOST_SHOWN:
        facts.append(Fact("never runs", f"and {len(found) - MOST_SHOWN:,} contradictions more"))
    return facts
