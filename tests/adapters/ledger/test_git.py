"""A branch as the ledger: what it touches, what it leaves alone, and how those who write at once give way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from reconciler.adapters.ledger.git import layout
from reconciler.adapters.ledger.git.book import GitBook
from reconciler.adapters.ledger.location import GitLocation
from reconciler.core.codec.memory import MEMORY_FORMAT
from reconciler.core.journal import replay
from reconciler.core.retention import Pruning, Retention
from reconciler.errors import LedgerError
from tests.adapters.ledger.repositories import a_clone_in, a_remote_in, a_repository_in, clone, commit, git
from tests.adapters.ledger.samples import batch

if TYPE_CHECKING:
    from pathlib import Path

BRANCH = "reconciler-ledger"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return a_remote_in(tmp_path)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    return a_clone_in(tmp_path)


def book_of(repository: Path) -> GitBook:
    return GitBook(GitLocation(repository))


def runs_in(book: GitBook) -> list[str]:
    return [summary.header.run for summary in reversed(book.runs("demo", 1000))]


def files_of(remote: Path) -> list[str]:
    return git(remote, "ls-tree", "-r", "--name-only", BRANCH).splitlines()


def snapshot(repository: Path) -> tuple[str, ...]:
    """What people see of their repository: where they are, what is changed, staged and stashed, which branches are."""
    index = (repository / ".git" / "index").read_bytes().hex()
    asked = (("status", "--porcelain", "--branch"), ("rev-parse", "HEAD"), ("stash", "list"), ("branch", "--list"))
    files = sorted(path.name for path in repository.iterdir())
    return (index, (repository / ".git" / "HEAD").read_text(), *files, *(git(repository, *words) for words in asked))


def test_the_next_job_s_fresh_clone_knows_what_this_one_did(remote: Path, tmp_path: Path) -> None:
    for number in range(3):
        book = book_of(clone(remote, tmp_path / f"job-{number}", "--depth=1"))
        assert runs_in(book) == [f"run-{n}" for n in range(number)]
        book.append("demo", batch(f"run-{number}"))
    assert [line.sequence for line in book.lines("demo", 0)] == list(range(1, 16))


def test_work_tree_index_branches_and_stash_of_people_stay_as_they_are(job: Path) -> None:
    git(job, "switch", "-q", "-c", "feature")
    commit(job, "other.yaml")
    (job / "manifest.yaml").write_text("changed: true\n", encoding="utf-8")
    (job / "staged.yaml").write_text("staged: true\n", encoding="utf-8")
    git(job, "add", "staged.yaml")
    (job / "untracked.yaml").touch()
    before = snapshot(job)
    book = book_of(job)
    book.append("demo", batch("run-1"))
    book.recall("demo")
    assert snapshot(job) == before


def test_a_full_clone_stays_one_and_a_partial_clone_has_the_whole_ledger(remote: Path, tmp_path: Path) -> None:
    git(remote, "config", "uploadpack.allowFilter", "true")
    full, partial = clone(remote, tmp_path / "full"), clone(remote, tmp_path / "partial", "--filter=blob:none")
    book_of(full).append("demo", batch("run-1"))
    assert runs_in(book_of(partial)) == ["run-1"]
    book_of(partial).append("demo", batch("run-2"))
    assert runs_in(book_of(full)) == ["run-1", "run-2"]
    assert git(full, "rev-parse", "--is-shallow-repository") == "false"
    git(full, "fsck")


def test_the_branch_has_nothing_in_common_with_others_and_only_grows(remote: Path, job: Path) -> None:
    book = book_of(job)
    seen = []
    for number in range(4):
        book.append("demo", batch(f"run-{number}"))
        seen.append(git(remote, "rev-parse", BRANCH))
    assert git(remote, "rev-list", "--reverse", BRANCH).splitlines() == seen
    assert git(remote, "rev-parse", "main") not in seen
    assert files_of(remote) == ["README.md", "catalogs/demo/journal-000000000001.jsonl", "ledger.json"]


def test_where_nobody_told_git_a_name_reconciler_commits_as_itself_else_as_they_did(
    remote: Path, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    for name in ("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    book_of(job).append("demo", batch("run-1"))
    git(job, "config", "user.name", "Ada")
    git(job, "config", "user.email", "ada@example.com")
    book_of(job).append("demo", batch("run-2"))
    told = git(remote, "log", "--reverse", "--format=%an <%ae> %cn <%ce> %s", BRANCH).splitlines()
    ours, ada = "reconciler <noreply@reconciler.dev>", "Ada <ada@example.com>"
    assert told == [f"{ours} {ours} Append entries 1 to 5 of demo", f"{ada} {ada} Append entries 6 to 10 of demo"]


def test_the_ledger_s_commits_start_no_job(remote: Path, job: Path) -> None:
    book_of(job).append("demo", batch("run-1"))
    assert git(remote, "log", "-1", "--format=%b", BRANCH) == "[skip ci]"


def test_who_pushes_second_puts_its_entries_behind_the_first(remote: Path, job: Path, tmp_path: Path) -> None:
    mine, theirs = book_of(job), book_of(clone(remote, tmp_path / "theirs"))
    mine.append("demo", batch("run-1"))
    for number in range(2, 8, 2):
        theirs.append("demo", batch(f"run-{number}"))
        mine.append("demo", batch(f"run-{number + 1}"))
    assert runs_in(mine) == runs_in(theirs) == [f"run-{number}" for number in range(1, 8)]
    assert len(mine.lines("demo", 0)) == 35


def test_another_catalog_s_entries_are_no_reason_to_lose_mine(remote: Path, job: Path, tmp_path: Path) -> None:
    mine, theirs = book_of(job), book_of(clone(remote, tmp_path / "theirs"))
    mine.append("demo", batch("run-1"))
    theirs.append("other", batch("run-2"))
    mine.append("demo", batch("run-3"))
    assert runs_in(theirs) == ["run-1", "run-3"]
    assert [line.entry for line in mine.lines("other", 0)] == batch("run-2")


def test_a_segment_that_is_long_enough_is_never_touched_again(remote: Path, job: Path) -> None:
    book, seen = book_of(job), set()
    entries = []
    for number in range(11):
        entries += batch(f"run-{number}", size=200)
        book.append("demo", batch(f"run-{number}", size=200))
        listing = git(remote, "ls-tree", "-r", BRANCH, "catalogs/").splitlines()
        seen.add(tuple(line for line in listing if "journal" in line))
    segments = max(seen, key=len)
    assert len(segments) > 2
    for each in seen:
        assert set(each[:-1]) <= set(segments)
    fresh = book_of(job)
    assert [line.entry for line in fresh.lines("demo", 0)] == entries
    assert [line.entry for line in fresh.lines("demo", 777)] == entries[777:]
    assert fresh.recall("demo") == replay(entries).view()
    assert [summary.header.run for summary in fresh.runs("demo", 2)] == ["run-10", "run-9"]
    sizes = [int(git(remote, "cat-file", "-s", line.split()[2])) for line in segments]
    assert all(layout.SEGMENT_BYTES <= size < 3 * layout.SEGMENT_BYTES for size in sizes[:-1])


def test_a_checkpoint_is_kept_when_the_tail_is_long_and_takes_the_last_one_s_place(remote: Path, job: Path) -> None:
    book = GitBook(GitLocation(job), checkpoint_after=10)
    kept, entries = [], []
    for number in range(6):
        entries += batch(f"run-{number}")
        book.append("demo", batch(f"run-{number}"))
        kept.append([name for name in files_of(remote) if "checkpoint" in name])
        assert GitBook(GitLocation(job)).recall("demo") == replay(entries).view()
    first, second = (f"catalogs/demo/checkpoint-{MEMORY_FORMAT}-{n:012}.json" for n in (15, 30))
    assert kept == [[], [], [first], [first], [first], [second]]


def test_recalling_parses_nothing_of_what_the_checkpoint_holds(remote: Path, job: Path, tmp_path: Path) -> None:
    GitBook(GitLocation(job), checkpoint_after=10).append("demo", batch("run-1", size=20))
    book_of(job).append("demo", batch("run-2"))
    before = book_of(job).recall("demo")
    segment = "catalogs/demo/journal-000000000001.jsonl"
    text = git(remote, "show", f"{BRANCH}:{segment}")
    tamper(remote, tmp_path, segment, "\n".join(["never read again"] * 20 + text.split("\n")[20:]))
    assert book_of(job).recall("demo") == before
    with pytest.raises(LedgerError, match="entry 1 of catalog 'demo' cannot be read"):
        book_of(job).lines("demo", 0)


@pytest.mark.parametrize("damage", ["{", "[]", '{"format":1,"applied":[7]}'])
def test_a_damaged_checkpoint_is_passed_over(remote: Path, job: Path, tmp_path: Path, damage: str) -> None:
    GitBook(GitLocation(job), checkpoint_after=10).append("demo", batch("run-1", size=20))
    tamper(remote, tmp_path, f"catalogs/demo/checkpoint-{MEMORY_FORMAT}-{20:012}.json", damage)
    assert book_of(job).recall("demo") == replay(batch("run-1", size=20)).view()


@pytest.mark.parametrize(
    ("damage", "told"), [("{", "is not JSON"), ('{"format":99}', "baseline of format 99"), ('{"format":1}', "sequence")]
)
def test_a_damaged_baseline_is_named_by_its_file_and_never_taken_for_an_empty_memory(
    remote: Path, job: Path, tmp_path: Path, damage: str, told: str
) -> None:
    book = book_of(job)
    for number in range(2):
        book.append("demo", batch(f"run-{number}"))
    assert book.prune("demo", Pruning(Retention(runs=1), "2026-12-24T00:00:00Z")).entries == 5
    file = f"catalogs/demo/baseline-{5:012}.json"
    tamper(remote, tmp_path, file, damage)
    for read in (book.recall, book.baseline):
        with pytest.raises(LedgerError, match=re.escape(file)) as caught:
            read("demo")
        assert told in caught.value.message
        assert caught.value.where == f"branch {BRANCH} of remote origin"
        assert caught.value.hint


def test_entries_that_are_gone_from_the_middle_are_missed(remote: Path, job: Path, tmp_path: Path) -> None:
    book = book_of(job)
    book.append("demo", batch("run-1", size=900))
    book.append("demo", batch("run-2"))
    assert len([name for name in files_of(remote) if "journal" in name]) == 2
    tamper(remote, tmp_path, "catalogs/demo/journal-000000000001.jsonl", "{}")
    with pytest.raises(LedgerError, match="catalog 'demo' has no entries from 2 to 900"):
        book_of(job).recall("demo")


def tamper(remote: Path, folder: Path, path: str, text: str) -> None:
    """Change a file on the branch by hand."""
    hand = clone(remote, folder / "by hand", f"--branch={BRANCH}")
    commit(hand, path, text + "\n")
    git(hand, "push", "-q", "origin", BRANCH)


def test_inside_a_hook_of_another_repository_the_right_one_is_used(
    job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = a_repository_in(tmp_path)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    book_of(job).append("demo", batch("run-1"))
    assert git(other, "for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_hooks_that_are_meant_for_people_do_not_run(remote: Path, job: Path) -> None:
    for name in ("pre-push", "reference-transaction", "pre-commit", "commit-msg", "post-index-change"):
        hook = job / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        hook.chmod(0o755)
    book_of(job).append("demo", batch("run-1"))
    assert runs_in(book_of(job)) == ["run-1"]


def test_without_a_remote_two_who_write_at_once_give_way_too(tmp_path: Path) -> None:
    repository = a_repository_in(tmp_path)
    first, second = book_of(repository), book_of(repository)
    for number in range(0, 6, 2):
        first.append("demo", batch(f"run-{number}"))
        second.append("demo", batch(f"run-{number + 1}"))
    assert runs_in(first) == [f"run-{number}" for number in range(6)]
    assert git(repository, "rev-list", "--count", BRANCH) == "6"


def test_an_empty_remote_in_the_url_keeps_the_ledger_here(remote: Path, job: Path) -> None:
    local = GitLocation(job, "memory", "")
    GitBook(local).append("demo", batch("run-1"))
    assert runs_in(GitBook(local)) == ["run-1"]
    assert git(remote, "branch", "--list", "memory") == ""
    assert git(job, "branch", "--list", "memory") == "memory"


def test_reading_a_branch_that_does_not_exist_finds_nothing_and_makes_nothing(remote: Path, job: Path) -> None:
    book = book_of(job)
    assert (book.recall("demo"), book.catalogs(), list(book.lines("demo", 0))) == ({}, (), [])
    book.append("demo", [])
    assert git(remote, "branch", "--list") == "* main"
    assert "reconciler" not in git(job, "for-each-ref")
