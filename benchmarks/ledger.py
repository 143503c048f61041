"""A ledger of 20,000 entries in a file and on a branch of a remote: appending, recalling, pruning, recalling again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from reconciler.adapters.ledger.open import open_ledger
from reconciler.core.actions import SetShadow
from reconciler.core.journal import IntentRecorded, OutcomeRecorded, RunFinished, RunHeader, RunStarted
from reconciler.core.outcome import Done
from reconciler.core.references import Ref
from reconciler.core.retention import Pruning, Retention

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from reconciler.core.journal import Entry

RUNS: Final = 200
STEPS: Final = 49
"""Each an intent and an outcome; with a run's first and last entry that makes a hundred entries a run."""

KEPT: Final = 10
_AT: Final = "2026-01-31T12:00:00.000Z"


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for home, url in (("a file", str(folder / "ledger.db")), ("a branch", branch_in(folder))):
            print(f"{RUNS * (2 * STEPS + 2):,} entries in {home}:")
            asyncio.run(measure(url))


def branch_in(folder: Path) -> str:
    """Return the URL of a ledger on a branch of an empty remote, reached from a clone."""
    remote, clone = folder / "remote.git", folder / "clone"
    for words in (["init", "-q", "--bare", str(remote)], ["clone", "-q", remote.as_uri(), str(clone)]):
        subprocess.run(["git", *words], check=True, stderr=subprocess.DEVNULL)
    return f"git:?repository={quote(str(clone))}"


async def measure(url: str) -> None:
    """Fill a ledger, then use it as a run does, opened anew each time."""
    async with open_ledger(url) as ledger:
        for number in range(RUNS):
            entries = list(entries_of(f"run-{number}"))
            took = await measured(ledger.append("demo", entries))
        print(shown("the last append, a hundred entries", took))
    for name in ("recall", "prune", "recall afterwards"):
        async with open_ledger(url) as ledger:
            pruning = Pruning(Retention(runs=KEPT), _AT)
            took = await measured(ledger.prune("demo", pruning) if name == "prune" else ledger.recall("demo"))
        print(shown(name, took))


class Took(NamedTuple):
    """The seconds that something took: on the clock, and of processors, ours and our children's."""

    wall: float
    processor: float


async def measured(work: Awaitable[object]) -> Took:
    """Wait for something, and return what it took."""
    wall, processor = time.perf_counter(), sum(os.times()[:4])
    await work
    return Took(time.perf_counter() - wall, sum(os.times()[:4]) - processor)


def shown(name: str, took: Took) -> str:
    """Return a line about it."""
    return f"  {name:36} {took.wall:7.3f} s, {took.processor:7.3f} s of processor time"


def entries_of(name: str) -> list[Entry]:
    """Return the entries of one run that gives each of its deployments a shadow."""
    steps: list[Entry] = []
    for number in range(STEPS):
        address, action = f"deployment-{number}", SetShadow(Ref(f"version-{number}", name))
        steps.append(IntentRecorded(name, _AT, number, address, f"id-{number}", action))
        steps.append(OutcomeRecorded(name, _AT, number, address, f"id-{number}", Done()))
    return [RunStarted(RunHeader(name, "apply", _AT)), *steps, RunFinished(name, _AT, 0)]
