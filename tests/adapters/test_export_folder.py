"""Manifests in files: read whole, drafted in memory, written whole or not at all, and never outside the folder."""

from __future__ import annotations

import codecs
import os
import resource
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.files.loading import load_catalog
from reconciler.adapters.files.writing import FolderOfManifests
from reconciler.core.export.addresses import addresses_for
from reconciler.core.export.drafts import Change, FileDraft, Writing
from reconciler.core.export.edits import Drop, Put
from reconciler.core.manifest.schema import SCHEMA_ID
from reconciler.errors import Contention, ManifestError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

CHAMPION = {"model": "m", "version": "v1"}
TEXT = (
    "apiVersion: reconciler.dev/v1\nkind: Deployment\nmetadata: {name: %s}\n"
    "spec:\n  models:\n    champion: {model: m, version: v1}\n"
)


def new(address: str, **spec: Any) -> Writing:
    document = {
        "apiVersion": "reconciler.dev/v1",
        "kind": "Deployment",
        "metadata": {"name": address},
        "spec": {**spec, "models": {"champion": CHAMPION}},
    }
    return Writing(address, document)


def change(address: str, **spec: Any) -> Writing:
    return Writing(address, edits=tuple(Put(("spec", key), value) for key, value in spec.items()))


def written(folder: Path, *writings: Writing) -> dict[str, Change]:
    """Write, and return what happened to which file."""
    manifests = FolderOfManifests(folder, "demo")
    manifests.catalog()
    drafts = manifests.draft(writings)
    assert drafts.problems == ()
    for file in drafts.files:
        manifests.write(file)
    return {Path(draft.path).relative_to(folder).as_posix(): draft.change for draft in drafts.drafts}


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_new_deployment_gets_a_file_of_its_own_in_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "manifests"
    assert written(folder, new("one"), new("two")) == {"one.yaml": Change.CREATED, "two.yaml": Change.CREATED}
    assert (folder / "one.yaml").read_text().startswith(f"# yaml-language-server: $schema={SCHEMA_ID}\napiVersion:")
    assert names(folder) == ["one.yaml", "two.yaml"]


def test_new_files_may_be_read_as_far_as_the_umask_allows(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        written(tmp_path, new("one"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "one.yaml").stat().st_mode) == 0o640


@pytest.mark.parametrize("levels", [0, 1, 2])
def test_editors_find_the_schema_of_the_project_where_there_is_one(tmp_path: Path, levels: int) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "deployment.schema.json").write_text("{}")
    folder = tmp_path.joinpath(*["deep"] * levels)
    written(folder, new("one"))
    relative = "../" * levels + "schemas/deployment.schema.json"
    assert (folder / "one.yaml").read_text().startswith(f"# yaml-language-server: $schema={relative}\n")


