"""Fewest moves: exchange what identical hosts run, go home where there is room, refill few hosts at a time."""

from __future__ import annotations

import time

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.change import as_it_runs, given_up, prices
from vmopt.methods.change.as_it_is import AS_IT_IS, as_it_is
from vmopt.methods.change.home import gone_home
from vmopt.methods.change.match import matched
from vmopt.methods.change.parameters import DEFAULT, ChangeParameters
from vmopt.methods.goals.stage import Stage

METHOD = "stay"


def run(stage: Stage, parameters: ChangeParameters = DEFAULT) -> None:
    """Let VMs stay where they are, as many as these steps can."""
    model = prices.run(stage, parameters)
    problem = stage.problem
    cost = problem.instance.moved_cost
    for placement in as_it_is(problem, time.perf_counter() + parameters.kept_share * stage.remaining):
        stage.offer(placement, AS_IT_IS)
    if stage.bound_is_told:  # else it came first: who runs was settled before
        with stage.within(parameters.runs_share):
            as_it_runs.run(stage, parameters)
    if model is not None and not stage.finished:
        given_up.run(stage, model, parameters)
    for _ in range(2):
        before = stage.value
        stage.suggest(matched(problem, stage.host_index, cost, parameters.most_matched), METHOD)
        stage.suggest(gone_home(problem, stage.host_index, cost, time.perf_counter() + stage.remaining), METHOD)
        if stage.value == before or stage.finished:
            break


def moved(current: IntArray, host_index: IntArray) -> IntArray:
    """VMs that change host or stop."""
    return np.flatnonzero((current >= 0) & (host_index != current))


def interest(stage: Stage) -> FloatArray:
    """How likely a host is to be looked at: those that VMs moved to, or from."""
    current, n_hosts = stage.instance.current, stage.instance.n_hosts
    weight = np.full(n_hosts, 0.02)
    if current is not None:
        gone = moved(current, stage.host_index)
        np.add.at(weight, current[gone], 1.0)
        there = stage.host_index[gone]
        np.add.at(weight, there[there >= 0], 1.0)
    return weight
