"""Paths to files: folders in order, each file once, nothing hung on."""

from __future__ import annotations

import io
import os
from contextlib import chdir
from typing import TYPE_CHECKING

import pytest

from reconciler.adapters.files import LoadOptions, load_catalog
from reconciler.adapters.files.walking import MAX_BYTES, Content, contents
from reconciler.core.manifest.catalog import Revision
from reconciler.core.manifest.diagnostics import Diagnostic
from reconciler.errors import ManifestError, exit_code_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MANIFEST = """\
apiVersion: reconciler.dev/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  models:
    champion: {{model: m, version: v1}}
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    with chdir(tmp_path):
        yield tmp_path


def put(path: Path, name: str = "a") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MANIFEST.format(name=name))


def names(paths: Sequence[str | Path]) -> list[str]:
    return [each.name for each in contents(paths, io.BytesIO()) if isinstance(each, Content)]


def problem(*paths: str | Path) -> Diagnostic:
    with pytest.raises(ManifestError) as raised:
        load_catalog(paths, name="demo")
    assert exit_code_of(raised.value) == 3
    (found,) = raised.value.diagnostics
    assert isinstance(found, Diagnostic)
    return found


def test_folders_are_walked_in_order_for_yaml_files_only(here: Path) -> None:
    for name in ("m/b.yaml", "m/a.yml", "m/sub/c.yaml", "m/.hidden/d.yaml", "m/.e.yaml", "m/notes.txt", "m/f.json"):
        put(here / name)
    assert names(["m"]) == ["m/a.yml", "m/b.yaml", "m/sub/c.yaml"]


def test_the_settings_file_is_no_manifest(here: Path) -> None:
    put(here / "m/reconciler.yaml")
    put(here / "m/reconciler.yml")
    put(here / "m/a.yaml")
    assert names(["m", "m/reconciler.yaml"]) == ["m/a.yaml"]


def test_a_file_that_is_named_is_read_whatever_it_is_called(here: Path) -> None:
    put(here / ".hidden.txt")
    assert names([".hidden.txt"]) == [".hidden.txt"]


def test_a_file_that_several_paths_reach_is_read_once(here: Path) -> None:
    put(here / "m/sub/a.yaml")
    (here / "m/link.yaml").symlink_to(here / "m/sub/a.yaml")
    assert names(["m", "m/sub", "m/sub/a.yaml"]) == ["m/link.yaml"]


def test_links_that_lead_back_do_not_lead_in_circles(here: Path) -> None:
    put(here / "m/sub/a.yaml")
    (here / "m/sub/up").symlink_to(here / "m")
    (here / "m/self").symlink_to(here / "m/self")
    assert names(["m"]) == ["m/sub/a.yaml"]


def test_a_folder_behind_a_link_is_walked(here: Path) -> None:
    put(here / "elsewhere/a.yaml")
    (here / "m").mkdir()
    (here / "m/linked").symlink_to(here / "elsewhere")
    assert names(["m"]) == ["m/linked/a.yaml"]


def test_a_dash_is_standard_input() -> None:
    stdin = io.BytesIO(MANIFEST.format(name="piped").encode())
    (manifest,) = load_catalog(["-"], name="demo", options=LoadOptions(stdin=stdin)).catalog
    assert manifest.address == "piped"
    assert str(manifest.origin("models")) == "<stdin>:5:3"


def test_a_path_that_does_not_exist_is_told_with_its_nearest_neighbour(here: Path) -> None:
    put(here / "manifests/a.yaml")
    found = problem("manifest")
    assert (found.code, found.hint) == ("path-not-found", "did you mean manifests?")
    assert problem("nowhere/at/all").code == "path-not-found"


def test_a_link_to_nowhere_is_told(here: Path) -> None:
    (here / "a.yaml").symlink_to("gone.yaml")
    assert problem(".").code == "unreadable"
    assert problem("a.yaml").message == "a.yaml cannot be read: no such file or directory"


def test_a_file_larger_than_any_manifest_is_refused_unread(here: Path) -> None:
    with (here / "a.yaml").open("wb") as file:
        file.truncate(100 * 1024**2)
    found = problem("a.yaml")
    assert found.code == "file-too-large"
    assert found.message == "a.yaml has 100 MiB; a manifest file may have 4 MiB at most"


def test_standard_input_is_bounded_too() -> None:
    (found,) = contents(["-"], io.BytesIO(b"#" * (MAX_BYTES + 1)))
    assert isinstance(found, Diagnostic)
    assert found.code == "file-too-large"


def test_a_device_without_an_end_is_bounded() -> None:
    assert problem("/dev/zero").code == "file-too-large"


def test_a_pipe_in_a_folder_is_not_waited_for(here: Path) -> None:
    put(here / "m/a.yaml")
    os.mkfifo(here / "m/pipe.yaml")
    (found,) = (each for each in contents(["m"], io.BytesIO()) if isinstance(each, Diagnostic))
    assert (found.code, found.origin.file) == ("unreadable", "m/pipe.yaml")


def test_a_name_that_is_no_text_can_still_be_told(here: Path) -> None:
    (here / os.fsdecode(b"caf\xe9.yaml")).write_bytes(b"[")
    assert problem(".").origin.file == "caf\\xe9.yaml"


def test_no_manifest_at_all_is_an_error_unless_it_is_wanted(here: Path) -> None:
    (here / "m").mkdir()
    (here / "m/empty.yaml").write_text("# nothing yet\n")
    assert problem("m").code == "empty-catalog"
    assert len(load_catalog(["m"], name="demo", options=LoadOptions(allow_empty=True)).catalog) == 0


def test_problems_of_all_files_come_at_once_sorted_by_place(here: Path) -> None:
    (here / "b.yaml").write_text("[")
    (here / "a.yaml").write_text("- x")
    (here / "c.yaml").write_bytes(b"\xff")
    with pytest.raises(ManifestError) as raised:
        load_catalog([".", "missing"], name="demo")
    assert [each.origin.file for each in raised.value.diagnostics] == ["a.yaml", "b.yaml", "c.yaml", "missing"]
    assert str(raised.value) == "the manifests are not valid: 4 problems in 4 files"


def test_part_of_a_catalog_may_depend_on_the_rest(here: Path) -> None:
    (here / "a.yaml").write_text(MANIFEST.format(name="a") + "  dependsOn: [b]\n")
    assert problem("a.yaml").code == "unknown-dependency"
    assert len(load_catalog(["a.yaml"], name="demo", options=LoadOptions(whole=False)).catalog) == 1


def test_the_catalog_says_where_it_comes_from(here: Path) -> None:
    put(here / "m/a.yaml")
    revision = Revision("https://git.example.com/line.git", "0" * 40, dirty=True)
    source = load_catalog(["m"], name="demo", revision=revision).catalog.source
    assert (source.paths, source.repository, source.revision) == (("m",), revision.repository, revision.commit)
    assert source.dirty
    assert source.manifest_digest.startswith("sha256:")


def test_which_file_a_manifest_stands_in_does_not_change_the_digest(here: Path) -> None:
    put(here / "one/a.yaml", "a")
    put(here / "one/b.yaml", "b")
    (here / "two.yaml").write_text(MANIFEST.format(name="b") + "---\n" + MANIFEST.format(name="a"))
    one, two = (load_catalog([path], name="demo").catalog for path in ("one", "two.yaml"))
    assert one.source.manifest_digest == two.source.manifest_digest
    assert one.manifests == two.manifests
