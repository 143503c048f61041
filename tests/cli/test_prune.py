"""`--prune` from the command line: what is deleted, what is refused with which exit code, what is kept of a reason."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import jsonschema
import pytest

from reconciler.cli.app import run
from reconciler.render.schema import plan_schema
from tests.cli.hand import activate_feedback_loop
from tests.cli.play import MANIFEST, Project
from tests.platform.harness import running_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.play import Result

REMOVABLE = """\
apiVersion: reconciler.dev/v1
kind: Deployment
metadata:
  name: {name}
spec:
  threshold: 0.5
  models: {{champion: {{model: surface, version: v7}}}}
  lifecycle: {{preventDestroy: false, onRemoval: Delete}}
"""


def declare(project: Project, *names: str) -> None:
    for name in names:
        project.write(name, REMOVABLE.format(name=name))


def manifest(project: Project, name: str) -> Path:
    return project.folder / "manifests" / f"{name}.yaml"


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["full", "sdk-only"])
def test_a_deployment_lives_from_its_manifest_to_its_removal(
    profile: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(project, "scrap")
    with running_server(project.folder / "platform", profile) as ready:
        monkeypatch.setenv("PICSELLIA_TOKEN", ready["token"])

        def there(*arguments: str) -> Result:
            return project.run(*arguments, "--host", ready["url"])

        assert there("apply", "--yes").code == 0
        manifest(project, "scrap").unlink()

        listed = there("plan", "--detailed-exitcode")
        assert listed.code == 0
        assert "scrap  orphaned: gone from the manifests, left alone on the platform (onRemoval: Delete" in listed.out

        planned = there("plan", "--prune", "--detailed-exitcode")
        assert planned.code == 2
        assert "- scrap  gone from the manifests" in planned.out
        assert planned.last.startswith("Plan: 0 to create, 0 to change, 1 to delete, 0 to forget; 1 action on 1 of 2")

        deleted = there("apply", "--prune", "--yes")
        assert deleted.code == 0
        assert "delete the deployment" in deleted.out
        assert deleted.last.startswith("Apply: 1 done")

        after = there("plan", "--prune", "--detailed-exitcode")
        assert after.code == 0
        assert after.last.startswith("No changes. 1 deployment matches")
        assert "orphaned" not in after.out


@pytest.fixture(scope="module")
def applied_folder(filled_platform: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two applied deployments, one of which may be deleted; not to be changed."""
    folder = tmp_path_factory.mktemp("applied")
    shutil.copytree(filled_platform, folder / "platform")
    (folder / "manifests").mkdir()
    for name, text in {"scrap": REMOVABLE, "surface": MANIFEST}.items():
        (folder / "manifests" / f"{name}.yaml").write_text(text.format(name=name, threshold=0.4, line=3))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert run(("apply", "--yes", "--embedded", "platform")) == 0
    return folder


@pytest.fixture
def scrapped(
    applied_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    clean_environment: None,
) -> Project:
    """A copy of it, with one deployment gone from the manifests that was to be deleted then."""
    shutil.copytree(applied_folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    project = Project(tmp_path, capsys)
    manifest(project, "scrap").unlink()
    return project


@pytest.mark.parametrize(
    "selection",
    [("--target", "surface"), ("--exclude", "surface"), ("-l", "line=3"), ("manifests/surface.yaml",)],
    ids=["target", "exclude", "labels", "file"],
)
def test_pruning_a_part_is_refused_and_says_so(scrapped: Project, selection: tuple[str, ...]) -> None:
    scrapped.write("other", line=4)
    result = scrapped.here("plan", "--prune", *selection)
    assert result.code == 5
    assert "refused, prune-part" in result.out
    assert "This plan cannot be applied" in result.out


def test_labels_that_every_manifest_has_are_a_selection_all_the_same(scrapped: Project) -> None:
    assert scrapped.here("apply", "--yes", "--prune", "-l", "line=3").code == 5


def test_a_saved_plan_prunes_as_it_was_reviewed_and_takes_no_options_of_its_own(scrapped: Project) -> None:
    assert scrapped.here("plan", "--prune", "--force", "line 2 is scrapped", "--out", "reviewed.plan").code == 0
    document = json.loads((scrapped.folder / "reviewed.plan").read_text())
    jsonschema.validate(document, plan_schema())
    assert document["options"]["prune"] is True
    assert document["options"]["force"] == "line 2 is scrapped"
    assert [change["intent"] for change in document["changes"]] == ["delete"]
    assert scrapped.here("apply", "reviewed.plan", "--prune").code == 3
    assert scrapped.here("apply", "reviewed.plan", "--force", "again").code == 3
    applied = scrapped.here("apply", "reviewed.plan")
    assert applied.code == 0
    assert "Forced because line 2 is scrapped" in applied.out
    assert "because line 2 is scrapped" in scrapped.here("history", "scrap").out


def test_no_manifests_at_all_are_an_error_that_only_a_reason_overrules(scrapped: Project) -> None:
    manifest(scrapped, "surface").unlink()
    assert scrapped.here("apply", "--yes").code == 3
    assert scrapped.here("apply", "--yes", "--prune").code == 3
    assert scrapped.here("plan", "--prune").code == 3
    forced = scrapped.here("apply", "--yes", "--prune", "--force", "the plant is closed")
    assert forced.code == 0
    assert forced.last.startswith("Apply: 1 done"), "what was never to be deleted is left alone"


def test_a_reason_that_says_nothing_is_none(scrapped: Project) -> None:
    result = scrapped.here("apply", "--yes", "--prune", "--force", "  ")
    assert result.code == 3
    assert "--force takes a reason" in result.err


def test_where_nothing_owned_is_declared_any_more_pruning_is_refused(scrapped: Project) -> None:
    manifest(scrapped, "surface").unlink()
    scrapped.write("elsewhere")
    result = scrapped.here("apply", "--yes", "--prune")
    assert result.code == 5
    assert "none of the 2 deployments that the ledger owns is declared any more" in result.err


def test_in_ci_a_ledger_that_ends_with_the_job_owns_nothing_to_delete(
    scrapped: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    result = scrapped.here("plan", "--prune")
    assert result.code == 3
    assert "--prune deletes what the ledger owns" in result.err
    assert "--ledger" in result.err


def test_the_caps_of_reconciler_yaml_count(scrapped: Project) -> None:
    (scrapped.folder / "reconciler.yaml").write_text("policy: {maxRemovals: 0.1, ownedFrom: 2}\n", encoding="utf-8")
    result = scrapped.here("plan", "--prune")
    assert result.code == 5
    assert "1 of 2 owned deployments would be taken away" in result.out
    assert "refused, blast-radius" in result.out


def test_what_the_platform_will_not_delete_ends_with_5(scrapped: Project) -> None:
    activate_feedback_loop(scrapped.folder / "platform", "scrap")
    result = scrapped.here("apply", "--yes", "--prune")
    assert result.code == 5
    assert "is in use" in result.out
    assert "forceDelete: true" in result.out
