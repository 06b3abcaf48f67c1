"""Sections: what the rows of one set say, as Markdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean

from benchmarks.report import text
from benchmarks.results import Row
from benchmarks.statistics.growth import growths
from benchmarks.statistics.profile import GOOD_ENOUGH
from benchmarks.statistics.shifted_mean import MEMORY_SHIFT_MB, SECONDS_SHIFT
from benchmarks.statistics.standing import Problem, Standing, wrong_claims
from benchmarks.statistics.summary import MethodSummary, summarise
from benchmarks.statistics.wins import Wins, wins_over

GREEDY = {"greedy-priority": "greedy by priority", "greedy-demand": "greedy by demand"}


def wins(rows: Sequence[Row], standing: Mapping[Problem, Standing]) -> str:
    """Return what the optimum wins over the greedy heuristics: the question the suite exists for."""
    found = {name: Wins.of(wins_over(name, rows, standing)) for name in GREEDY}
    lines = [_win_line(GREEDY[name], won) for name, won in found.items() if won]
    if not lines:
        return ""
    sentence = " ".join(_win_sentence(GREEDY[name], won) for name, won in found.items() if won)
    columns = ("against", "wins at least", "at most", "from seed to seed", "over the instances", "objective", "solves")
    return f"{sentence}\n\n{text.table(columns, lines)}"


def _win_sentence(greedy: str, won: Wins) -> str:
    by_seed = f", {text.spread(won.by_seed.values())} from seed to seed" if len(won.by_seed) > 1 else ""
    return (
        f"**Against {greedy}, the optimum wins at least {text.percent(won.mean, 1)} of weighted utilisation** on "
        f"average{by_seed}, and at most {text.percent(won.most, 1)}."
    )


def _win_line(greedy: str, won: Wins) -> tuple[str, ...]:
    return (
        greedy,
        text.percent(won.mean, 2, sign=True),
        text.percent(won.most, 2, sign=True),
        text.spread(won.by_seed.values(), 2) if len(won.by_seed) > 1 else text.NOTHING,
        text.spread([won.smallest, won.largest], 2),
        f"{won.points:+.4g}",
        f"{won.count}",
    )


def methods(rows: Sequence[Row], standing: Mapping[Problem, Standing]) -> str:
    """Return how each method did, as a table."""
    columns = (
        "method",
        "solves",
        "errors",
        "proven",
        f"within {text.percent(GOOD_ENOUGH, 0)}",
        "correct claims",
        "gap to bound",
        "worst gap",
        "gap to best known",
        "primal integral, s",
        f"seconds (shift {SECONDS_SHIFT:g} s)",
        f"memory, MB (shift {MEMORY_SHIFT_MB:g} MB)",
    )
    return text.table(columns, [_method_line(summarise(*group, standing)) for group in by_label(rows).items()])


def _method_line(of: MethodSummary) -> tuple[str, ...]:
    return (
        of.label,
        f"{of.solves}",
        f"{of.errors}" if of.errors else text.NOTHING,
        text.percent(of.proven, 0),
        text.percent(of.success, 0),
        text.percent(of.correct, 0),
        text.gap(of.gap),
        text.gap(of.worst_gap),
        text.gap(of.best_known_gap),
        text.number(of.primal_integral, 3),
        text.seconds(of.seconds),
        f"{of.memory_mb:.0f}" if of.errors < of.solves else text.NOTHING,
    )


def growth(rows: Sequence[Row]) -> str:
    """Return seconds to the gap by number of VMs, and the power that fits."""
    found = growths(rows)
    lines = [
        (of.kind, f"{vms:,}", text.seconds(seconds))
        for of in found
        for vms, seconds in zip(of.vms, of.seconds, strict=True)
    ]
    fitted = "; ".join(f"{of.kind}: seconds grow like VMs^{of.exponent:.2f}" for of in found)
    asked = text.percent(max((row.requested_gap for row in rows), default=0.0), 2)
    return f"**{fitted}**, until a gap of {asked} is proven.\n\n" + text.table(
        ("kind", "VMs", "seconds, median over seeds"), lines
    )


def instances(rows: Sequence[Row], standing: Mapping[Problem, Standing]) -> str:
    """Return every instance and method, means over the seeds, as a table."""
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.instance, row.label].append(row)
    columns = (
        "instance",
        "method",
        "VMs",
        "hosts",
        "placed",
        "objective",
        "gap",
        "proven",
        "primal integral, s",
        "seconds",
    )
    return text.table(columns, [_instance_line(*key, group, standing) for key, group in grouped.items()], n_left=2)


def _instance_line(
    instance: str, label: str, rows: Sequence[Row], standing: Mapping[Problem, Standing]
) -> tuple[str, ...]:
    done = [row for row in rows if not row.failed]
    if not done:
        return instance, label, *[text.NOTHING] * 7, "error"
    gaps = [gap for row in done if (gap := standing[row.problem].gap(row)) is not None]
    areas = [area for row in done if (area := standing[row.problem].primal_integral(row)) is not None]
    return (
        instance,
        label,
        f"{fmean(row.vms for row in done):,.0f}",
        f"{fmean(row.hosts for row in done):,.0f}",
        f"{fmean(row.placed for row in done):,.0f}",
        text.number(fmean(row.objective for row in done)),
        text.gap(fmean(gaps) if gaps else None),
        f"{sum(row.status == 'optimal' for row in done)} of {len(rows)}",
        text.number(fmean(areas) if areas else None, 3),
        text.seconds(fmean(row.total_seconds for row in done)),
    )


def troubles(rows: Sequence[Row], standing: Mapping[Problem, Standing]) -> str:
    """Return every error, wrong claim and warning, as a list; empty where there is none."""
    lines = []
    for row in rows:
        where = f"{row.instance}, {row.label}, seed {row.seed}"
        lines += [f"- **wrong claim**: {where}: {wrong}" for wrong in wrong_claims(row, standing[row.problem])]
        if row.message:
            lines.append(f"- {'error' if row.failed else 'warning'}: {where}: {row.message}")
    return "\n".join(lines)


def by_label(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Group rows by method and backend, in the order in which they come."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.label].append(row)
    return grouped
