"""A branch at a host that is reached over HTTP, with the header that a checkout step leaves in a job's clone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.errors import LedgerError
from tests.adapters.ledger.hosting import READER, WRITER, hosted
from tests.adapters.ledger.repositories import a_clone_in, a_remote_in, git
from tests.adapters.ledger.samples import batch
from tests.adapters.ledger.test_git import BRANCH, book_of, runs_in

if TYPE_CHECKING:
    from pathlib import Path


def job_at(folder: Path, url: str, token: str | None) -> Path:
    """A shallow clone on a detached head, as a checkout step leaves it."""
    job = a_clone_in(folder)
    git(job, "remote", "set-url", "origin", url)
    if token is not None:
        git(job, "config", f"http.{url}.extraheader", f"Authorization: Bearer {token}")
    return job


def test_the_header_of_the_checkout_step_is_all_it_takes(tmp_path: Path) -> None:
    with hosted(a_remote_in(tmp_path)) as (url, host):
        job = job_at(tmp_path, url, WRITER)
        for number in range(3):
            book_of(job).append("demo", batch(f"run-{number}"))
        assert runs_in(book_of(job)) == ["run-0", "run-1", "run-2"]
        assert {line.split()[2] for line in host.asked} == {"200"}


def test_appends_of_one_run_cost_one_push_each_and_no_further_fetch(tmp_path: Path) -> None:
    with hosted(a_remote_in(tmp_path)) as (url, host):
        book = book_of(job_at(tmp_path, url, WRITER))
        book.recall("demo")
        book.append("demo", batch("run-0"))
        host.asked.clear()
        for number in range(1, 4):
            book.append("demo", batch(f"run-{number}"))
        assert not [line for line in host.asked if "fetch" in line]
        assert host.asked.count("GET push 200") == 3


def test_a_token_that_may_only_read_plans_and_cannot_record(tmp_path: Path) -> None:
    with hosted(a_remote_in(tmp_path)) as (url, host):
        job = job_at(tmp_path, url, READER)
        assert book_of(job).recall("demo") == {}
        with pytest.raises(LedgerError, match="remote origin refuses a push to the ledger's branch") as caught:
            book_of(job).append("demo", batch("run-1"))
        assert "403" in caught.value.message
        assert "may write contents" in str(caught.value.hint)
        assert [line for line in host.asked if "push" in line] == ["GET push 403"]
        assert READER not in f"{caught.value} {caught.value.hint}"
    assert git(tmp_path / "remote.git", "branch", "--list", BRANCH) == ""


@pytest.mark.parametrize("token", [None, "t0ken-expired"])
def test_without_a_token_nobody_is_asked_and_the_next_step_is_told(tmp_path: Path, token: str | None) -> None:
    with hosted(a_remote_in(tmp_path)) as (url, _):
        job = job_at(tmp_path, url, token)
        with pytest.raises(LedgerError, match="cannot be read at remote origin") as caught:
            book_of(job).recall("demo")
    assert "git ls-remote origin" in str(caught.value.hint)
    assert "t0ken" not in f"{caught.value} {caught.value.hint}"


def test_a_password_in_the_remote_s_url_is_not_shown(tmp_path: Path) -> None:
    with hosted(a_remote_in(tmp_path)) as (url, _):
        job = job_at(tmp_path, url.replace("http://", "http://ci:hunter2@"), None)
        with pytest.raises(LedgerError) as caught:
            book_of(job).recall("demo")
    assert "hunter2" not in f"{caught.value} {caught.value.hint} {caught.value.where}"


@pytest.mark.parametrize("breaking", [["before"], ["after"], ["before", "after"], ["before"] * 2, ["after"] * 2])
def test_a_connection_that_breaks_in_a_push_neither_loses_nor_doubles(tmp_path: Path, breaking: list[str]) -> None:
    """A library may send a second time by itself; that one meets the first."""
    with hosted(a_remote_in(tmp_path)) as (url, host):
        book = book_of(job_at(tmp_path, url, WRITER))
        book.append("demo", batch("run-0"))
        host.breaking = breaking
        book.append("demo", batch("run-1"))
        assert host.breaking == []
        book.append("demo", batch("run-2"))
        assert runs_in(book) == ["run-0", "run-1", "run-2"]
        assert len(book.lines("demo", 0)) == 15


def test_a_host_that_breaks_off_every_push_is_given_up_after_three(tmp_path: Path) -> None:
    with hosted(a_remote_in(tmp_path)) as (url, host):
        host.breaking = ["before"] * 9
        with pytest.raises(LedgerError, match="the ledger's branch could not be pushed"):
            book_of(job_at(tmp_path, url, WRITER)).append("demo", batch("run-1"))
        assert host.asked.count("GET push 200") == 3
