"""Contradictions: what the rules of an instance rule out together, found before any search.

Each file looks for one sort: VMs that no host may take (`homes`), limits of groups in the cluster (`limits`) or in the
one domain that they share (`gathers`, `company`), groups that run whole or not at all (`wholes`), VMs that need a
partner (`partners`, `unwelcome`), VMs that must run (`must`). All are counts over the columns of the rules; none looks
for a placement, so that much that is impossible goes unseen, and nothing that is possible is refused.
"""

from __future__ import annotations

from vmopt.arrays import BoolArray
from vmopt.model.instance import Instance, require_instance
from vmopt.rules.contradictions.case import Case
from vmopt.rules.contradictions.contradiction import Contradiction
from vmopt.rules.contradictions.gathers import gather_limits
from vmopt.rules.contradictions.homes import find_homeless
from vmopt.rules.contradictions.limits import RunLimit, limits_of
from vmopt.rules.contradictions.must import check_demand, close_under_demand
from vmopt.rules.contradictions.partners import rule_out_far, rule_out_lonely
from vmopt.rules.contradictions.report import report_limits
from vmopt.rules.contradictions.unwelcome import rule_out_unwelcome
from vmopt.rules.contradictions.usable_domains import room_in_cluster
from vmopt.rules.contradictions.wholes import rule_out_limited, rule_out_parts
from vmopt.rules.near import Near
from vmopt.rules.whole import Whole

__all__ = ["Contradiction", "contradictions", "never_runs"]


def contradictions(instance: Instance) -> tuple[Contradiction, ...]:
    """Find rules that cannot all be had, before any search.

    A rule speaks of placed VMs only, so that most contradictions merely keep some VMs from running: a solution leaves
    them out, and its summary says why. One that is `fatal` keeps VMs from running that must, and proves that there is
    no placement at all: a solve of the instance is infeasible, and need not begin.

    Nothing that is possible is ever refused; not all that is impossible is found.

    Parameters
    ----------
    instance : Instance

    Returns
    -------
    tuple of Contradiction
        The fatal ones first.

    Examples
    --------
    >>> import vmopt
    >>> pair = ["vm-0", "vm-1"]
    >>> rules = [vmopt.Gather(pair), vmopt.Spread(pair), vmopt.MustRun(pair)]
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[4], [4]], rules=rules)
    >>> found = contradictions(cluster)[0]
    >>> found.fatal, len(found.rules), found.vms.tolist()
    (True, 3, [0, 1])
    """
    return tuple(sorted(require_instance(instance).once(_tried).found, key=lambda found: not found.fatal))


def never_runs(instance: Instance) -> BoolArray:
    """Tell which VMs run in no placement, ``(n_vms,)``, as far as that is found without a search.

    Examples
    --------
    >>> import vmopt
    >>> pair = ["vm-0", "vm-1"]
    >>> rules = [vmopt.Gather(pair), vmopt.Spread(pair), vmopt.Whole(pair)]
    >>> never_runs(vmopt.Instance.from_arrays([[1], [1], [1]], [[4], [4]], rules=rules)).tolist()
    [True, True, False]
    """
    return require_instance(instance).once(_tried).never


def _tried(instance: Instance) -> Case:
    case = Case(instance)
    close_under_demand(case)
    find_homeless(case)
    _close_under_absence(case)
    limits = find_limits(case)
    report_limits(case, limits)
    rule_out_limited(case, limits)
    _close_under_absence(case)
    check_demand(case)
    return case


def find_limits(case: Case) -> list[RunLimit]:
    """Limits of the groups of all rules."""
    return [*limits_of(case, room_in_cluster(case)), *gather_limits(case)]


def _close_under_absence(case: Case) -> None:
    """Rule out who cannot run without VMs that never do."""
    news = True
    while news:
        news = False
        for number, here in case.of_type(Whole):
            news |= rule_out_parts(case, number, here)
        for number, here in case.of_type(Near):
            news |= rule_out_lonely(case, number, here)
            news |= rule_out_far(case, number, here)
            news |= rule_out_unwelcome(case, number, here)