def test_a_manifest_is_changed_where_it_is_with_its_mode_and_its_mark(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "any.yml"
    file.parent.mkdir()
    text = f"{TEXT % 'one'}---\n# the other\n{TEXT % 'two'}"
    file.write_bytes(codecs.BOM_UTF8 + text.encode())
    file.chmod(0o604)
    assert written(tmp_path, change("two", threshold=0.5)) == {"deep/any.yml": Change.UPDATED}
    after = file.read_bytes().removeprefix(codecs.BOM_UTF8).decode()
    assert after == text.removesuffix(TEXT % "two") + (TEXT % "two").replace("spec:\n", "spec:\n  threshold: 0.5\n")
    assert file.read_bytes().startswith(codecs.BOM_UTF8)
    assert stat.S_IMODE(file.stat().st_mode) == 0o604
    assert names(tmp_path) == ["deep", "deep/any.yml"]


def test_two_changes_in_one_file_are_written_together(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{TEXT % 'one'}---\n{TEXT % 'two'}")
    written(tmp_path, change("one", threshold=0.1), change("two", threshold=0.2))
    loaded = load_catalog([tmp_path], name="demo").catalog
    assert [manifest.spec.threshold for manifest in loaded] == [0.1, 0.2]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real.txt"
    real.write_text(TEXT % "one")
    folder = tmp_path / "manifests"
    folder.mkdir()
    (folder / "one.yaml").symlink_to(real)
    written(folder, change("one", threshold=0.1))
    assert (folder / "one.yaml").is_symlink()
    assert "threshold: 0.1" in real.read_text()


def test_what_says_so_already_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT % "one" + "  threshold: 0.40\n")
    before = (tmp_path / "a.yaml").stat()
    assert written(tmp_path, change("one", threshold=0.4)) == {"a.yaml": Change.UNCHANGED}
    after = (tmp_path / "a.yaml").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


@given(st.lists(st.text(max_size=300), min_size=1, max_size=5, unique=True))
def test_no_name_leads_out_of_the_folder_and_no_two_share_a_file(found: list[str]) -> None:
    folder = Path("manifests")
    addresses = addresses_for([*found, "../x", "..", "/etc/passwd", "\0", "con", "reconciler"]).values()
    drafts = FolderOfManifests(folder, "demo").draft([new(address) for address in addresses])
    paths = [Path(draft.path) for draft in drafts.drafts]
    assert len({path.name.casefold() for path in paths}) == len(paths) == len(set(addresses))
    assert {path.parent for path in paths} == {folder}
    assert all(path.suffix == ".yaml" and len(path.name) < 100 and not path.name.startswith(".") for path in paths)


@pytest.mark.parametrize("address", ["con", "nul", "com1", "lpt9", "reconciler", "aux.x"])
def test_names_that_are_taken_for_something_else_are_no_file_names(tmp_path: Path, address: str) -> None:
    assert written(tmp_path, new(address)) == {f"deployment-{address}.yaml": Change.CREATED}
    assert len(load_catalog([tmp_path], name="demo").catalog) == 1


def test_a_name_that_is_taken_by_another_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(TEXT % "another")
    (tmp_path / "one-2.yaml").mkdir()
    assert written(tmp_path, new("one")) == {"one-3.yaml": Change.CREATED}
    assert (tmp_path / "one.yaml").read_text() == TEXT % "another"


@pytest.mark.parametrize("text", ["kind: Service\n", "{", TEXT % "One", TEXT % "one" + "---\n" + TEXT % "one"])
def test_beside_manifests_that_are_not_valid_nothing_is_written(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ManifestError) as raised:
        FolderOfManifests(tmp_path, "demo").catalog()
    assert str(raised.value).startswith("nothing is exported")
    assert raised.value.diagnostics[0].origin.file == (tmp_path / "a.yaml").as_posix()


def test_files_that_cannot_be_read_or_named_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(ManifestError):
        FolderOfManifests(tmp_path, "demo").catalog()
    (tmp_path / "a.yaml").unlink()
    Path(os.fsdecode(bytes(tmp_path) + b"/\xff.yaml")).write_text(TEXT % "one")
    with pytest.raises(ManifestError) as raised:
        FolderOfManifests(tmp_path, "demo").catalog()
    assert raised.value.diagnostics[0].message == "the name of this file is no text"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(TEXT % "one")
    with pytest.raises(SettingsError, match="is no folder"):
        FolderOfManifests(file, "demo").catalog()


def test_manifests_that_do_not_go_together_are_not_written(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT % "one")
    folder = FolderOfManifests(tmp_path, "demo")
    folder.catalog()
    with pytest.raises(ManifestError) as raised:
        folder.draft([new("two", name="one")])
    assert raised.value.diagnostics[0].code == "duplicate-platform-name"


def test_what_would_be_no_valid_manifest_is_a_problem_of_that_one_alone(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT % "one")
    folder = FolderOfManifests(tmp_path, "demo")
    folder.catalog()
    drafts = folder.draft([change("one", threshold=2.0), new("two", tags=["x" * 2000]), new("three")])
    assert [(each.address, each.reason.partition(":")[0]) for each in drafts.problems] == [
        ("one", "what is live would be no valid manifest"),
        ("two", "what is live would be no valid manifest"),
    ]
    assert [draft.manifest.address for draft in drafts.drafts] == ["three"]
    assert [Path(file.path).name for file in drafts.files] == ["three.yaml"]


def test_a_key_too_long_for_yaml_is_a_problem(tmp_path: Path) -> None:
    parameters = {"k" * 2000: 1}
    training = {"project": "p", "trigger": {"event": "None"}, "experimentParameters": parameters}
    (tmp_path / "a.yaml").write_text(TEXT % "one")
    folder = FolderOfManifests(tmp_path, "demo")
    folder.catalog()
    drafts = folder.draft([change("one", continuousTraining=training), new("two", continuousTraining=training)])
    assert [each.address for each in drafts.problems] == ["one", "two"]
    assert "change spec.continuousTraining by hand" in drafts.problems[0].reason
    assert drafts.files == ()


def test_edits_come_where_our_manifests_have_them_and_leave_empty_blocks_valid(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        TEXT % "one" + "  continuousDeployment:\n    policy: DeployShadow\n  dependsOn: []\n"
    )
    edits = (
        Drop(("spec", "continuousDeployment", "policy")),
        Drop(("spec", "nothing", "there")),
        Put(("spec", "continuousTraining", "active"), False),
        Put(("spec", "name"), "One"),
        Put(("spec", "unheard"), 1),
    )
    folder = FolderOfManifests(tmp_path, "demo")
    folder.catalog()
    (draft,) = folder.draft([Writing("one", edits=edits[:-1])]).drafts
    assert draft.fields[:2] == ("continuousDeployment.policy", "nothing.there")
    (file,) = folder.draft([Writing("one", edits=edits[:-1])]).files
    assert file.after.decode().partition("spec:\n")[2] == (
        "  name: One\n  models:\n    champion: {model: m, version: v1}\n  continuousTraining: {active: false}\n"
        "  continuousDeployment: {}\n  dependsOn: []\n"
    )
    (problem,) = folder.draft([Writing("one", edits=edits)]).problems
    assert 'no field "unheard"' in problem.reason


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(TEXT % "one")
    folder = FolderOfManifests(tmp_path, "demo")
    folder.catalog()
    drafts = folder.draft([change("one", threshold=0.1), new("two")])
    file.write_text(TEXT % "one" + "# mine\n")
    (tmp_path / "two.yaml").write_text("mine")
    for draft in drafts.files:
        with pytest.raises(Contention):
            folder.write(draft)
    assert file.read_text().endswith("# mine\n")
    assert (tmp_path / "two.yaml").read_text() == "mine"
    assert names(tmp_path) == ["a.yaml", "two.yaml"]


@contextmanager
def full_disk(limit: int) -> Iterator[None]:
    """Let no file become larger than so many bytes; Python answers the signal with an OSError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("existing", [True, False])
def test_a_full_disk_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path: Path, existing: bool) -> None:
    if existing:
        (tmp_path / "one.yaml").write_text(TEXT % "one")
    folder = FolderOfManifests(tmp_path, "demo")
    folder.catalog()
    (file,) = folder.draft([change("one", threshold=0.1) if existing else new("one")]).files
    with full_disk(20), pytest.raises(SettingsError, match="cannot be written: file too large"):
        folder.write(file)
    assert names(tmp_path) == (["one.yaml"] if existing else [])
    assert not existing or (tmp_path / "one.yaml").read_text() == TEXT % "one"


def test_where_a_file_system_has_no_links_a_new_file_still_does_not_replace_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path, __: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    folder = FolderOfManifests(tmp_path, "demo")
    drafts = folder.draft([new("one"), new("two")])
    (tmp_path / "two.yaml").write_text("mine")
    folder.write(drafts.files[0])
    with pytest.raises(Contention):
        folder.write(drafts.files[1])
    assert names(tmp_path) == ["one.yaml", "two.yaml"]
    assert (tmp_path / "two.yaml").read_text() == "mine"


def test_a_place_that_takes_no_files_is_told_with_the_path() -> None:
    file = FileDraft("/proc/nowhere/one.yaml", None, b"")
    with pytest.raises(SettingsError) as raised:
        FolderOfManifests(Path("/proc/nowhere"), "demo").write(file)
    assert raised.value.where == file.path
    assert raised.value.hint == "Mend it, or name another folder with --out."
