"""A project is found from its paths, and knows whether they are all of it."""

from pathlib import Path

import pytest

from reconciler.bootstrap.project import open_project
from reconciler.errors import ManifestError, SettingsError
from reconciler.settings.resolution import Embedded
from reconciler.settings.sources import Flags

MANIFEST = """\
apiVersion: reconciler.dev/v1
kind: Deployment
metadata: {name: a}
spec: {models: {champion: {model: m, version: v1}}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "manifests" / "lyon").mkdir(parents=True)
    (tmp_path / "manifests" / "lyon" / "a.yaml").write_text(MANIFEST)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "whole"),
    [
        ([], True),
        (["manifests"], True),
        (["manifests/lyon"], False),
        (["manifests/lyon/a.yaml"], False),
        (["manifests", "other"], False),
        (["-"], False),
    ],
)
def test_only_the_one_folder_that_holds_everything_is_the_whole_catalog(
    folder: Path, paths: list[str], whole: bool
) -> None:
    assert open_project([Path(path) for path in paths], {}).is_whole is whole


def test_a_folder_of_another_name_is_whole_where_it_is_not_part_of_one(folder: Path) -> None:
    (folder / "manifests").rename(folder / "deployments")
    assert open_project([Path("deployments")], {}).is_whole


def test_manifests_are_read_with_the_catalogs_name_and_the_paths_as_given(folder: Path) -> None:
    (folder / "reconciler.yaml").write_text("catalog: vision\n")
    catalog = open_project([], {}).load().catalog
    assert catalog.name == "vision"
    assert catalog.source.paths == ("manifests/",)
    assert catalog.source.revision is None


def test_settings_are_those_of_the_file_beside_the_manifests(folder: Path) -> None:
    (folder / "reconciler.yaml").write_text("environments: {laptop: {embedded: data}}\n")
    settings = open_project([], {}).settings(Flags())
    assert settings.platform == Embedded(folder / "data", None)
    assert settings.ledger.url == str(folder / ".reconciler" / "ledger.db")


def test_invalid_settings_come_with_their_diagnostics(folder: Path) -> None:
    (folder / "reconciler.yaml").write_text("catolog: vision\nledger: 7\n")
    project = open_project([], {})
    with pytest.raises(ManifestError, match="2 problems") as raised:
        project.settings(Flags())
    assert [str(each.origin) for each in raised.value.diagnostics] == ["reconciler.yaml:1:1", "reconciler.yaml:2:9"]


def test_settings_that_cannot_be_opened_are_named(folder: Path) -> None:
    (folder / "reconciler.yaml").symlink_to(folder / "manifests")
    assert open_project([], {}).diagnostics == ()
    (folder / "reconciler.yaml").unlink()
    (folder / "reconciler.yaml").write_text("")
    (folder / "reconciler.yaml").chmod(0)
    try:
        (folder / "reconciler.yaml").read_bytes()
    except PermissionError:
        with pytest.raises(SettingsError, match="Permission denied"):
            open_project([], {})
