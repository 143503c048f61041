"""What the documentation says is there: links, paths, names, commands and manifests."""

from __future__ import annotations

import pytest

from tests.house import documents
from tests.house.command_line import complaint
from tests.house.examples import commands_in
from tests.house.tree import ROOT

PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in documents.pages()}
WANTED = {"README.md", "docs/README.md", "docs/architecture.md", "docs/lifecycle.md", "docs/decisions/README.md"}


def test_the_pages_that_everybody_looks_for_are_there() -> None:
    assert PAGES.keys() >= WANTED


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    assert [link for link in documents.links(PAGES[page]) if not (folder / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_exists(page: str) -> None:
    assert [path for path in documents.paths(PAGES[page]) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_name_of_ours_that_a_page_names_exists(page: str) -> None:
    assert [name for name in documents.names(PAGES[page]) if not documents.exists(name)] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_shows_is_one_the_command_line_takes(page: str) -> None:
    shown = [block.text for block in documents.blocks(PAGES[page]) if block.language in ("sh", "shell", "bash")]
    inline = [span for span in documents.spans(PAGES[page]) if span.startswith("reconciler ")]
    asked = [arguments for text in (*shown, *inline) for arguments in commands_in(text)]
    told = {" ".join(arguments): complaint(arguments) for arguments in asked}
    assert {command: said for command, said in told.items() if said is not None} == {}


def test_every_decision_is_listed_and_says_what_and_why() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = documents.links(PAGES["docs/decisions/README.md"])
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert sorted(listed) == records
    assert [name for name in records if "\n## " not in PAGES[f"docs/decisions/{name}"]] == []


def test_a_page_that_names_what_is_not_there_is_caught() -> None:
    text = "`core.planner.plan`, `core.planner.plon`, `reconciler/core/plan.py`, `reconciler/plan.py`, [x](y.md)"
    assert [documents.exists(name) for name in documents.names(text)] == [True, False]
    assert [(ROOT / path).exists() for path in documents.paths(text)] == [True, False]
    assert documents.links(text) == ["y.md"]


def test_blocks_keep_their_language_and_lose_their_indentation() -> None:
    text = "1. a\n\n   ```sh\n   one\n     two\n   ```\n\n```\nthree\n```\n"
    assert list(documents.blocks(text)) == [
        documents.Block("sh", "one\n  two\n"),
        documents.Block("", "three\n"),
    ]
