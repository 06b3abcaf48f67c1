"""Fragments of 16 cpus joined by 50 moves: the setting of VMR2L, at 5 and at 10 seconds, with bounds.

``python -m benchmarks.fragments`` prints a line for each seed and time. The setting is that of Ding et al., VMR2L:
Virtual machines rescheduling using reinforcement learning in data centers (2023): 280 hosts of two NUMA nodes of 44
cpus, 2,089 VMs, at most 50 moves, and the *fragment rate*, the part of the free cpus that is left over when each NUMA
node gives away pieces of 16. Their data are not used: VMs of 2 to 32 cpus are drawn, and put on random nodes with room.
A NUMA node is a host here. With ``--double 0.05`` that part of the VMs is split over both nodes of a server: two halves
of 8 or 16 cpus, which stay on one server (`vmopt.Gather`) and on different nodes of it (`vmopt.Spread`), and each of
which counts as a move. Lower rates are better; the bound is the lowest that can be had. Beside it the rate of steepest
descent, the one move after the other that saves most: what any solver has to beat.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import vmopt

HOSTS, CPUS, VMS, PIECE, MOVES = 560, 44, 2_089, 16, 50
SIZES, SHARES = (2, 4, 8, 16, 32), (0.20, 0.28, 0.30, 0.18, 0.04)
HALVES = (8, 16)
SERVER = "server"
SECONDS = (5.0, 10.0)


def main() -> None:
    """Solve each instance with each limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--double", type=float, default=0.0, help="part of the VMs that is split over two nodes")
    asked = parser.parse_args()
    for seed in range(asked.seeds):
        instance = scattered(seed, asked.double)
        before = fragments(instance, instance.current)
        free = HOSTS * CPUS - int(instance.demand[:, 0].sum())
        print(f"seed {seed}  steepest descent: rate {fragments(instance, descent(instance)) / free:.4f}")
        for seconds in SECONDS:
            begin = time.perf_counter()
            solution = vmopt.solve(instance, time_limit=seconds, seed=0, threads=2)
            taken = time.perf_counter() - begin
            print(f"seed {seed}  {seconds:4.0f} s: {told(instance, solution, before)}  ({taken:.1f} s)", flush=True)


def told(instance: vmopt.Instance, solution: vmopt.Solution, before: int) -> str:
    """Fragment rates before, after and at best, and the moves; what breaks a rule is an error."""
    if found := vmopt.verify(instance, solution.host_index):
        raise AssertionError(f"the solution is wrong: {found[0]}")
    free = HOSTS * CPUS - int(instance.demand[:, 0].sum())
    (level,) = solution.levels
    moves = int((solution.host_index != instance.current).sum())
    rates = (before / free, level.value / free, level.bound / free)
    return "rate {:.4f} -> {:.4f}, bound {:.4f}".format(*rates) + f", {moves} moves"


def scattered(seed: int, double: float = 0.0) -> vmopt.Instance:
    """VMs on random nodes with room, those of two nodes first, then the largest first, all of which go on running."""
    rng = np.random.default_rng([1, seed])
    sizes, split = rng.choice(SIZES, size=VMS, p=SHARES), round(double * VMS)
    halves = np.repeat(rng.choice(HALVES, size=split), 2)
    cpus = np.concatenate([halves, np.sort(sizes[split:])[::-1]])
    current, free = np.full(len(cpus), -1), np.full(HOSTS, CPUS)
    for vm, size in enumerate(cpus.tolist()):
        if vm < len(halves) and vm % 2:
            current[vm] = current[vm - 1] + 1
        elif vm < len(halves):
            current[vm] = 2 * rng.choice(np.flatnonzero(free.reshape(-1, 2).min(axis=1) >= size))
        else:
            current[vm] = rng.choice(np.flatnonzero(free >= size))
        free[current[vm]] -= size
    of = np.append(np.repeat(np.arange(split), 2), np.full(VMS - split, -1))
    return vmopt.Instance.from_arrays(
        cpus[:, None],
        np.full((HOSTS, 1), CPUS),
        resources=["cpu"],
        current=current,
        host_labels=[{SERVER: str(node // 2)} for node in range(HOSTS)],
        rules=[
            vmopt.MustRun("*"),
            vmopt.MostMoves(MOVES),
            *([vmopt.Gather(of, within=SERVER), vmopt.Spread(of)] if split else []),
        ],
        objective=vmopt.Objective(levels=[vmopt.Balance("cpu", "fragments", size=PIECE)]),
    )


def fragments(instance: vmopt.Instance, host_index: np.ndarray) -> int:
    """Cpus left over by pieces, counted from the placement."""
    load = np.bincount(host_index, instance.demand[:, 0], minlength=HOSTS).astype(np.int64)
    return int(((CPUS - load) % PIECE).sum())


def descent(instance: vmopt.Instance) -> np.ndarray:
    """Placement after the moves that save most, one after the other, while any saves something; no half is moved."""
    where, cpus = instance.current.copy(), instance.demand[:, 0]
    unmoved = np.arange(len(cpus)) >= 2 * (len(cpus) - VMS)
    free = CPUS - np.bincount(where, cpus, minlength=HOSTS).astype(np.int64)
    for _ in range(MOVES):
        best = (0, -1, -1)
        for size in SIZES:
            vms = np.flatnonzero(unmoved & (cpus == size))
            if not vms.size:
                continue
            leaving = (free[where[vms]] + size) % PIECE - free[where[vms]] % PIECE
            joining = np.where(free >= size, (free - size) % PIECE - free % PIECE, PIECE)
            vm = int(vms[leaving.argmin()])
            joining[where[vm]] = PIECE
            best = min(best, (int(leaving.min() + joining.min()), vm, int(joining.argmin())))
        saved, vm, host = best
        if saved >= 0:
            break
        free[where[vm]] += cpus[vm]
        free[host] -= cpus[vm]
        where[vm], unmoved[vm] = host, False
    return where


if __name__ == "__main__":
    main()
