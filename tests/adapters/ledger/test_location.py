"""What a ledger's URL means, and what of it may be printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.ledger.location import GitLocation, git_location, located, shown
from reconciler.adapters.ledger.open import open_ledger
from reconciler.errors import SettingsError


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("git:", GitLocation(Path())),
        ("git:memory", GitLocation(Path(), "memory")),
        ("git:ops/memory?repository=/a%20b/c+d", GitLocation(Path("/a b/c+d"), "ops/memory")),
        ("git:?remote=upstream&repository=x", GitLocation(Path("x"), remote="upstream")),
        ("git:?remote=", GitLocation(Path(), remote="")),
    ],
)
def test_a_branch_is_named_with_its_repository_and_its_remote(url: str, location: GitLocation) -> None:
    assert git_location(url) == location


@pytest.mark.parametrize(
    "url",
    [
        "git:a b",
        "git:a..b",
        "git:-x",
        "git:x.lock",
        "git:/x",
        "git:x/",
        "git:x/.y",
        "git:x~1",
        "git:@{0}",
        "git:%0a",
        "git:?branch=x",
        "git:?remote=--upload-pack",
        "git://host/repository.git",
    ],
)
def test_what_git_would_take_for_something_else_is_a_settings_error_that_says_what_to_write(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_ledger(url)
    assert "git:BRANCH?repository=DIR&remote=NAME" in str(caught.value.hint)


_TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(_TEXTS, _TEXTS)
def test_a_located_url_means_the_same_wherever_it_is_read(folder: str, remote: str) -> None:
    project = Path("/somewhere") / folder
    try:
        url = f"git:memory?remote={remote}"
        before = git_location(url)
    except SettingsError:
        return
    after = git_location(located(url, Path("/elsewhere"), project=project))
    assert (after.branch, after.remote) == (before.branch, before.remote)
    assert after.repository == project
    assert located(located(url, Path("/a"), project=project), Path("/b"), project=Path("/c")) == located(
        url, Path("/a"), project=project
    )


@pytest.mark.parametrize(
    ("url", "printed"),
    [
        ("postgresql://u:hunter2@db.example:5432/ledger?sslmode=require", "postgresql://db.example:5432/ledger"),
        ("postgresql://u:hunter2@/ledger?host=/run&password=hunter2", "postgresql:///ledger"),
        ("postgresql://u:hunter2@h:port/db", "postgresql://"),
        ("git:memory?repository=/a", "git:memory?repository=/a"),
        (".reconciler/ledger.db", ".reconciler/ledger.db"),
        ("sqlite:////var/ledger.db", "sqlite:////var/ledger.db"),
    ],
)
def test_user_and_password_are_never_printed(url: str, printed: str) -> None:
    assert shown(url) == printed
