"""Everything that can go wrong between here and the branch is a LedgerError that names it, says why, and what to do."""

from __future__ import annotations

import os
import select
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconciler.adapters.ledger.git import turnstile
from reconciler.adapters.ledger.git.book import UNSURE_TRIES, GitBook
from reconciler.adapters.ledger.git.branches import Move, Moved
from reconciler.adapters.ledger.git.command import Git, without_credentials
from reconciler.adapters.ledger.location import GitLocation
from reconciler.errors import LedgerError
from tests.adapters.ledger.repositories import a_clone_in, a_remote_in, a_repository_in, clone, commit, git
from tests.adapters.ledger.samples import batch
from tests.adapters.ledger.test_git import BRANCH, book_of, runs_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reconciler.adapters.ledger.git.branches import Branch


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return a_remote_in(tmp_path)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    return a_clone_in(tmp_path)


def failure(call: Callable[[], object]) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        call()
    assert caught.value.where
    assert caught.value.hint
    return caught.value


def append(repository: Path, run: str = "run-1") -> None:
    book_of(repository).append("demo", batch(run))


def hook(remote: Path, text: str, name: str = "pre-receive") -> None:
    file = remote / "hooks" / name
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)


def test_a_push_that_the_remote_refuses_names_remote_branch_reason_and_next_step(remote: Path, job: Path) -> None:
    hook(remote, "echo this branch is protected >&2; exit 1")
    error = failure(lambda: append(job))
    assert "remote origin refuses a push to the ledger's branch reconciler-ledger" in error.message
    assert "this branch is protected" in error.message
    assert error.where == "branch reconciler-ledger of remote origin"
    assert "protection rule" in str(error.hint)
    assert git(remote, "branch", "--list", BRANCH) == ""


def test_a_refused_push_is_not_tried_again(remote: Path, job: Path, tmp_path: Path) -> None:
    hook(remote, f"echo once >> {tmp_path}/asked; exit 1")
    failure(lambda: append(job))
    assert (tmp_path / "asked").read_text() == "once\n"


@pytest.mark.parametrize("url", ["https://ci:hunter2@localhost:1/team/models.git", "ssh://ci:hunter2@localhost:1/m"])
def test_a_remote_that_cannot_be_reached_is_no_empty_memory_and_no_credential_is_shown(job: Path, url: str) -> None:
    git(job, "remote", "set-url", "origin", url)
    for call in (lambda: book_of(job).recall("demo"), lambda: append(job)):
        error = failure(call)
        assert "cannot be read at remote origin" in error.message
        assert "hunter2" not in f"{error.message} {error.where} {error.hint}"
        assert "git ls-remote origin" in str(error.hint)


def test_credentials_are_cut_out_of_whatever_git_says() -> None:
    said = "fatal: unable to access 'https://ci:s3cr3t@host/x': no\nTo https://t0ken@host/x ssh://git@host/x plain@text"
    assert without_credentials(said) == (
        "fatal: unable to access 'https://host/x': no\nTo https://host/x ssh://host/x plain@text"
    )


class Unreliable:
    """A branch whose answers are lost: before the push arrives, or after it."""

    def __init__(self, branch: Branch, answers: list[str]) -> None:
        self.name, self.tip, self.answers, self._branch = branch.name, branch.tip, answers, branch

    def move(self, before: str | None, after: str) -> Moved:
        answer = self.answers.pop(0) if self.answers else ""
        if answer == "lost before":
            return Moved(Move.UNSURE, "the remote end hung up unexpectedly")
        moved = self._branch.move(before, after)
        return Moved(Move.UNSURE, "the remote end hung up unexpectedly") if answer == "lost after" else moved


def unreliable(repository: Path, answers: list[str]) -> GitBook:
    book = book_of(repository)
    desk = book._desk()
    book._opened = replace(desk, branch=Unreliable(desk.branch, answers))
    return book


@pytest.mark.parametrize("answers", [["lost after"], ["lost before"], ["lost before", "lost after"]])
def test_a_push_whose_answer_is_lost_is_looked_for_and_stored_once(job: Path, answers: list[str]) -> None:
    append(job, "run-0")
    book = unreliable(job, answers)
    book.append("demo", batch("run-1"))
    book.append("demo", batch("run-2"))
    assert runs_in(book_of(job)) == ["run-0", "run-1", "run-2"]
    assert len(book.lines("demo", 0)) == 15


def test_a_push_whose_answer_is_lost_again_and_again_is_given_up(job: Path) -> None:
    book = unreliable(job, ["lost before"] * UNSURE_TRIES)
    error = failure(lambda: book.append("demo", batch("run-1")))
    assert "could not be pushed: the remote end hung up unexpectedly" in error.message
    assert runs_in(book_of(job)) == []


def test_a_writer_that_always_comes_second_gives_up(job: Path) -> None:
    book = GitBook(GitLocation(job), tries=2)
    lose = Losing(book._desk().branch)
    book._opened = replace(book._desk(), branch=lose)
    assert "came first 2 times in a row" in failure(lambda: book.append("demo", batch("run-1"))).message
    assert lose.moves == 2


