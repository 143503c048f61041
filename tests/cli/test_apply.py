"""`apply` writes what differs, tells what came of it, and writes nothing the second time."""

import json

from reconciler.render.schema import report_schema
from tests.cli.play import Project
from tests.cli.test_plan import check_document


def test_an_apply_shows_the_plan_then_every_outcome(project: Project) -> None:
    result = project.here("apply", "--yes")
    assert result.code == 0
    assert "Plan: 1 to create" in result.out
    assert "done               2. create deployment surface" in result.out
    assert result.last == (
        "Apply: 5 done, 0 already satisfied, 0 skipped, 0 failed, 0 unverified; "
        "fields: 6 proven, 0 assumed, 0 diverged, 0 held, 0 unknown."
    )


def test_a_second_apply_sends_no_write(applied: Project) -> None:
    result = applied.here("apply", "--yes")
    assert (result.code, result.out) == (0, "No changes. 1 deployment matches manifests/.\n")
    assert "write" not in result.err


def test_the_report_follows_its_schema(project: Project) -> None:
    document = json.loads(project.here("apply", "--yes", "--format", "json").out)
    check_document(document, report_schema())
    assert document["exit_code"] == 0
    assert document["writes"] == 5
    assert document["summary"]["outcomes"]["applied"] == 5
    assert {step["outcome"] for step in document["steps"]} == {"applied"}


def test_a_stream_tells_version_plan_steps_and_summary_in_order(project: Project) -> None:
    result = project.here("apply", "--yes", "--format", "jsonl")
    lines = [json.loads(line) for line in result.out.splitlines()]
    assert [line["type"] for line in (*lines[:2], lines[-1])] == ["version", "planned", "summary"]
    for number in range(1, 6):
        assert [line["type"] for line in lines if line.get("n") == number] == ["step_start", "applied"]
    assert json.loads(result.last)["exit_code"] == 0


def test_quiet_shows_the_report_without_the_plan(project: Project) -> None:
    result = project.here("apply", "--yes", "-q")
    assert "Plan:" not in result.out
    assert result.last.startswith("Apply: 5 done")


def test_a_refused_deployment_does_not_keep_the_others_from_being_applied(project: Project) -> None:
    text = (project.folder / "manifests" / "surface.yaml").read_text()
    project.write("lost", text.replace("v7", "v70").replace("name: surface\n", "name: lost\n"))
    result = project.here("apply", "--yes")
    assert result.code == 5
    assert "5 done" in result.last


def test_nothing_shows_a_secret(project: Project) -> None:
    token = (project.folder / "platform" / "token").read_text()
    for form in ("text", "json", "jsonl"):
        result = project.here("apply", "--yes", "--format", form, "-vv")
        assert token not in result.out + result.err


def test_logs_and_ledger_name_one_run(project: Project) -> None:
    result = project.here("apply", "--yes", "-v", "--log-format", "json", "--format", "json")
    (run,) = {json.loads(line)["run"] for line in result.err.splitlines() if line.startswith("{")}
    assert run == json.loads(result.out)["run"]
    assert run in project.here("history").out
