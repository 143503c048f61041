"""A process that can be killed: once it is, nothing it holds can do anything any more."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Killed(BaseException):
    """The process is gone, as by `kill -9`; not an Exception, so that no code under test can survive it."""


class Process:
    """What the fakes of one run share: whether it still lives."""

    def __init__(self) -> None:
        self.alive = True

    def check(self) -> None:
        """Raise Killed if it does not live any more."""
        if not self.alive:
            raise Killed

    def kill(self) -> Killed:
        """End it, and return what to raise."""
        self.alive = False
        return Killed()


@contextmanager
def may_die(process: Process) -> Iterator[None]:
    """Let the process die inside, however deep in task groups; anything else that goes wrong is raised."""
    try:
        yield
    except BaseException:
        if process.alive:
            raise
