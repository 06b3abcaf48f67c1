"""Slices of GPUs that are asked for one after the other: ``python -m benchmarks.slices --gpus 200 --seeds 3``.

First fit and best fit give each request a slice when it comes, and never move it; the optimum knows all requests.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

import numpy as np

import vmopt
from vmopt import Inside, Instance, OneOf, Part, Pieces
from vmopt.arrays import BoolArray, FloatArray, IntArray

PROFILES: dict[str, tuple[int, tuple[int, ...]]] = {
    "1g.5gb": (1, (0, 1, 2, 3, 4, 5, 6)),
    "1g.10gb": (2, (0, 2, 4, 6)),
    "2g.10gb": (2, (0, 2, 4)),
    "3g.20gb": (4, (0, 4)),
    "4g.20gb": (4, (0,)),
    "7g.40gb": (8, (0,)),
}
"""Slots that each profile takes, of 8, and where it may start: an A100 of 40 GB, by NVIDIA's MIG user guide."""
SLOTS = 8
MIX = (0.35, 0.10, 0.20, 0.20, 0.05, 0.10)
"""Share of each profile among requests."""

Choice = Callable[[BoolArray, IntArray], int]


def stream(gpus: int, load: float, seed: int) -> list[str]:
    """Draw profiles until they ask for `load` times the slots that there are."""
    rng = np.random.default_rng(seed)
    names, drawn, asked = list(PROFILES), list[str](), 0
    while asked < load * gpus * SLOTS:
        drawn.append(names[int(rng.choice(len(names), p=MIX))])
        asked += PROFILES[drawn[-1]][0]
    return drawn


def first_fit(busy: BoolArray, open_: IntArray) -> int:
    """Choose the first GPU."""
    return int(open_[0])


def best_fit(busy: BoolArray, open_: IntArray) -> int:
    """Choose the fullest GPU."""
    return int(open_[np.argmax(busy[open_].sum(axis=1))])


ONLINE: dict[str, Choice] = {"first fit": first_fit, "best fit": best_fit}


def accepted_online(requests: Sequence[str], gpus: int, choose: Choice) -> BoolArray:
    """Serve requests as they come, each at the first slot of a GPU where it may start.

    A small one may so stand in the way of a large one.

    Examples
    --------
    >>> accepted_online(["1g.5gb", "3g.20gb", "4g.20gb"], 1, first_fit).tolist()
    [True, True, False]
    """
    busy = np.zeros((gpus, SLOTS), dtype=bool)
    accepted = []
    for name in requests:
        size, starts = PROFILES[name]
        free = np.stack([~busy[:, at : at + size].any(axis=1) for at in starts], axis=1)
        open_ = np.flatnonzero(free.any(axis=1))
        accepted.append(len(open_) > 0)
        if len(open_):
            gpu = choose(busy, open_)
            at = starts[int(np.argmax(free[gpu]))]
            busy[gpu, at : at + size] = True
    return np.array(accepted)


def cluster(requests: Sequence[str], gpus: int, worth: str) -> Instance:
    """One GPU a host; a request is worth 1, or its slots."""
    asks = {name: OneOf([Pieces("gpu", profile=name)]) for name in PROFILES}
    kinds = {"sliced": {"gpu": (Part(slots=SLOTS, profiles=PROFILES),)}}
    return Instance.from_arrays(
        [[PROFILES[name][0]] for name in requests],
        np.full((gpus, 1), SLOTS),
        resources=["slots"],
        rules=[Inside(list(requests), asks, ["sliced"] * gpus, kinds)],
        value=[PROFILES[name][0] if worth == "slots" else 1 for name in requests],
    )


def acceptance(requests: Sequence[str], accepted: BoolArray) -> tuple[float, float]:
    """Share of requests that are accepted, and of the slots that they ask for."""
    size: FloatArray = np.array([PROFILES[name][0] for name in requests], dtype=np.float64)
    return float(accepted.mean()), float(size[accepted].sum() / size.sum())


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what share each accepts, and what no placement can exceed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gpus", type=int, default=200)
    parser.add_argument("--load", type=float, default=1.1, help="slots that are asked for, in terms of those there are")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args(arguments)
    for seed in range(asked.seeds):
        requests = stream(asked.gpus, asked.load, seed)
        print(f"seed {seed}: {len(requests)} requests on {asked.gpus} GPUs; accepted of requests, of slots")
        for name, choose in ONLINE.items():
            _show(name, *acceptance(requests, accepted_online(requests, asked.gpus, choose)))
        for place, worth in enumerate(("requests", "slots")):
            instance = cluster(requests, asked.gpus, worth)
            solution = vmopt.solve(instance, time_limit=asked.seconds, threads=asked.threads, seed=seed)
            shares = acceptance(requests, solution.host_index >= 0)
            _show(f"most {worth}", *shares)
            most = solution.bound / solution.objective * shares[place]
            print(
                f"  {'':13} {solution.status.value} after {solution.solve_seconds:.1f} s: at most {most:.2%}",
                flush=True,
            )
    return 0


def _show(name: str, requests: float, slots: float) -> None:
    print(f"  {name:13} {requests:8.2%}  {slots:8.2%}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
