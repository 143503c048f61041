"""What was reviewed is what runs: a saved plan is applied as it is, or nothing is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reconciler.render.schema import plan_schema
from tests.cli.hand import edit
from tests.cli.test_plan import check_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.play import Project

FILE = Path("reviewed.plan")


@pytest.fixture
def saved(project: Project) -> Project:
    """A project with a saved plan that creates a deployment."""
    assert project.here("plan", "--out", str(FILE)).code == 0
    return project


def changed(change: Callable[[dict[str, object]], object]) -> None:
    """Change the saved document."""
    document = json.loads(FILE.read_text())
    change(document)
    FILE.write_text(json.dumps(document))


def test_a_saved_plan_is_a_plan_document_for_its_owner_only_and_holds_no_token(saved: Project) -> None:
    document = json.loads(FILE.read_text())
    check_document(document, plan_schema())
    assert FILE.stat().st_mode & 0o777 == 0o600
    assert (saved.folder / "platform" / "token").read_text().strip() not in FILE.read_text()
    assert list(saved.folder.glob(".*.tmp")) == []


def test_a_saved_plan_is_applied_without_asking_and_only_once(saved: Project) -> None:
    first = saved.here("apply", str(FILE))
    assert first.code == 0
    assert first.last.startswith("Apply: 5 done")
    again = saved.here("apply", str(FILE))
    assert again.code == 6
    assert "surface was in the plan and needs nothing now" in again.err
    assert "Nothing was written" in again.err


def test_a_plan_that_was_saved_again_takes_the_place_of_the_last(saved: Project) -> None:
    saved.write("surface", threshold=0.5)
    assert saved.here("plan", "--out", str(FILE)).code == 0
    assert saved.here("apply", str(FILE)).code == 0


def test_a_hand_edit_since_makes_a_plan_stale_and_is_named(applied: Project) -> None:
    applied.write("surface", threshold=0.5)
    applied.here("plan", "--out", str(FILE))
    edit(applied.folder / "platform", threshold=0.9)
    result = applied.here("apply", str(FILE))
    assert result.code == 6
    assert "surface threshold was 0.4 and is 0.9" in result.err
    assert "hint: Nothing was written. Plan again" in result.err
    assert result.out == ""


def test_a_change_of_the_manifests_since_makes_a_plan_stale(saved: Project) -> None:
    saved.write("surface", threshold=0.6)
    result = saved.here("apply", str(FILE))
    assert result.code == 6
    assert "surface threshold was to become 0.4 and is to become 0.6" in result.err
    assert "the manifests declare something else" in result.err


def test_selection_and_reassertions_are_asked_for_again(project: Project) -> None:
    text = (project.folder / "manifests" / "surface.yaml").read_text()
    project.write("second", text.replace("name: surface\n", "name: second\n"))
    project.here("plan", "--target", "second", "--out", str(FILE))
    result = project.here("apply", str(FILE))
    assert result.code == 0
    assert "create deployment second" in result.out
    assert "create deployment surface" not in result.out


@pytest.mark.parametrize("option", [("--target", "surface"), ("-l", "line=3"), ("--reassert", "threshold")])
def test_options_that_ask_for_another_plan_are_refused(saved: Project, option: tuple[str, str]) -> None:
    result = saved.here("apply", str(FILE), *option)
    assert result.code == 3
    assert "applied as it is" in result.err


def test_a_plan_of_a_part_of_the_manifests_is_compared_with_that_part(applied: Project) -> None:
    (applied.folder / "manifests" / "more").mkdir()
    text = (applied.folder / "manifests" / "surface.yaml").read_text()
    (applied.folder / "manifests" / "more" / "second.yaml").write_text(
        text.replace("name: surface\n", "name: second\n")
    )
    applied.here("plan", "manifests/more", "--out", str(FILE))
    assert json.loads(FILE.read_text())["unmanaged"] == []
    assert applied.here("apply", str(FILE)).code == 0


def test_manifests_named_beside_the_plan_are_read_instead_of_its_own(saved: Project) -> None:
    (saved.folder / "manifests").rename(saved.folder / "moved")
    result = saved.here("apply", str(FILE), "moved")
    assert result.code == 6
    assert "[manifests/]" in result.err
    assert "[moved/]" in result.err


def test_another_catalog_is_refused_with_both_named(saved: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_CATALOG", "elsewhere")
    result = saved.here("apply", str(FILE))
    assert result.code == 5
    assert f"the catalog {json.loads(FILE.read_text())['catalog']}, and this is the catalog elsewhere" in result.err


def test_a_document_that_was_changed_is_no_reviewed_plan(saved: Project) -> None:
    changed(lambda document: document.update(catalog="other"))
    result = saved.here("apply", str(FILE))
    assert result.code == 3
    assert "was changed since it was written" in result.err


def test_a_major_version_that_nobody_knows_is_named(saved: Project) -> None:
    changed(lambda document: document.update(format_version="2.0"))
    result = saved.here("apply", str(FILE))
    assert result.code == 3
    assert "format version 2.0, and this program reads 1." in result.err


def test_keys_that_this_version_does_not_know_are_ignored(saved: Project) -> None:
    changed(lambda document: document.update(format_version="1.99", observed={"by": "somebody"}))
    assert saved.here("apply", str(FILE)).code == 0


@pytest.mark.parametrize("key", ["digest", "source", "steps", "options", "target", "catalog"])
def test_a_document_without_what_it_needs_is_no_plan(saved: Project, key: str) -> None:
    changed(lambda document: document.pop(key))
    result = saved.here("apply", str(FILE))
    assert result.code == 3
    assert f"`{key}` is missing or wrong" in result.err
    assert f"where: {FILE}" in result.err


def test_half_a_document_is_damaged(saved: Project) -> None:
    FILE.write_text(FILE.read_text()[:300])
    result = saved.here("apply", str(FILE))
    assert result.code == 3
    assert "the plan file is damaged" in result.err


@pytest.mark.parametrize(("name", "says"), [("-", "--format json"), ("manifests", "folder"), ("no/f", "cannot be")])
def test_a_file_that_no_plan_can_be_written_to_is_an_error(project: Project, name: str, says: str) -> None:
    result = project.here("plan", "--out", name)
    assert result.code == 3
    assert says in result.err


def test_a_plan_that_is_refused_as_a_whole_or_in_part_stays_so(project: Project) -> None:
    text = (project.folder / "manifests" / "surface.yaml").read_text()
    project.write("lost", text.replace("v7", "v70").replace("name: surface\n", "name: lost\n"))
    project.here("plan", "--out", str(FILE))
    result = project.here("apply", str(FILE))
    assert result.code == 5
    assert "5 done" in result.last
