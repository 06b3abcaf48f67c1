"""Building the plain program of 1,000 VMs x 100 hosts x 3 resources: sparse arrays against PuLP's expressions.

``python -m benchmarks.micro.build_lp`` builds the same 100,000 columns both ways, in turn, and prints medians
and their ratio.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable

from ortools.math_opt import model_pb2  # isort: skip - ortools before pulp
import pulp

import vmopt
from vmopt.backends.math_opt.model import to_proto
from vmopt.formulation.assignment import assignment
from vmopt.problem import compile

N_VMS, N_HOSTS, RUNS = 1_000, 100, 5


def main() -> None:
    """Build both ways, `RUNS` times in turn."""
    ours, theirs = [], []
    for seed in range(RUNS):
        instance = vmopt.generate("distinct", hosts=N_HOSTS, vms=N_VMS, seed=seed)
        ours.append(_seconds(lambda instance=instance: with_arrays(instance)))
        theirs.append(_seconds(lambda instance=instance: with_expressions(instance)))
    own, other = statistics.median(ours), statistics.median(theirs)
    print(f"{N_VMS:,} VMs x {N_HOSTS} hosts x {len(instance.resources)} resources, median of {RUNS} runs")
    print(f"vmopt, arrays to a model for highs     {own:8.3f} s")
    print(f"PuLP {pulp.__version__}, expressions               {other:8.3f} s")
    print(f"ratio                                  {own / other:8.3f}")


def with_arrays(instance: vmopt.Instance) -> object:
    """Merge, formulate and translate for HiGHS, ready to be solved."""
    proto = model_pb2.ModelProto()
    to_proto(assignment(compile(instance.replace())).program, proto)
    return proto


def with_expressions(instance: vmopt.Instance) -> pulp.LpProblem:
    """Build the model as a textbook writes it: one binary per VM and host, one expression per row."""
    demand, capacity, value = instance.demand.tolist(), instance.capacity.tolist(), instance.value.tolist()
    vms, hosts = range(instance.n_vms), range(instance.n_hosts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        problem = pulp.LpProblem("placement", pulp.LpMaximize)
        binary = {"lowBound": 0, "upBound": 1, "cat": pulp.LpBinary}
        new = problem.add_variable if hasattr(problem, "add_variable") else pulp.LpVariable
        x = [[new(f"x_{i}_{h}", **binary) for h in hosts] for i in vms]
        problem += pulp.lpSum(value[i] * x[i][h] for i in vms for h in hosts)
        for i in vms:
            problem += pulp.lpSum(x[i]) <= 1
        for h in hosts:
            for k in range(len(instance.resources)):
                problem += pulp.lpSum(demand[i][k] * x[i][h] for i in vms) <= capacity[h][k]
    return problem


def _seconds(build: Callable[[], object]) -> float:
    begin = time.perf_counter()
    build()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
