"""Several processes at one ledger, and processes that are killed: real ones."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reconciler.adapters.ledger.open import open_ledger
from reconciler.core.journal import replay
from tests.adapters.ledger import writer
from tests.adapters.ledger.repositories import a_remote_in, clone, git
from tests.adapters.ledger.samples import batch

if TYPE_CHECKING:
    from reconciler.adapters.ledger.home import Line

ROOT = Path(__file__).parents[3]
SIZE = 5


def start(ledger: Path | str, name: str, batches: int, die: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, writer.__file__, str(ledger), name, str(batches), str(SIZE), str(die)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True)


def stored(ledger: Path | str) -> list[Line]:
    async def read() -> list[Line]:
        async with open_ledger(str(ledger)) as home:
            found = list(await home.lines("demo"))
            assert await home.recall("demo") == replay(line.entry for line in found).view()
            return found

    return asyncio.run(read())


def batches_in(lines: list[Line]) -> list[str]:
    """The runs of the stored batches in their order, after checking that each is whole and the numbers have no gap."""
    assert [line.sequence for line in lines] == list(range(1, len(lines) + 1))
    assert len(lines) % SIZE == 0
    entries = [line.entry for line in lines]
    pieces = [entries[first : first + SIZE] for first in range(0, len(entries), SIZE)]
    runs = [str(getattr(piece[-1], "run", "")) for piece in pieces]
    assert pieces == [batch(run, SIZE) for run in runs]
    return runs


@pytest.mark.slow
def test_processes_that_append_at_the_same_time_lose_nothing_and_leave_no_gap(tmp_path: Path) -> None:
    """They also meet in making the file and its tables, since it does not exist when they start."""
    ledger = tmp_path / "new" / "ledger.db"
    writers = [start(ledger, f"writer-{n}", 25) for n in range(4)]
    answered = [process.communicate(timeout=60)[0] for process in writers]
    assert [process.returncode for process in writers] == [0] * 4
    assert [len(text.splitlines()) for text in answered] == [25] * 4
    runs = batches_in(stored(ledger))
    assert sorted(runs) == sorted(f"writer-{n}-{number}" for n in range(4) for number in range(25))
    for n in range(4):
        mine = [run for run in runs if run.startswith(f"writer-{n}-")]
        assert mine == [f"writer-{n}-{number}" for number in range(25)]


@pytest.mark.slow
def test_a_writer_that_is_killed_loses_nothing_it_was_told_is_stored_and_leaves_no_half_batch(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    for life in range(4):
        process = start(ledger, f"life-{life}", 1_000_000)
        assert process.stdout is not None
        answered = [process.stdout.readline() for _ in range(1 + 7 * life)]
        process.kill()
        # What `readline` read ahead is the stream's: reading past it would lose lines.
        with process.stdout:
            rest = process.stdout.read()
        assert process.wait(timeout=60) == -9
        told = len(answered) + rest.count("\n")
        mine = [run for run in batches_in(stored(ledger)) if run.startswith(f"life-{life}-")]
        assert mine == [f"life-{life}-{number}" for number in range(len(mine))]
        # The last batch may be stored without its writer having lived to tell.
        assert told <= len(mine) <= told + 1


@pytest.mark.slow
@pytest.mark.parametrize(("commit", "kept"), [(1, 0), (2, 0), (4, 2)], ids=["migration", "first batch", "third batch"])
def test_a_writer_killed_before_its_commit_leaves_the_ledger_as_it_was(tmp_path: Path, commit: int, kept: int) -> None:
    ledger = tmp_path / "ledger.db"
    process = start(ledger, "killed", 10, die=commit)
    assert len(process.communicate(timeout=60)[0].splitlines()) == kept
    assert process.returncode == -9
    assert batches_in(stored(ledger)) == [f"killed-{number}" for number in range(kept)]
    process = start(ledger, "next", 1)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert batches_in(stored(ledger))[-1] == "next-0"


def on_branch(repository: Path) -> str:
    return f"git:?repository={repository}"


@pytest.mark.slow
def test_jobs_that_push_from_clones_of_their_own_lose_nothing_double_nothing_and_leave_no_gap(tmp_path: Path) -> None:
    """Four writers: two with a shallow clone of their own, two that share a full one; nobody has written before."""
    remote = a_remote_in(tmp_path)
    shared = clone(remote, tmp_path / "shared")
    folders = [clone(remote, tmp_path / f"job-{n}", "--depth=1") for n in range(2)] + [shared, shared]
    writers = [start(on_branch(folder), f"writer-{n}", 8) for n, folder in enumerate(folders)]
    answered = [process.communicate(timeout=300)[0] for process in writers]
    assert [process.returncode for process in writers] == [0] * 4
    assert [len(text.splitlines()) for text in answered] == [8] * 4
    runs = batches_in(stored(on_branch(clone(remote, tmp_path / "after", "--depth=1"))))
    assert sorted(runs) == sorted(f"writer-{n}-{number}" for n in range(4) for number in range(8))
    for n in range(4):
        mine = [run for run in runs if run.startswith(f"writer-{n}-")]
        assert mine == [f"writer-{n}-{number}" for number in range(8)]
    assert git(remote, "rev-list", "--count", "reconciler-ledger") == "32"
    assert git(remote, "rev-list", "--merges", "reconciler-ledger") == ""


@pytest.mark.slow
@pytest.mark.parametrize(("death", "kept"), [(1, 0), (3, 2), (-1, 1), (-3, 3)])
def test_a_job_killed_between_commit_and_push_or_just_after_it_loses_and_doubles_nothing(
    tmp_path: Path, death: int, kept: int
) -> None:
    remote = a_remote_in(tmp_path)
    job = clone(remote, tmp_path / "job", "--depth=1")
    process = start(on_branch(job), "killed", 10, die=death)
    assert len(process.communicate(timeout=60)[0].splitlines()) == abs(death) - 1
    assert process.returncode == -9
    assert batches_in(stored(on_branch(job))) == [f"killed-{number}" for number in range(kept)]
    process = start(on_branch(job), "next", 1)
    process.communicate(timeout=60)
    assert process.returncode == 0
    runs = batches_in(stored(on_branch(clone(remote, tmp_path / "after"))))
    assert runs == [*(f"killed-{number}" for number in range(kept)), "next-0"]