class Losing:
    """A branch that somebody else always moves first."""

    def __init__(self, branch: Branch) -> None:
        self.name, self.tip, self.moves = branch.name, branch.tip, 0

    def move(self, before: str | None, after: str) -> Moved:  # noqa: ARG002  # as the protocol has it
        self.moves += 1
        return Moved(Move.LOST, "[rejected] (stale info)")


def test_a_branch_that_was_deleted_is_not_taken_for_an_empty_memory(remote: Path, job: Path) -> None:
    append(job)
    git(remote, "branch", "-D", BRANCH)
    error = failure(lambda: book_of(job).recall("demo"))
    assert "is gone: it was deleted" in error.message
    restore = str(error.hint).split("Restore it: git ")[1].split(". Or")[0]
    git(job, *restore.split())
    assert runs_in(book_of(job)) == ["run-1"]


def test_a_branch_that_was_rewritten_is_noticed_where_the_history_is_whole(remote: Path, tmp_path: Path) -> None:
    desk = clone(remote, tmp_path / "desk")
    append(desk, "run-1")
    append(desk, "run-2")
    git(remote, "update-ref", f"refs/heads/{BRANCH}", f"{BRANCH}~")
    error = failure(lambda: append(desk, "run-3"))
    assert "does not continue what was seen here" in error.message
    forget = str(error.hint).split("forget what was seen: git ")[1].rstrip(".")
    git(desk, *forget.split())
    assert runs_in(book_of(desk)) == ["run-1"]


def test_a_branch_that_is_something_else_is_never_written_to(remote: Path, job: Path) -> None:
    git(remote, "branch", BRANCH, "main")
    for call in (lambda: append(job), lambda: book_of(job).recall("demo")):
        assert failure(call).message == "the branch exists and is not a ledger"
    assert git(remote, "rev-parse", BRANCH) == git(remote, "rev-parse", "main")


def test_a_ledger_of_a_newer_version_is_left_alone(remote: Path, job: Path, tmp_path: Path) -> None:
    append(job)
    hand = clone(remote, tmp_path / "hand", f"--branch={BRANCH}")
    commit(hand, "ledger.json", '{"kind":"reconciler ledger","version":3}\n')
    git(hand, "push", "-q", "origin", BRANCH)
    assert "newer version (its layout is 3, this one knows 2)" in failure(lambda: append(job)).message


def test_a_branch_that_somebody_has_checked_out_is_not_moved_under_their_feet(tmp_path: Path) -> None:
    repository = a_repository_in(tmp_path)
    append(repository)
    git(repository, "switch", "-q", BRANCH)
    error = failure(lambda: append(repository, "run-2"))
    assert f"checked out in {repository}" in error.message
    assert runs_in(book_of(repository)) == ["run-1"]


def test_outside_a_repository_the_next_step_is_told(tmp_path: Path) -> None:
    error = failure(lambda: append(tmp_path))
    assert "not a git repository" in error.message
    assert "?repository=DIR" in str(error.hint)
    assert "cannot be used" in failure(lambda: append(tmp_path / "nowhere")).message


def test_a_remote_that_is_not_there_is_named_with_those_that_are(job: Path) -> None:
    error = failure(lambda: GitBook(GitLocation(job, remote="upstream")).recall("demo"))
    assert error.message == "the ledger's repository has no remote 'upstream': it has origin"


def test_a_remote_that_never_answers_is_given_up_and_nothing_keeps_running(job: Path, tmp_path: Path) -> None:
    git(job, "config", "protocol.ext.allow", "always")
    git(job, "remote", "set-url", "origin", f"ext::sh {tmp_path}/hang")
    (tmp_path / "hang").write_text(f"echo $$ > {tmp_path}/pid\nexec sleep 600\n", encoding="utf-8")
    with pytest.raises(LedgerError, match="git fetch did not end within 1 seconds"):
        Git(job, seconds=1).ask("fetch", "origin")
    assert has_ended(int((tmp_path / "pid").read_text()))


def has_ended(process: int) -> bool:
    """A killed process ends a moment after the kill: wait for its end itself, and for a minute at most."""
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 60)[0])
    finally:
        os.close(descriptor)


def test_without_git_the_next_step_is_told(job: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LedgerError, match="there is no git command") as caught:
        append(job)
    assert "Install git" in str(caught.value.hint)


def test_a_process_of_the_same_repository_that_does_not_end_is_not_waited_for_for_ever(job: Path) -> None:
    folder = job / ".git"
    with turnstile.turn(folder), pytest.raises(LedgerError, match="another process of this repository"):
        turnstile.turn(folder, seconds=0).__enter__()
    with turnstile.turn(folder, seconds=0):
        pass


def test_a_repository_that_cannot_be_written_is_told(job: Path) -> None:
    book = book_of(job)
    book.recall("demo")
    shutil.rmtree(job / ".git")
    error = failure(lambda: book.append("demo", batch("run-1")))
    assert "cannot be written: No such file or directory" in error.message
