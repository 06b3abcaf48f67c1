"""Settings: which solves a run consists of."""

from __future__ import annotations

import pytest

import vmopt
from benchmarks.sets import SETS, Case, TestSet
from benchmarks.settings import Settings
from vmopt.errors import OptionError


def two_cases(*, seeded: bool) -> TestSet:
    """A set of two cases."""
    cases = [Case(f"case-{hosts}", lambda seed: vmopt.generate(seed=seed), 10.0 * hosts) for hosts in (1, 2)]
    return TestSet("own", "two cases", lambda: iter(cases), seeded=seeded)


def test_defaults() -> None:
    """Tests that sets choose methods, seconds and gap, and that five seeds are run only where they matter."""
    jobs = Settings().jobs(two_cases(seeded=True))
    assert len({job.seed for job in jobs}) == 5
    assert {job.method for job in jobs} == {"auto", "greedy-priority", "greedy-demand"}
    assert {(job.instance, job.time_limit) for job in jobs} == {("case-1", 10.0), ("case-2", 20.0)}
    assert {job.requested_gap for job in jobs} == {1e-4}
    assert {job.seed for job in Settings().jobs(two_cases(seeded=False))} == {0}


def test_what_is_asked_for() -> None:
    """Tests that settings win over what sets choose, and that backends go to the methods that use one."""
    settings = Settings(("exact", "exact@highs", "greedy-priority"), "scip", 3, 0.0, 1, (7,), "case-2")
    jobs = settings.jobs(two_cases(seeded=True))
    assert [job.label for job in jobs] == ["exact@scip", "exact@highs", "greedy-priority"]
    assert {(job.instance, job.seed, job.time_limit, job.requested_gap, job.threads) for job in jobs} == {
        ("case-2", 7, 3.0, 0.0, 1)
    }


@pytest.mark.parametrize(
    ("method", "why"),
    [
        ("greedy", "method 'greedy' is unknown"),
        ("greedy-priority@highs", "uses no backend"),
        ("peer:nobody", "peer 'peer:nobody' is unknown: use one of peer:rebalancer"),
        ("peer:cp-sat@highs", "uses no backend"),
    ],
)
def test_methods_that_do_not_exist(method: str, why: str) -> None:
    """Tests that a wrong name is refused before anything runs."""
    with pytest.raises(OptionError, match=why):
        Settings(methods=(method,))


def test_no_time_is_refused() -> None:
    """Tests that a time limit has to be above 0."""
    with pytest.raises(OptionError, match="time_limit is 0"):
        Settings(time_limit=0)


def test_a_generated_run_ends_in_a_quarter_of_an_hour() -> None:
    """Tests that the solves of ``run generated --time-limit 10`` have fewer than 900 seconds between them."""
    jobs = Settings(time_limit=10).jobs(SETS["generated"])
    greedy = [job for job in jobs if job.method.startswith("greedy")]
    start_of_a_process, two_greedy_solves_of_the_largest = 0.6, 5.0
    seconds = sum(job.time_limit for job in jobs if job not in greedy) + start_of_a_process * len(jobs)
    assert seconds + two_greedy_solves_of_the_largest * len({job.seed for job in jobs}) < 900
