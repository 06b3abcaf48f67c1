"""Parts: what lies inside single hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.patches import Patch

from vmopt import checks
from vmopt.errors import OptionError
from vmopt.model.parts import OneOf, Part, parts_of
from vmopt.plotting import style
from vmopt.plotting.stacks import chosen_hosts, chosen_resource
from vmopt.plurals import count
from vmopt.solution import require_solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmopt.solution import Solution

HEIGHT = 0.8
SLOTS = "slots"


class Bar(NamedTuple):
    """A piece on a part, by host and number: where it begins, how long it is, and its sort."""

    where: tuple[int, int]
    begin: float
    length: float
    sort: str


def parts(
    solution: Solution,
    kind: str,
    resource: str | None = None,
    hosts: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the parts of hosts as rows, with the pieces that landed on each.

    Parameters
    ----------
    solution : Solution
    kind : str
        The kind of parts, such as ``"gpu"``.
    resource : str, optional
        What of them; default: their slots, or where they have none their first resource.
    hosts : sequence of str, optional
        Names of the hosts; default: all of them, or of many hosts ten, from the fullest to the emptiest.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If there is no such host, or these have no such parts or resource.

    Examples
    --------
    >>> import vmopt
    >>> from matplotlib.figure import Figure
    >>> host = vmopt.Host("h", {"cpu": 8}, parts={"gpu": [{"milli": 1000}] * 2})
    >>> vm = vmopt.VM("v", {"cpu": 1}, pieces=[vmopt.Pieces("gpu", 1, {"milli": 600})])
    >>> solution = vmopt.solve(vmopt.Instance.from_rows([host], [vm]))
    >>> parts(solution, "gpu", ax=Figure().subplots()).get_xlabel()
    'milli'
    """
    require_solution(solution)
    checks.text(kind, "kind", what="the name of a kind of parts")
    if resource is not None:
        checks.text(resource, "resource", what="the name of a resource of these parts")
    chosen = chosen_hosts(solution, hosts, chosen_resource(solution, None))
    found = {(int(h), n): part for h in chosen for n, part in enumerate(_parts(solution, int(h), kind))}
    what = resource or next((_first(part) for part in found.values() if _first(part)), "")
    sizes = {where: _size(part, what) for where, part in found.items()}
    if not any(sizes.values()):
        with_what = f" with resource {resource!r}" if resource else ""
        raise OptionError(f"these hosts have no parts of kind {kind!r}{with_what}.")
    ax = style.canvas(ax)
    _draw(ax, sizes, list(_bars(solution, kind, what, found)))
    names = solution.instance.host_names
    ax.set_yticks(range(len(sizes)), [f"{names[host]}: {kind} {part}" for host, part in sizes])
    style.axis_labels(ax, x=what)
    style.title(ax, f"VMs on {count(len(sizes), 'part')}: {kind}")
    return ax


def _parts(solution: Solution, host: int, kind: str) -> Sequence[Part]:
    return parts_of(solution.instance.host(host).parts).get(kind, ())


def _first(part: Part) -> str:
    """Return what is drawn of a part where nobody says it."""
    return SLOTS if part.slots else next(iter(part.capacity), "")


def _size(part: Part, what: str) -> float:
    return float(part.slots if what == SLOTS else part.capacity.get(what, 0))


def _bars(solution: Solution, kind: str, what: str, found: Mapping[tuple[int, int], Part]) -> Iterator[Bar]:
    """Lay pieces beside each other on these parts: slices where they start, amounts one after the other."""
    instance, filled = solution.instance, dict[tuple[int, int], float]()
    drawn = {host for host, _ in found}
    for name, landed in solution.parts.items():
        vm = instance.vm_names.index_of[name]
        host = int(solution.host_index[vm])
        if host not in drawn:
            continue
        for piece, landing in zip(OneOf.of(instance.vm(vm).pieces)[landed[0].alternative], landed, strict=True):
            for place, number in enumerate(landing.parts if landing.kind == kind else ()):
                where = host, number
                if what == SLOTS and piece.profile is not None:
                    size = found[where].profiles[piece.profile][0]
                    yield Bar(where, landing.starts[place], size, piece.profile)
                elif amount := float(piece.each.get(what, 0)):
                    begin = filled.get(where, 0.0)
                    filled[where] = begin + amount
                    yield Bar(where, begin, amount, f"{amount:g}")


def _draw(ax: Axes, sizes: Mapping[tuple[int, int], float], bars: Sequence[Bar]) -> None:
    """Draw a row for each part, and pieces coloured by their sort."""
    row = {where: number for number, where in enumerate(sizes)}
    sorts = sorted({(bar.length, bar.sort) for bar in bars})
    colour = dict(zip(sorts, style.shades(len(sorts)), strict=True))
    for where, size in sizes.items():
        ax.barh(row[where], size, HEIGHT, facecolor="none", edgecolor=style.GREY)
    for bar in bars:
        face = colour[bar.length, bar.sort]
        ax.barh(row[bar.where], bar.length, HEIGHT, left=bar.begin, facecolor=face, edgecolor="white")
    ax.set_xlim(0, max(sizes.values()))
    ax.set_ylim(len(row) - 0.5, -0.5)
    ax.legend(handles=[Patch(color=colour[sort], label=sort[1]) for sort in sorts], **style.BESIDE)
