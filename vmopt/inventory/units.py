"""Units of amounts: what is measured in them, and how much one is."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from vmopt.errors import OptionError

CORES, BYTES, HERTZ, BITS = "cores", "bytes", "hertz", "bits per second"
DECIMAL = {"k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
BINARY = {f"{letter}i": 2 ** (10 * (n + 1)) for n, letter in enumerate("KMGTPE")}
GUARDED = {f"{letter}b": f"{letter}B" for letter in "MGTP"}
"""Read by some as bits, by others as bytes."""


class Unit(NamedTuple):
    """A unit as it is written.

    Attributes
    ----------
    name : str
    measures : str or None
        What is measured; None for a bare multiple such as ``k`` or ``m``, which takes the unit of what it stands by.
    factor : Fraction
        How many of the smallest whole unit it is: cores, bytes, hertz, bits per second.
    """

    name: str
    measures: str | None
    factor: Fraction


PLAIN = Unit("", None, Fraction(1))


def _known() -> dict[str, Unit]:
    units = [
        Unit(name, CORES, Fraction(1)) for name in ("cores", "core", "cpu", "cpus", "vcpu", "vcpus", "vCPU", "vCPUs")
    ]
    units += [Unit(name, CORES, Fraction(1, 1000)) for name in ("millicores", "millicore", "mcpu", "mCPU")]
    units += [Unit(name, BYTES, Fraction(1)) for name in ("B", "byte", "bytes")]
    units += [Unit("m", None, Fraction(1, 1000)), Unit("Hz", HERTZ, Fraction(1)), Unit("bps", BITS, Fraction(1))]
    for letter, power in DECIMAL.items():
        factor = Fraction(10**power)
        units += [Unit(letter, None, factor), Unit(f"{letter}B", BYTES, factor), Unit(f"{letter}Hz", HERTZ, factor)]
        units += [Unit(f"{letter}{per}", BITS, factor) for per in ("bps", "bit/s", "b/s")]
        units += [Unit(f"{letter}o", BYTES, factor)] if letter != "E" else []
    units += [Unit("K", None, Fraction(1000)), Unit("KB", BYTES, Fraction(1000))]
    for name, size in BINARY.items():
        units += [Unit(name, BYTES, Fraction(size)), *(Unit(f"{name}{of}", BYTES, Fraction(size)) for of in "Bo")]
    return {unit.name: unit for unit in units}


UNITS = _known()
FOLDED = {
    name.casefold(): unit
    for name, unit in reversed(UNITS.items())
    if (len(name) > 1 or name in "GT") and not name.endswith("o")  # "to" is a word
}
STEPS = {
    CORES: ("cores", "millicores"),
    BYTES: ("TiB", "TB", "GiB", "GB", "MiB", "MB", "KiB", "kB", "B"),
    HERTZ: ("GHz", "MHz", "Hz"),
    BITS: ("Gbps", "Mbps", "bps"),
}
"""Units that a whole column is brought to, large ones first."""


def unit_called(name: str) -> Unit | None:
    """Find a unit by its name; upper and lower case count only where they must.

    Examples
    --------
    >>> unit_called("GiB").factor, unit_called("gb").factor, unit_called("m").factor
    (Fraction(1073741824, 1), Fraction(1000000000, 1), Fraction(1, 1000))
    >>> unit_called("Gb"), unit_called("parsec")
    (None, None)
    """
    if name in UNITS:
        return UNITS[name]
    return None if name in GUARDED else FOLDED.get(name.casefold())


def require_unit(name: str) -> Unit:
    """Find a unit that an option names.

    Raises
    ------
    OptionError
        If there is none of that name.
    """
    unit = unit_called(name)
    if unit is None:
        raise OptionError(f"the unit {name[:40]!r} is unknown: use such as cores, GiB, GB, MHz or Mbps.")
    return unit
