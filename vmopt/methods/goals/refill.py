"""Refill: few hosts at a time filled anew, so that a level gets better while all others stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import nullcontext
from contextvars import copy_context

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.methods.goals.choice import Choice
from vmopt.methods.goals.freed_hosts import FreedHosts
from vmopt.methods.goals.parameters import DEFAULT, RefillParameters
from vmopt.methods.goals.stage import Stage

METHOD = "refill"
BACKEND = "cp-sat"


def run(
    stage: Stage,
    interest: Callable[[], FloatArray] | None = None,
    parameters: RefillParameters = DEFAULT.refill,
) -> None:
    """Refill hosts until the stage is finished, or too much was in vain; several at a time where there are threads.

    Parameters
    ----------
    interest : callable, optional
        Returns how interesting each host is now, ``(n_hosts,)``, at least 0.
    parameters : RefillParameters
    """
    choice = Choice(stage, interest, parameters)
    most = min(parameters.most_in_vain, 20 + 4 * stage.problem.n_hosts)
    helpers = min(stage.options.threads, parameters.most_helpers, max(1, stage.problem.n_hosts // 4))
    in_vain = 0
    with ThreadPoolExecutor(helpers) if helpers > 1 else nullcontext() as pool:
        while not stage.finished and in_vain < most:
            for gained in _round(stage, choice, pool, helpers, parameters):
                in_vain = 0 if gained else in_vain + 1


def _round(
    stage: Stage, choice: Choice, pool: Executor | None, helpers: int, parameters: RefillParameters
) -> Iterator[bool]:
    """Refill sets of hosts that have none in common, each from the placement of now; tell which were worth it."""
    parts = [FreedHosts.of(stage, drawn, parameters) for drawn in choice.draw(helpers)]
    told = [(part, _asked(stage, part, pool, parameters.seconds)) for part in parts if part is not None]
    if not told:
        yield False
    take = stage.offer if len(told) == 1 else stage.suggest  # two that keep a rule may break it together
    for part, answer in told:
        found = answer.result()
        gained = found is not None and take(part.placed(found, stage.host_index), METHOD)
        choice.learn(part.drawn, gained)
        yield gained


def _asked(stage: Stage, part: FreedHosts, pool: Executor | None, seconds: float) -> Future[IntArray | None]:
    """The counts that a backend finds for a part: at once, or in a thread of the pool."""
    if pool is not None:
        return pool.submit(copy_context().run, _solved, stage, part, seconds)
    done: Future[IntArray | None] = Future()
    done.set_result(_solved(stage, part, seconds))
    return done


def _solved(stage: Stage, part: FreedHosts, seconds: float) -> IntArray | None:
    options = LPOptions(time_limit=min(seconds, stage.remaining), gap=0.0, seed=part.drawn.seed, threads=1)
    result = registry.get(BACKEND).solve(part.model.program, options)
    return None if result.x is None else part.model.counts(result.x)
