"""`ledger show`, `export`, `import`: the memory can be looked at, and moves from home to home without losing a word."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.adapters.ledger.repositories import a_repository_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.play import Project


def test_what_is_applied_is_shown_with_its_age_and_what_is_in_doubt(applied: Project) -> None:
    result = applied.run("ledger", "show")
    assert result.code == 0
    assert re.search(r"^surface  id \S+$", result.out, re.MULTILINE)
    assert re.search(r"^    threshold +0.4 +# for \d+ seconds?$", result.out, re.MULTILINE)
    assert re.search(r"^    sampleRate +unknown +# in doubt for \d+ seconds?$", result.out, re.MULTILINE)
    assert "on removal: Orphan, protected" in result.out
    assert result.last == "Applied: 1 deployment, 17 fields, 2 in doubt."
    assert ".reconciler/ledger.db" in result.err


def test_as_a_document_it_names_the_ledger_and_counts_its_entries(applied: Project) -> None:
    document = json.loads(applied.run("ledger", "show", "--format", "json").out)
    (memory,) = document["memories"]
    assert document["ledger"].endswith(".reconciler/ledger.db")
    assert memory["entries"] == 12
    assert memory["deployments"][0]["fields"]["models.champion"]["value"]["label"] == "surface@v7"


def exported(project: Project, *words: str) -> str:
    result = project.run("ledger", "export", *words)
    assert result.code == 0
    return result.out


def test_a_ledger_moves_to_a_git_branch_and_the_next_plan_knows_everything(applied: Project, tmp_path: Path) -> None:
    (tmp_path / "export.jsonl").write_text(exported(applied), encoding="utf-8")
    branch = f"git:?repository={a_repository_in(tmp_path)}"
    result = applied.run("ledger", "import", "export.jsonl", "--ledger", branch)
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith("Imported 12 entries of 1 catalog into git:")
    assert exported(applied, "--ledger", branch) == exported(applied)
    assert applied.here("plan", "--detailed-exitcode", "--ledger", branch).code == 0
    assert applied.run("history", "--ledger", branch).out == applied.run("history").out


def test_an_import_can_be_repeated_and_is_refused_where_something_else_is(applied: Project) -> None:
    exported(applied, "--output-file", "export.jsonl")
    for told in ("Imported 12 entries of 1 catalog", "Imported 0 entries of 1 catalog"):
        result = applied.run("ledger", "import", "export.jsonl", "--ledger", "other.db")
        assert (result.code, result.err.startswith(told)) == (0, True)
    assert applied.here("drift", "--ledger", "other.db").code == 0
    before = exported(applied, "--ledger", "other.db")
    result = applied.run("ledger", "import", "export.jsonl", "--ledger", "other.db")
    assert result.code == 5
    assert "the ledger is not empty: it holds 14 entries" in result.err
    assert exported(applied, "--ledger", "other.db") == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read: No such file or directory"),
        ("", "a stored value is not JSON"),
        ("kind: Deployment\n", "file.jsonl:1"),
        ('{"kind":"Deployment"}\n', "this is not the export of a ledger"),
        ('{"kind":"LedgerExport","format":1}\n', "the export is not whole"),
        (b"\xff\xfe", "not text in UTF-8"),
    ],
)
def test_a_file_that_is_no_whole_export_is_refused_with_its_place(
    applied: Project, text: str | bytes | None, told: str
) -> None:
    file = applied.folder / "file.jsonl"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = applied.run("ledger", "import", "file.jsonl", "--ledger", "other.db")
    assert result.code == 3
    assert told in result.err
    assert not (applied.folder / "other.db").exists()
