"""`drift` finds what moved on the platform, says whose move it was, and exits 2."""

import json

from reconciler.render.schema import plan_schema
from tests.cli.hand import edit
from tests.cli.play import Project
from tests.cli.test_plan import check_document


def test_in_sync_there_is_no_drift(applied: Project) -> None:
    result = applied.here("drift")
    assert (result.code, result.out) == (0, "No drift. 1 deployment matches manifests/.\n")
    assert "write" not in result.err


def test_git_ahead_is_pending_and_no_drift(applied: Project) -> None:
    applied.write("surface", threshold=0.5)
    result = applied.here("drift")
    assert result.code == 0
    assert "desired 0.5, live 0.4  # pending" in result.out
    assert result.last == (
        "Drift: 0 fields drifted, 0 in conflict, 1 pending, 0 held; 0 moved and 0 absent of 1 deployment."
    )


def test_a_hand_edit_is_drift_with_both_values_and_its_class(applied: Project) -> None:
    edit(applied.folder / "platform", threshold=0.9)
    result = applied.here("drift")
    assert result.code == 2
    assert "threshold  desired 0.4, live 0.9  # drifted" in result.out


def test_both_sides_moving_is_a_conflict(applied: Project) -> None:
    edit(applied.folder / "platform", threshold=0.9)
    applied.write("surface", threshold=0.5)
    result = applied.here("drift")
    assert result.code == 2
    assert "desired 0.5, live 0.9  # conflict" in result.out


def test_who_moved_a_model_is_told(applied: Project) -> None:
    edit(applied.folder / "platform", champion="v6")
    result = applied.here("drift")
    assert result.code == 2
    assert "desired surface@v7, live surface@v6  # drifted, moved by owner" in result.out


def test_as_a_document_drift_is_a_plan_with_the_moves_listed(applied: Project) -> None:
    edit(applied.folder / "platform", threshold=0.9)
    document = json.loads(applied.here("drift", "--format", "json").out)
    check_document(document, plan_schema())
    (moved,) = document["drift"]
    assert (moved["path"], moved["desired"], moved["live"], moved["class"]) == ("threshold", 0.4, 0.9, "drifted")


def test_apply_repairs_what_drifted(applied: Project) -> None:
    edit(applied.folder / "platform", threshold=0.9)
    assert applied.here("apply", "--yes").code == 0
    assert applied.here("drift").code == 0
