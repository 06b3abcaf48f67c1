"""The errors of vmopt. Each message says what is wrong, why, and how to mend it."""

from __future__ import annotations


class VmoptError(Exception):
    """Base of every error that vmopt raises on purpose.

    Examples
    --------
    >>> import vmopt
    >>> try:
    ...     vmopt.solve(vmopt.Instance.from_arrays([[1]], [[2]]), method="magic")
    ... except vmopt.VmoptError as error:
    ...     print(type(error).__name__)
    OptionError
    """


class InstanceError(VmoptError, ValueError):
    """The data of an instance are wrong: the message names the VM or host, the cause and the fix.

    Examples
    --------
    >>> import vmopt
    >>> try:
    ...     vmopt.Instance.from_arrays([[-1]], [[2]])
    ... except vmopt.InstanceError as error:
    ...     print(error)
    demand of VM 'vm-0' for 'resource-0' is -1: amounts cannot be negative.
    """


class NetworkError(VmoptError, ValueError):
    """A network or its traffic makes no sense, or is not that of the instance: the message names the link or VM.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.network import Traffic
    >>> cluster = vmopt.Instance.from_arrays([[1], [1]], [[2]])
    >>> try:
    ...     Traffic.from_arrays(cluster, ["vm-0"], ["vm-9"], [1.0])
    ... except vmopt.NetworkError as error:
    ...     print(error)
    the ends of pairs have shape (1, 2) and type <U4: give two VM positions each, as integers.
    """


class PlacementError(VmoptError, ValueError):
    """A placement cannot be read against its instance: wrong length, unknown name.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[1]], [[2]])
    >>> try:
    ...     vmopt.verify(cluster, {"vm-0": "host-7"})
    ... except vmopt.PlacementError as error:
    ...     print(error)
    placement puts VM 'vm-0' on host 'host-7', which the instance does not have: give names.
    """


class OptionError(VmoptError, ValueError):
    """An option is unknown, has a nonsense value, or the chosen method cannot honour it.

    Examples
    --------
    >>> import vmopt
    >>> try:
    ...     vmopt.solve(vmopt.Instance.from_arrays([[1]], [[2]]), gap=-1)
    ... except vmopt.OptionError as error:
    ...     print(error)
    gap is -1: give a fraction from 0 to below 1, such as 0.001 for 0.1 %.
    """


class FileError(VmoptError, OSError):
    """A file cannot be read or written, or does not hold what its format promises.

    Examples
    --------
    >>> import vmopt
    >>> try:
    ...     vmopt.io.read_json("no-such-file.json")
    ... except vmopt.FileError as error:
    ...     print(error)
    cannot read no-such-file.json: there is no such file or directory.
    """


class BackendError(VmoptError, RuntimeError):
    """A backend is not available here, or cannot take the program it was given.

    Examples
    --------
    >>> import vmopt
    >>> try:
    ...     vmopt.solve(vmopt.Instance.from_arrays([[1]], [[2]]), method="exact", backend="glop")
    ... except vmopt.BackendError as error:
    ...     print(error)
    backend 'glop' solves no integer programs: use another for method 'exact'.
    """


class SolverError(VmoptError, RuntimeError):
    """A backend gave an answer that the data contradict.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[2], [2]], [[2]], rules=[vmopt.MustRun("vm-*")])
    >>> try:
    ...     vmopt.relax(cluster)
    ... except vmopt.SolverError as error:
    ...     print(str(error).partition(":")[0])
    rules leave no placement, not even of fractions
    """


class ExtraError(VmoptError, ImportError):
    """A part of vmopt needs a package that comes with one of its extras and is not installed.

    Examples
    --------
    >>> str(ExtraError("reading Parquet files needs pyarrow: pip install 'vmopt[tables]'"))
    "reading Parquet files needs pyarrow: pip install 'vmopt[tables]'"
    """


class RoundingWarning(UserWarning):
    """Amounts have no common unit and were rounded: the message says by how much at most, and how to avoid it.

    Examples
    --------
    >>> import warnings
    >>> import vmopt
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     cluster = vmopt.Instance.from_arrays([[3.14159265358979], [1e-7]], [[4e6]])
    >>> [each.category.__name__ for each in told]
    ['RoundingWarning']
    """
