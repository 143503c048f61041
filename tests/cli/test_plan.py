"""`plan` shows what would be written, in four forms, and writes nothing."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from reconciler.render.schema import PLAN_ID, REPORT_ID, plan_schema, report_schema
from tests.cli.play import Project

REGISTRY: Registry = Registry().with_resources(
    [(PLAN_ID, Resource.from_contents(plan_schema())), (REPORT_ID, Resource.from_contents(report_schema()))]
)


def check_document(document: object, schema: dict[str, object]) -> None:
    """Raise unless a document follows its schema."""
    jsonschema.Draft202012Validator(schema, registry=REGISTRY).validate(document)


def ledger_of(project: Project) -> Path:
    return project.folder / ".reconciler"


def test_a_plan_ends_in_its_fixed_line_and_talks_about_requests_on_stderr(project: Project) -> None:
    result = project.here("plan")
    assert result.code == 0
    assert result.last == "Plan: 1 to create, 0 to change, 0 to delete, 0 to forget; 5 actions on 1 of 1 deployment."
    assert re.fullmatch(r"\d+ requests: 2 connections, 1 list, \d+ references\.\n", result.err)


def test_planning_leaves_no_trace(project: Project) -> None:
    first = project.here("plan")
    assert project.here("plan").out == first.out
    assert not ledger_of(project).exists()


@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("--detailed-exitcode",), 2)])
def test_changes_are_no_failure_unless_asked(project: Project, arguments: tuple[str, ...], code: int) -> None:
    assert project.here("plan", *arguments).code == code


def test_a_plan_in_sync_is_one_line_and_exit_zero(applied: Project) -> None:
    result = applied.here("plan", "--detailed-exitcode")
    assert (result.code, result.out) == (0, "No changes. 1 deployment matches manifests/.\n")


def test_the_plan_document_follows_its_schema_and_shows_every_request(project: Project) -> None:
    result = project.here("plan", "--format", "json")
    document = json.loads(result.out)
    check_document(document, plan_schema())
    *writes, told = document["steps"]
    assert [step["method"] for step in writes] == ["POST"] * len(writes)
    assert (told["method"], told["action"]["kind"]) == ("PUT", "RecordManagement")
    assert document["summary"]["create"] == 1
    assert document["target"]["endpoint"] == "http://embedded"


def test_requests_are_shown_below_their_actions(project: Project) -> None:
    text = project.here("plan", "--show-requests").out
    assert "\n         POST /api/organization/" in text
    assert '"min_threshold": 0.4' in text


def test_a_comment_is_written_to_a_file_and_stdout_stays_empty(project: Project) -> None:
    result = project.here("plan", "--format", "markdown", "--output-file", "comment.md")
    assert (result.code, result.out) == (0, "")
    assert "### Plan: 1 to create" in (project.folder / "comment.md").read_text()


def test_a_refused_deployment_makes_the_plan_exit_5(project: Project) -> None:
    project.write(
        "lost",
        (project.folder / "manifests/surface.yaml")
        .read_text()
        .replace("v7", "v70")
        .replace("name: surface\n", "name: lost\n"),
    )
    result = project.here("plan")
    assert result.code == 5
    assert "model version surface@v70 does not exist" in result.out
    assert "+ surface " in result.out


@pytest.mark.parametrize(
    ("arguments", "addresses"),
    [
        (["-l", "line=3"], {"surface", "third"}),
        (["-l", "line!=3"], {"fourth"}),
        (["--target", "fourth"], {"fourth"}),
        (["--target", "third", "--target", "fourth"], {"third", "fourth"}),
        (["--exclude", "third"], {"surface", "fourth"}),
        (["-l", "line=3", "--exclude", "third"], {"surface"}),
        (["-l", "line in (3)", "--target", "third"], {"third"}),
    ],
)
def test_a_selection_plans_only_what_it_means(project: Project, arguments: list[str], addresses: set[str]) -> None:
    project.write("third", line=3)
    project.write("fourth", line=4)
    document = json.loads(project.here("plan", "--format", "json", *arguments).out)
    assert {change["address"] for change in document["changes"]} == addresses


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--target", "surfaces"], ["'surfaces'", "Did you mean surface?"]),
        (["--exclude", "nothing-like-it"], ["'nothing-like-it'"]),
        (["-l", "line=9"], ["leaves no deployment"]),
        (["-l", "line="], ["makes no sense"]),
        (["--reassert", "treshold"], ["'treshold'", "Did you mean threshold?"]),
    ],
)
def test_a_selection_that_means_nothing_is_a_usage_error(
    project: Project, arguments: list[str], words: list[str]
) -> None:
    result = project.here("plan", *arguments)
    assert result.code == 3
    for word in words:
        assert word in result.err


def test_a_part_of_the_manifests_cannot_tell_what_is_gone(applied: Project) -> None:
    other = applied.write("other")
    assert "orphaned" not in applied.here("plan", str(other)).out
    (applied.folder / "manifests" / "surface.yaml").unlink()
    assert ". surface surface  orphaned" in applied.here("plan").out


def test_quiet_keeps_the_result_and_drops_the_talk(project: Project) -> None:
    result = project.here("plan", "-q")
    assert result.err == ""
    assert result.last.startswith("Plan: 1 to create")


def test_with_v_the_phases_are_logged_and_with_vv_every_request_too(project: Project) -> None:
    assert 'event="phase started" phase=observe' in project.here("plan", "-v").err
    text = project.here("plan", "-vv", "--log-format", "json").err
    *logs, talk = text.splitlines()
    events = [json.loads(line)["event"] for line in logs]
    assert f"{sum('HTTP Request: GET' in event for event in events)} requests: " in talk
    assert "Bearer" not in text
