"""`explain` says why one deployment is as it is, and writes nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reconciler.render.schema import explanation_schema, report_schema
from tests.cli.hand import edit
from tests.cli.play import MANIFEST
from tests.cli.test_plan import check_document

if TYPE_CHECKING:
    from tests.cli.play import Project

PLAIN = MANIFEST.partition("  trainingData")[0]
"""Without training data: how far their computation is would be part of every answer."""


@pytest.fixture
def plain(project: Project) -> Project:
    """A project whose one deployment is plain."""
    project.write("surface", PLAIN.format(name="surface", threshold=0.4, line=3))
    assert project.here("apply", "--yes").code == 0
    return project


def test_a_hand_edit_is_explained_with_all_three_values_and_what_to_do(plain: Project) -> None:
    edit(plain.folder / "platform", threshold=0.9)
    result = plain.here("explain", "surface")
    assert result.code == 0
    assert result.out.startswith("~ surface  drifted  manifests/surface.yaml:1\n")
    for line in (
        "        desired 0.4  manifests/surface.yaml:7:3\n",
        "        live    0.9\n",
        "        why     live is no longer what was applied, and git did not move; apply writes it back\n",
        "        $ reconciler apply --target surface\n",
        "        $ reconciler export surface --out manifests\n",
    ):
        assert line in result.out
    assert result.last == ("Explain: surface is drifted; 4 of 5 fields settled, 1 drifted; 1 action, 0 refusals.")
    assert "write" not in result.err


def test_the_commands_it_names_do_what_they_say(plain: Project) -> None:
    edit(plain.folder / "platform", threshold=0.9)
    commands = [
        line.split("$ reconciler ")[1].split()
        for line in plain.here("explain", "surface").out.splitlines()
        if "$ reconciler apply" in line
    ]
    for command in commands:
        assert plain.here(*command, "--yes").code == 0
    assert plain.here("explain", "surface").out.startswith("= surface  in sync")


def test_the_document_follows_its_schema_whatever_the_condition(plain: Project) -> None:
    edit(plain.folder / "platform", threshold=0.9)
    plain.write("other", PLAIN.format(name="other", threshold=0.4, line=3))

    for name, condition in (("surface", "drifted"), ("other", "to be created")):
        document = json.loads(plain.here("explain", name, "--format", "json").out)
        check_document(document, explanation_schema())
        assert document["conditions"] == [condition]


def test_what_is_refused_is_told_with_its_place(project: Project) -> None:
    text = (project.folder / "manifests" / "surface.yaml").read_text()
    project.write("surface", text.replace("v7", "v70"))
    result = project.here("explain", "surface")
    assert result.code == 0
    assert result.out.startswith("! surface  blocked")
    assert "! missing-reference: model version surface@v70 does not exist" in result.out


def test_an_orphan_is_explained_after_its_manifest_is_gone(plain: Project) -> None:
    (plain.folder / "manifests" / "surface.yaml").unlink()
    plain.write("other", PLAIN.format(name="other", threshold=0.4, line=3))
    result = plain.here("explain", "surface")
    assert (result.code, result.out.splitlines()[0]) == (0, ". surface  orphaned")
    check_document(json.loads(plain.here("explain", "surface", "--format", "json").out), explanation_schema())


def test_a_name_that_nobody_knows_ends_with_3_and_a_suggestion(plain: Project) -> None:
    result = plain.here("explain", "surfce")
    assert (result.code, result.out) == (3, "")
    assert "Did you mean surface?" in result.err


def test_training_data_that_could_not_be_computed_are_part_of_it(project: Project) -> None:
    waited = project.here("apply", "--yes", "--wait")
    assert waited.code == 7
    assert "! surface trainingData could not be computed: ERROR" in waited.out
    assert "Next: mend the dataset version" in waited.out
    result = project.here("explain", "surface")
    assert result.out.startswith("! surface  lacking training data")
    assert "$ reconciler apply --wait --reassert trainingData --target surface" in result.out


def test_waiting_is_part_of_the_report_and_of_the_stream(project: Project) -> None:
    stream = project.here("apply", "--yes", "--wait", "--format", "jsonl").out.splitlines()
    assert json.loads(stream[-1])["exit_code"] == 7
    document = json.loads(project.here("apply", "--yes", "--wait", "--format", "json").out)
    check_document(document, report_schema())
    assert [(each["address"], each["stage"], each["status"]) for each in document["awaited"]] == [
        ("surface", "failed", "ERROR")
    ]
