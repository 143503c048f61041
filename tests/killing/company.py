"""One combination of ledger and profile, ready to play: stage, ledger, launcher, and the command run among them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.adapters.ledger.repositories import NOBODY
from tests.killing.catalog import PRUNES, write_after, write_before
from tests.killing.launcher import WRITES, Order
from tests.killing.stage import Stage, stage, touch_by_hand
from tests.killing.trouble import CALM, Trouble, Turn

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

    from reconciler.platform.settings import Report
    from tests.killing.homes import Home

APPLY: Final = ("apply", "--yes", "--concurrency", "1", *(("--prune",) if PRUNES else ()))
PLAN: Final = ("plan", "--detailed-exitcode", *(("--prune",) if PRUNES else ()))
PATIENCE: Final = 3.0
"""How many seconds a run waits for an answer that never comes; the command itself waits half a minute."""

NEVER: Final = (0, "")
"""The death of a run that does not die at a write to the ledger."""

COUNTED: Final = (0, "never")
"""The death of one that does not either, and whose writes are counted."""

_CHANGES: Final = 2
"""Exit code of a plan that has something to do."""

SECONDS: Final = 300.0
"""Longest time one run may take on a slow machine."""


@dataclass(frozen=True)
class Ran:
    """How one run of the command went.

    Attributes:
        code: Its exit code; minus the signal that ended it.
        requests: How many it sent.
        writes: How many of them could change something.
        entries: How many writes to the ledger it began; those to a git ledger are counted only where it is asked for.
        told: What it printed and said.
    """

    code: int
    requests: int
    writes: int
    entries: int
    told: str

    @property
    def was_killed(self) -> bool:
        """Tell whether a SIGKILL ended it."""
        return self.code == -signal.SIGKILL


@dataclass
class Company:
    """Everything that one combination is played with.

    Attributes:
        folder: Where the command runs.
        stage: The platform.
        home: The ledger.
        launcher: The fork server.
        planned: The plan of the second revision, as JSON.
    """

    folder: Path
    stage: Stage
    home: Home
    launcher: Process
    planned: str = ""

    async def put_back(self) -> None:
        """Make platform and ledger as they were before the second revision."""
        await self.stage.put_back()
        self.home.put_back()

    async def run(
        self, *arguments: str, trouble: Trouble = CALM, death: tuple[int, str] = NEVER, hasty: bool = False
    ) -> Ran:
        """Run the command to its end, whichever that is."""
        front = self.stage.front
        front.begin(trouble)
        patience = PATIENCE if trouble.kind is Turn.HANG else 0.0
        order = Order(list(arguments), str(self.folder), self._variables(death), death, hasty, patience)
        await self._send(order)
        front.victim = (await self._hear())["pid"]
        status = (await self._hear())["status"]
        asked = front.asked
        await front.quiet()
        assert not front.defects, front.defects
        return Ran(
            code=os.waitstatus_to_exitcode(status),
            requests=len(asked),
            writes=sum(one.is_write for one in asked),
            entries=(self.folder / WRITES).stat().st_size,
            told=(self.folder / "out").read_text() + (self.folder / "err").read_text(),
        )

    def _variables(self, death: tuple[int, str]) -> dict[str, str]:
        told = {
            "PICSELLIA_HOST": self.stage.url,
            "PICSELLIA_TOKEN": self.stage.token,
            "RECONCILER_LEDGER": self.home.url,
            "NO_PROXY": "127.0.0.1",
            # No certificate is ever looked at; reading them all would take a tenth of a second each time.
            "SSL_CERT_DIR": str(self.folder),
        }
        return {**NOBODY, **told, **self.home.variables(death)}

    async def rehearse(self, *arguments: str) -> int:
        """Let the launcher run the command itself, so that its children find ready what they need; return the code."""
        self.stage.front.begin(CALM)
        await self._send(Order(list(arguments), str(self.folder), self._variables(NEVER), rehearsal=True))
        return (await self._hear())["code"]

    async def _send(self, order: Order) -> None:
        assert self.launcher.stdin is not None
        self.launcher.stdin.write(order.line())
        await self.launcher.stdin.drain()

    async def _hear(self) -> dict[str, int]:
        assert self.launcher.stdout is not None
        line = await asyncio.wait_for(self.launcher.stdout.readline(), SECONDS)
        assert line, "the launcher is gone"
        heard: dict[str, int] = json.loads(line)
        return heard


@asynccontextmanager
async def company(folder: Path, report: Report, home: Home, launcher: Process) -> AsyncIterator[Company]:
    """Gather a company whose platform stands as the first revision left it, with the second ready to be applied."""
    work = folder / "work"
    work.mkdir()
    async with stage(folder / "platform", report) as here:
        playing = Company(work, here, home, launcher)
        write_before(work / "manifests")
        assert await playing.rehearse(*APPLY) == 0, (work / "err").read_text()
        touch_by_hand(here.world)
        write_after(work / "manifests", report)
        assert await playing.rehearse(*PLAN, "--format", "json") == _CHANGES, (work / "err").read_text()
        playing.planned = (work / "out").read_text()
        await here.keep()
        home.keep()
        yield playing


@asynccontextmanager
async def fork_server() -> AsyncIterator[Process]:
    """Start a launcher; it serves one company after the other."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.killing.launcher",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


__all__ = ["APPLY", "COUNTED", "NEVER", "PLAN", "Company", "Ran", "company", "fork_server"]
