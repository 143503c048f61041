"""Facts of a real repository; without one, or without git, there are none and nothing fails."""

import os
import subprocess
from pathlib import Path

import pytest

from reconciler.adapters.git.facts import NO_FACTS, actor, facts_of, without_credentials


def git(folder: Path, *arguments: str) -> str:
    names = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org"}
    names |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(["git", *arguments], cwd=folder, env={**os.environ, **names}, capture_output=True, check=True)
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    (manifests / "a.yaml").write_text("a: 1\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    git(tmp_path, "remote", "add", "origin", "https://ada:secret@git.example/acme/vision.git?x=1")
    return tmp_path


def test_a_clean_repository_tells_commit_and_remote_without_credentials(repository: Path) -> None:
    facts = facts_of([repository / "manifests"])
    assert facts.revision == git(repository, "rev-parse", "HEAD")
    assert not facts.dirty
    assert facts.repository == "https://git.example/acme/vision.git"


def test_a_file_stands_for_its_folder(repository: Path) -> None:
    assert facts_of([repository / "manifests" / "a.yaml"]).revision is not None


@pytest.mark.parametrize("name", ["a.yaml", "untracked.yaml"])
def test_changed_and_untracked_manifests_make_it_dirty(repository: Path, name: str) -> None:
    (repository / "manifests" / name).write_text("b: 2\n")
    assert facts_of([repository / "manifests"]).dirty


def test_changes_elsewhere_in_the_repository_do_not(repository: Path) -> None:
    (repository / "notes.txt").write_text("b")
    assert not facts_of([repository / "manifests"]).dirty


def test_before_the_first_commit_and_outside_a_repository_there_are_no_facts(tmp_path: Path) -> None:
    assert facts_of([tmp_path]) == NO_FACTS
    git(tmp_path, "init", "-q")
    assert facts_of([tmp_path]) == NO_FACTS
    assert facts_of([tmp_path / "missing" / "a.yaml"]) == NO_FACTS
    assert facts_of([]) == NO_FACTS


def test_without_the_git_command_there_are_no_facts(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert facts_of([repository]) == NO_FACTS


def test_a_repository_cannot_make_git_run_its_programs(repository: Path) -> None:
    git(repository, "config", "core.fsmonitor", "touch ../ran; echo")
    facts_of([repository / "manifests"])
    assert not list(repository.parent.glob("ran"))
    assert not (repository / "ran").exists()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://token@git.example:8443/a.git", "https://git.example:8443/a.git"),
        ("ssh://git@git.example/a.git", "ssh://git.example/a.git"),
        ("git@git.example:acme/a.git", "git@git.example:acme/a.git"),
        ("https://user:pa%20ss@[bad/a.git", "https://"),
        ("../elsewhere.git", "../elsewhere.git"),
    ],
)
def test_no_credential_survives_in_a_remote(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


def test_the_ci_systems_word_on_who_runs_this_comes_first(repository: Path) -> None:
    git(repository, "config", "user.email", "ada@example.org")
    assert actor({"GITHUB_ACTOR": "octocat"}, repository) == "octocat"
    assert actor({}, repository) == "ada@example.org"


def test_the_login_name_is_the_last_resort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert actor({"USER": "ada"}, tmp_path) == "ada"
    assert actor({}, tmp_path) == ""
