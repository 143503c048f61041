"""Ledger and profile: six combinations, what is tried of each, and in which folder it is played."""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.killing import homes
from tests.killing.company import Company, company
from tests.killing.matrix import Position, Reference, refer
from tests.killing.trouble import AFTER_THE_END, EVERY_WRITE, Trouble, Turn

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

    from reconciler.platform.settings import Report
    from tests.adapters.ledger.postgres import Server
    from tests.killing.homes import Home

STRIDE: Final = 48
"""One position in so many is tried of each combination in every run of the tests; together they try every eighth."""

_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # nothing here outlives a run, and nothing secret is in it


@dataclass(frozen=True)
class Combination:
    """A ledger and what its platform reports."""

    home: str
    report: Report

    def __str__(self) -> str:
        return f"{self.home}, {self.report}"

    @property
    def place(self) -> int:
        """Its number, from 0."""
        return COMBINATIONS.index(self)

    def some(self, reference: Reference) -> tuple[Position, ...]:
        """Return the positions that it tries every time."""
        # Positions alternate between before and after: every other combination takes the latter.
        return reference.positions()[8 * self.place + self.place % 2 :: STRIDE]

    def some_troubles(self, reference: Reference) -> tuple[Trouble, ...]:
        """Return the troubles that it goes through every time; each is gone through in both profiles."""
        creation = reference.number_of("POST", "/deployments")
        last = len(reference.requests)
        troubles = (
            *(Trouble(kind) for kind in (Turn.RESET, Turn.ERROR_500, Turn.ERROR_502)),
            *(Trouble(Turn.LATE, EVERY_WRITE, delay=1), Trouble(Turn.ERROR_503), Trouble(Turn.HANG, creation)),
            *(Trouble(Turn.EXPIRE, creation + 1), Trouble(Turn.EXPIRE, last - 5), Trouble(Turn.THROTTLE)),
            *(Trouble(Turn.LATE, EVERY_WRITE, delay=2), Trouble(Turn.LATE, creation, AFTER_THE_END)),
        )
        return troubles[self.place % 3 :: 3]


_LOST: Final = (Turn.RESET, Turn.ERROR_500, Turn.ERROR_502, Turn.ERROR_503)

COMBINATIONS: Final = tuple(
    Combination(home, report) for report in ("full", "sdk-only") for home in ("sqlite", "git", "postgresql")
)


def all_troubles(reference: Reference) -> tuple[Trouble, ...]:
    """Return every kind of trouble at every write, and what concerns reads at every request."""
    writes = [
        number for number, asked in enumerate(reference.requests, start=1) if not asked.startswith(("GET", "XGET"))
    ]
    every = range(1, len(reference.requests) + 1)
    kinds = (*_LOST, Turn.THROTTLE, Turn.HANG)
    return (
        *(Trouble(kind, number) for kind in kinds for number in writes),
        *(Trouble(Turn.LATE, number, delay) for delay in (1, 2, AFTER_THE_END) for number in writes),
        *(Trouble(Turn.EXPIRE, number) for number in every),
    )


@asynccontextmanager
async def gathered(
    combination: Combination, server: Server | None, launcher: Process
) -> AsyncIterator[tuple[Company, Reference]]:
    """Gather the company of a combination, in memory where there is some, and see what an undisturbed run does."""
    place = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place, prefix="reconciler-killing-") as name:
        folder = Path(name)
        with closing(_home(combination, folder, server)) as home:
            async with company(folder, combination.report, home, launcher) as playing:
                yield playing, await refer(playing)


def _home(combination: Combination, folder: Path, server: Server | None) -> Home:
    if combination.home == "postgresql":
        assert server is not None
        return homes.postgresql(folder, server)
    return homes.git(folder) if combination.home == "git" else homes.sqlite(folder)
