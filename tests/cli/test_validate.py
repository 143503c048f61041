"""`validate` tells every problem of manifests and settings at once, offline."""

import io
import json
import sys

import pytest

from tests.cli.play import Invoke, Project


def test_valid_manifests_are_counted(project: Project) -> None:
    result = project.run("validate")
    assert (result.code, result.out, result.err) == (0, "Valid: 1 deployment in manifests/.\n", "")


def test_every_problem_is_told_with_place_snippet_caret_and_hint(project: Project) -> None:
    project.write(
        "surface", "apiVersion: reconciler.dev/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {treshold: 2}\n"
    )
    (project.folder / "reconciler.yaml").write_text("catolog: x\n")
    result = project.run("validate")
    assert result.code == 3
    assert "  --> reconciler.yaml:1:1\n" in result.out
    assert "  4 | spec: {treshold: 2}\n    |        ^^^^^^^^\n" in result.out
    assert "did you mean" in result.out
    assert result.last.startswith("Invalid: ")


def test_as_json_the_same_problems_have_codes_and_places(project: Project) -> None:
    project.write(
        "surface", "apiVersion: reconciler.dev/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {treshold: 2}\n"
    )
    result = project.run("validate", "--format", "json")
    document = json.loads(result.out)
    assert result.code == 3
    assert document["valid"] is False
    assert {"unknown-field", "missing-field"} <= {each["code"] for each in document["diagnostics"]}
    assert {each["file"] for each in document["diagnostics"]} == {"manifests/surface.yaml"}


def test_a_manifest_can_come_from_standard_input(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (project.folder / "manifests" / "surface.yaml").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert project.run("validate", "-").out == "Valid: 1 deployment in -.\n"


def test_an_empty_folder_is_no_catalog(invoke: Invoke) -> None:
    result = invoke("validate", ".")
    assert result.code == 3
    assert "there is no manifest" in result.out
