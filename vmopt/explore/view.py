"""The page of a session: the forms, the judgement, and the hosts and VMs as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader

from vmopt.explain import explain
from vmopt.explore.actions import CHANGES
from vmopt.explore.session import Session
from vmopt.report.document import environment, framed
from vmopt.report.rules import rules_of

MOST_NAMES = 2000
"""Names that are suggested while one is typed."""
MOST_STEPS = 50


def view(session: Session, error: str = "", typed: Mapping[str, str] | None = None) -> str:
    """Return the page.

    Parameters
    ----------
    session : Session
    error : str
        Why what was asked last could not be done.
    typed : mapping of str to str, optional
        What stood in the form then, to be mended.

    Examples
    --------
    >>> import vmopt
    >>> "Nothing is broken" in view(Session(vmopt.solve(vmopt.Instance.from_arrays([[4]], [[8]]))))
    True
    """
    solution, judged = session.solution, session.judge()
    told = explain(solution) if judged.allowed else None
    return framed(
        _environment().get_template("explore.html"),
        solution,
        told,
        title="Explore a placement",
        judged=judged,
        state=session.state,
        steps=[state.said for state in reversed(session.states[-MOST_STEPS:])],
        error=error,
        typed=typed or {},
        changes={kind: words for kind, (words, _) in CHANGES.items()},
        vm_names=solution.instance.vm_names[:MOST_NAMES],
        host_names=solution.instance.host_names[:MOST_NAMES],
        rules=rules_of(solution, None),
        form_action="'self'",
    )


@cache
def _environment() -> Environment:
    found = environment()
    return found.overlay(
        loader=ChoiceLoader([PackageLoader("vmopt.explore"), found.loader or PackageLoader("vmopt.report")])
    )
