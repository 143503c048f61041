"""The verb `export`, run in this process on a real platform: what it writes, what it says, how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.hand import edit

if TYPE_CHECKING:
    from tests.cli.play import Project

EXPORTED = """\
# yaml-language-server: $schema=https://reconciler.dev/schemas/deployment.schema.json
apiVersion: reconciler.dev/v1
kind: Deployment
metadata:
  name: surface
spec:
  threshold: 0.4
  datalake: default
  sampleRate: 1.0
  tags: [production]
  models:
    champion: {model: surface, version: v7}
    shadow: {model: surface, version: v8}
  trainingData: {dataset: surface, version: "2026-06"}
"""


def test_what_is_exported_is_a_manifest_one_would_have_written_and_plans_to_zero(applied: Project) -> None:
    result = applied.here("export", "--out", "out")
    assert (result.code, result.out) == (0, "created   out/surface.yaml\nExported 1 deployment to out/: 1 created.\n")
    assert (applied.folder / "out" / "surface.yaml").read_text() == EXPORTED
    plan = applied.here("plan", "out", "--detailed-exitcode", "--ledger", "another.db")
    assert (plan.code, plan.last) == (0, "No changes. 1 deployment matches out/.")


def test_nothing_is_written_to_the_platform(applied: Project) -> None:
    result = applied.here("export", "--out", "out")
    assert "write" not in result.err


def test_what_moved_by_hand_is_put_right_where_it_stands(applied: Project) -> None:
    before = (applied.folder / "manifests" / "surface.yaml").read_text()
    edit(applied.folder / "platform", threshold=0.75, champion="v6")
    result = applied.here("export", "--out", "manifests")
    assert result.out.splitlines()[0] == "updated   manifests/surface.yaml (2 fields: threshold, models.champion)"
    after = (applied.folder / "manifests" / "surface.yaml").read_text()
    assert after == before.replace("threshold: 0.4", "threshold: 0.75").replace("version: v7", "version: v6")
    assert applied.here("plan", "--detailed-exitcode").code == 0
    assert applied.here("export", "--out", "manifests").out.splitlines()[0] == "unchanged manifests/surface.yaml"


def test_with_declared_only_a_manifest_keeps_to_what_it_declares(applied: Project) -> None:
    text = "apiVersion: reconciler.dev/v1\nkind: Deployment\nmetadata: {name: surface}\nspec:\n  models:\n"
    text += "    champion: {model: surface, version: v7}\n"
    (applied.folder / "out").mkdir()
    (applied.folder / "out" / "mine.yaml").write_text(text)
    result = applied.here("export", "surface", "--out", "out", "--declared-only")
    assert result.out.splitlines()[0] == "unchanged out/mine.yaml"
    result = applied.here("export", "surface", "--out", "out")
    assert result.out.splitlines()[0] == "updated   out/mine.yaml (3 fields: tags, models.shadow, trainingData)"


def test_json_says_the_same_as_text(applied: Project) -> None:
    result = applied.here("export", "--out", "out", "--format", "json")
    told = json.loads(result.out)
    assert [(each["path"], each["change"]) for each in told["exported"]] == [("out/surface.yaml", "created")]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("export",), 3, "missing option '--out'"),
        (("export", "surfaces", "--out", "out"), 3, "there is no live deployment 'surfaces'"),
        (("export", "--out", "out", "--timeout", "0"), 3, "--timeout takes seconds"),
        (("export", "--out", "out", "--format", "yaml"), 3, "the format 'yaml' is not one of text, json"),
        (("export", "--out", "platform/../manifests/surface.yaml"), 3, "surface.yaml is no folder"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_written(
    applied: Project, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = applied.here(*arguments)
    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert not (applied.folder / "out").exists()


def test_beside_an_invalid_manifest_nothing_is_exported(applied: Project) -> None:
    (applied.folder / "manifests" / "broken.yaml").write_text("kind: Deployment\nspec: {\n")
    result = applied.here("export", "--out", "manifests")
    assert result.code == 3
    assert "nothing is exported" in result.err
    assert "manifests/broken.yaml:" in result.err


def test_a_folder_that_takes_no_files_is_an_error_with_the_path(applied: Project) -> None:
    result = applied.here("export", "--out", "/proc/nowhere")
    assert result.code == 3
    assert "where: /proc/nowhere/surface.yaml\n" in result.err
    assert "error: the manifest cannot be written: no such file or directory\n" in result.err
    (applied.folder / "out").symlink_to("nowhere")
    assert "out is no folder" in applied.here("export", "--out", "out").err
