"""Situations of our memory and of the files that commands write."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.situations.stage import Situation, situation

if TYPE_CHECKING:
    from pathlib import Path

    from tests.situations.stage import Ended, Stage

TABLE: Final[list[Situation]] = []
bad = partial(situation, among=TABLE)


@bad(1, "ledger.db", "hint:")
def a_ledger_that_is_no_ledger(stage: Stage) -> Ended:
    """The ledger's file holds something else."""
    stage.write()
    stage.text("ledger.db", "this was overwritten by something " * 100)
    return stage.run("plan", "--ledger", "ledger.db")


@bad(1, "ledger.db", "hint:")
def a_ledger_in_a_folder_that_is_a_file(stage: Stage) -> Ended:
    """The ledger's folder cannot be made."""
    stage.write()
    stage.text("occupied", "")
    return stage.run("apply", "--yes", "--ledger", "occupied/ledger.db")


@bad(1, "ledger.db", "hint:")
def a_full_disk_before_writing(stage: Stage) -> Ended:
    """The disk is full before the first write."""
    stage.applied().write(threshold=0.5)
    return stage.run("apply", "--yes", most_bytes=0)


@bad(7, "ledger.db", "landed but is not recorded")
def a_disk_that_fills_up_while_writing(stage: Stage) -> Ended:
    """The disk fills up in the middle of an apply."""
    stage.applied()
    ledger = stage.folder / ".reconciler" / "ledger.db"
    stage.write(threshold=0.5, more="  tags: [a, b, c]\n")
    return stage.run("apply", "--yes", most_bytes=ledger.stat().st_size)


@bad(3, "/dev/full", "hint:")
def a_full_disk_under_the_output(stage: Stage) -> Ended:
    """The disk is full where the plan is to be written."""
    stage.write()
    return stage.run("plan", "--format", "json", "--output-file", "/dev/full")


@bad(3, "--ledger")
def a_memory_that_dies_with_the_job(stage: Stage) -> Ended:
    """A CI job on a platform that reports little keeps its memory in a folder that goes away with it."""
    stage.write()
    return stage.run("plan", CI="true", PICSELLIA_HOST=stage.served.quiet_url, PICSELLIA_TOKEN=stage.served.quiet_token)


@bad(1, "postgresql://", "hint:")
def a_database_that_is_away(stage: Stage) -> Ended:
    """The ledger's database does not answer."""
    stage.write()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return stage.run("plan", "--ledger", f"postgresql://nobody@127.0.0.1:{port}/nothing")


@bad(3, "'redis'", "hint:")
def a_ledger_of_no_known_kind(stage: Stage) -> Ended:
    """The ledger's address is of a kind that nobody knows."""
    stage.write()
    return stage.run("plan", "--ledger", "redis://127.0.0.1/0")


@bad(1, "refuses", "hint:")
def a_push_that_is_refused(stage: Stage) -> Ended:
    """The git host refuses the push of the ledger's branch."""
    stage.write()
    hook = _repository(stage.folder) / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'this branch is protected' >&2\nexit 1\n")
    hook.chmod(0o755)
    return stage.run("apply", "--yes", "--ledger", "git:reconciler-ledger")


@bad(1, "origin", "hint:")
def a_remote_that_is_gone(stage: Stage) -> Ended:
    """The repository that holds the ledger's branch is gone."""
    stage.write()
    _repository(stage.folder).rename(stage.folder / "elsewhere.git")
    return stage.run("plan", "--ledger", "git:reconciler-ledger")


@bad(3, "not known any more", "hint:")
def a_time_before_what_was_pruned(stage: Stage) -> Ended:
    """What was applied is asked for at a time of which the history was pruned."""
    return _pruned(stage).run("history", "--at", "2020-02-29")


@bad(3, "--dry-run", "hint:")
def a_pruning_that_nobody_confirms(stage: Stage) -> Ended:
    """The ledger is to be pruned, and nobody is there to say yes."""
    return stage.applied().run("ledger", "prune", "--keep-days", "400")


@bad(1, "the baseline of catalog", "ledger.db", "hint:")
def a_baseline_changed_by_hand(stage: Stage) -> Ended:
    """What stands for pruned entries of the ledger cannot be read."""
    ledger = _pruned(stage).folder / ".reconciler" / "ledger.db"
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("UPDATE ledger_baselines SET body = '{}'")
    return stage.run("plan")


def _pruned(stage: Stage) -> Stage:
    """An apply that was pruned away behind another."""
    stage.applied().applied(threshold=0.5)
    done = stage.run("ledger", "prune", "--keep-runs", "1", "--yes")
    assert done.code == 0, done
    return stage


def _repository(folder: Path) -> Path:
    bare = folder / "remote.git"
    for arguments in (
        ("init", "--quiet", "--bare", str(bare)),
        ("init", "--quiet", "--initial-branch=main", str(folder)),
        ("-C", str(folder), "remote", "add", "origin", str(bare)),
    ):
        subprocess.run(["git", *arguments], check=True)
    return bare
