"""`history` tells what was applied when, by whom and from which commit, and what was applied at a time; no platform."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

from tests.cli.hand import edit

if TYPE_CHECKING:
    import pytest

    from tests.cli.play import Invoke, Project


def test_an_apply_is_told_with_who_did_it_and_what_it_did(applied: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(applied.folder / "platform")
    result = applied.run("history")
    head, *deeds = result.out.splitlines()
    assert result.code == 0
    assert re.fullmatch(r"20\S+Z  apply, by \S+, exit 0  run 20\S+", head)
    assert deeds == [
        "             create tag production: done",
        "    surface  create deployment surface with champion surface@v7, shadow surface@v8, threshold 0.4: done",
        "    surface  set the training data to surface@2026-06: done",
        "    surface  attach tag production: done",
        "    surface  tell the platform that catalog default manages it: done",
        "History: 1 run shown, 0 without effect, 0 older.",
    ]


def test_drift_that_was_seen_is_part_of_it_and_what_saw_none_is_only_counted(applied: Project) -> None:
    assert applied.here("drift").code == 0
    edit(applied.folder / "platform", threshold=0.9)
    assert applied.here("drift").code == 2
    told = applied.run("history", "--limit", "1").out.splitlines()
    assert "  drift, by " in told[0]
    assert told[1:] == ["    surface  see threshold drifted", "History: 1 run shown, 1 without effect, 1 older."]
    assert applied.run("history", "--all", "--limit", "0").last == "History: 3 runs shown, 0 without effect, 0 older."


def test_of_one_deployment_only_its_own_is_told(applied: Project) -> None:
    applied.write("deep", threshold=0.7)
    assert applied.here("apply", "--yes").code == 0
    told = applied.run("history", "deep").out
    assert "create deployment deep" in told
    assert "surface  " not in told
    assert told.endswith("History: 1 run shown, 1 without effect, 0 older.\n")


def test_an_unknown_name_is_answered_with_the_nearest_one(applied: Project) -> None:
    result = applied.run("history", "surfac")
    assert (result.code, result.out) == (3, "")
    assert "the ledger knows no deployment 'surfac'" in result.err
    assert "Did you mean surface?" in result.err


def test_which_model_was_declared_at_a_time_is_told(applied: Project) -> None:
    (first,) = documents(applied)["memories"][0]["runs"]
    text = (applied.folder / "manifests" / "surface.yaml").read_text(encoding="utf-8").replace("v7", "v6")
    applied.write("surface", text.replace("shadow: {model: surface, version: v8}", "shadow: None"))
    assert applied.here("apply", "--yes").code == 0
    before, after = (
        applied.run("history", "--at", first["finished_at"]).out,
        applied.run("history", "--at", "2999-01-01").out,
    )
    assert re.search(r"models.champion +surface@v7", before)
    assert re.search(r"models.shadow +surface@v8", before)
    assert re.search(r"models.champion +surface@v6", after)
    assert re.search(r"models.shadow +none", after)
    assert applied.run("history", "--at", "2000-01-01").last == "Applied: 0 deployments, 0 fields, 0 in doubt."


def test_a_time_that_is_none_is_refused_with_how_to_write_one(applied: Project) -> None:
    result = applied.run("history", "--at", "soon")
    assert result.code == 3
    assert "Write 2026-11-21, or 2026-11-21T20:36:00Z" in result.err


def test_as_a_document_history_names_commit_plan_and_every_deed(applied: Project) -> None:
    (memory,) = documents(applied)["memories"]
    (run,) = memory["runs"]
    assert memory["catalog"] == "default"
    assert (run["command"], run["exit_code"]) == ("apply", 0)
    assert run["plan_digest"].startswith("sha256:")
    assert [deed["outcome"] for deed in run["deeds"]] == ["done"] * 5
    assert {deed["address"] for deed in run["deeds"]} == {"", "surface"}


def test_as_a_document_a_time_has_every_field_with_its_record(applied: Project) -> None:
    (memory,) = documents(applied, "--at", "2999-01-01")["memories"]
    (deployment,) = memory["deployments"]
    threshold, rate = (deployment["fields"][path] for path in ("threshold", "sampleRate"))
    assert memory["at"] == "2999-01-01T00:00:00+00:00"
    assert (threshold["value"], threshold["known"], threshold["in_doubt"]) == (0.4, True, False)
    assert (rate["value"], rate["known"], rate["in_doubt"]) == (None, False, True)
    assert deployment["on_removal"] == "Orphan"


def documents(project: Project, *words: str) -> dict:
    return json.loads(project.run("history", "--format", "json", *words).out)


def test_an_organisation_is_chosen_by_its_id(applied: Project) -> None:
    ours = documents(applied)["memories"][0]["organization"]
    assert len(documents(applied, "--organization", ours)["memories"]) == 1
    result = applied.run("history", "--organization", "acme")
    assert result.code == 3
    assert f"It knows {ours}" in result.err


def test_a_ledger_without_entries_says_so_and_is_not_made(invoke: Invoke) -> None:
    for words in (["history"], ["ledger", "show"]):
        result = invoke(*words)
        assert result.code == 0
        assert result.out.endswith(".reconciler/ledger.db holds nothing of this catalog.\n")
    assert json.loads(invoke("history", "--format", "json").out)["memories"] == []
