"""The errors of vmopt. Each message says what is wrong, why, and how to mend it."""

from __future__ import annotations


class VmoptError(Exception):
    """Base of every error that vmopt raises on purpose."""


class InstanceError(VmoptError, ValueError):
    """The data of an instance are wrong: the message names the VM or host, the cause and the fix."""


class NetworkError(VmoptError, ValueError):
    """A network or its traffic makes no sense, or is not that of the instance: the message names the link or VM."""


class PlacementError(VmoptError, ValueError):
    """A placement cannot be read against its instance: wrong length, unknown name."""


class OptionError(VmoptError, ValueError):
    """An option is unknown, has a nonsense value, or the chosen method cannot honour it."""


class FileError(VmoptError, OSError):
    """A file cannot be read or written, or does not hold what its format promises."""


class BackendError(VmoptError, RuntimeError):
    """A backend is not available here, or cannot take the program it was given."""


class SolverError(VmoptError, RuntimeError):
    """A backend gave an answer that the data contradict."""


class ExtraError(VmoptError, ImportError):
    """A part of vmopt needs a package that comes with one of its extras and is not installed."""


class RoundingWarning(UserWarning):
    """Amounts have no common unit and were rounded: the message says by how much at most, and how to avoid it."""
