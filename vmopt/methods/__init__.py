"""Methods: Instance to Solution, one file each."""

from vmopt.methods.registry import methods

__all__ = ["methods"]
