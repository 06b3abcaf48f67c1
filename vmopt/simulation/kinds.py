"""What can happen in a simulation, and the states a VM goes through."""

from __future__ import annotations

from enum import IntEnum


class EventKind(IntEnum):
    """What an event of a `Timeline` says.

    The order is that in which events of one moment take place: who leaves makes room for who comes.
    """

    END = 0
    """A VM has run for its duration and leaves."""
    RETURN = 1
    """A host takes VMs again."""
    DRAIN = 2
    """A host takes no more VMs."""
    FAIL = 3
    """A host is lost, with what runs on it."""
    CHANGE = 4
    """A VM asks for something else, or becomes more or less important, where it is."""
    ARRIVE = 5
    """A VM asks to run."""
    REJECT = 6
    """A VM asks for more than any host has that the rules leave to it, and is sent away."""
    LOSE = 7
    """A VM goes back to the queue because its host failed; what it did is lost."""
    OUTGROW = 8
    """A VM goes back to the queue because its host has no room for what it asks for now, or a rule forbids it."""
    PREEMPT = 9
    """A VM goes back to the queue because a more important one takes its place."""
    START = 10
    """A VM starts to run."""
    MOVE = 11
    """A VM goes to another host and runs on there, without a pause."""


class VMState(IntEnum):
    """Where a VM is in its life."""

    FUTURE = 0
    WAITING = 1
    RUNNING = 2
    DONE = 3
    REJECTED = 4
