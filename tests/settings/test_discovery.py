"""Defaults are found from where the manifests are, and never outside the project."""

from pathlib import Path

import pytest

from reconciler.settings.discovery import find_configuration, project_folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "outside" / "project" / "manifests" / "lyon").mkdir(parents=True)
    return tmp_path / "outside" / "project"


def test_the_configuration_is_found_beside_the_manifests_and_in_their_folder(project: Path) -> None:
    beside, inside = project / "reconciler.yaml", project / "manifests" / "reconciler.yaml"
    assert find_configuration([project / "manifests"]) is None
    beside.touch()
    assert find_configuration([project / "manifests"]) == beside
    inside.touch()
    assert find_configuration([project / "manifests"]) == inside


def test_a_manifest_file_counts_as_its_folder(project: Path) -> None:
    (project / "reconciler.yaml").touch()
    manifest = project / "manifests" / "a.yaml"
    manifest.touch()
    assert find_configuration([manifest]) == project / "reconciler.yaml"


def test_within_a_repository_its_root_is_the_limit(project: Path) -> None:
    (project / ".git").mkdir()
    (project.parent / "reconciler.yaml").touch()
    assert find_configuration([project / "manifests" / "lyon"]) is None
    (project / "reconciler.yaml").touch()
    assert find_configuration([project / "manifests" / "lyon"]) == project / "reconciler.yaml"


def test_outside_a_repository_only_the_parent_is_looked_at(project: Path) -> None:
    (project / "reconciler.yaml").touch()
    assert find_configuration([project / "manifests" / "lyon"]) is None


def test_the_project_is_where_the_configuration_is_else_above_the_manifests(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert project_folder([Path("manifests")], None) == project
    assert project_folder([Path("manifests")], project.parent / "reconciler.yaml") == project.parent


def test_planning_the_folder_one_stands_in_keeps_the_memory_inside_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "manifests").rename(project / "deployments")
    monkeypatch.chdir(project / "deployments")
    assert project_folder([Path()], None) == project / "deployments"
    assert project_folder([], None) == project / "deployments"


def test_a_part_of_the_manifests_shares_the_memory_of_the_whole(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for here in (project, project / "manifests", project.parent):
        monkeypatch.chdir(here)
        assert project_folder([project / "manifests" / "lyon"], None) == project
        assert project_folder([project / "manifests"], None) == project
