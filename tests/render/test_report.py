"""A report tells every outcome and every field that did not stick, as text, document and stream."""

import json
from dataclasses import replace

import jsonschema
import pytest

from reconciler.core.events import PhaseStarted, Planned, RequestsSeen, StepEnded, StepRetried, StepStarted
from reconciler.core.outcome import (
    AlreadySatisfied,
    Convergence,
    Done,
    Failed,
    FieldVerdict,
    Outcome,
    Report,
    Skipped,
    Unverified,
)
from reconciler.render.report_json import event_to_json, report_to_json
from reconciler.render.report_text import report_text
from reconciler.render.schema import plan_schema, report_schema
from reconciler.render.spans import plain
from tests.render import samples
from tests.render.goldens import matches_golden

EVERY_OUTCOME: tuple[Outcome, ...] = (
    Done(0.12, attempts=3),
    AlreadySatisfied("the threshold already was 0.4"),
    Failed("ClearShadow of surface-defects (step 3): the platform said no", "Mend models.shadow, then plan again."),
    Skipped("ClearShadow of surface-defects (step 3) failed"),
    Unverified("the connection was lost after sending"),
    Done(),
)

VERDICTS = (
    FieldVerdict("surface-defects", "threshold", Convergence.PROVEN, 0.4, 0.4),
    FieldVerdict("surface-defects", "trainingData", Convergence.ASSUMED, samples.ref(samples.V7)),
    FieldVerdict(
        "surface-defects", "models.shadow", Convergence.DIVERGED, samples.ref(samples.V7), samples.ref(samples.V8)
    ),
    FieldVerdict("surface-defects", "datalake", Convergence.HELD),
    FieldVerdict("surface-defects", "tags", Convergence.UNKNOWN),
)


def mixed() -> Report:
    plan = samples.changes()
    return Report(
        plan=plan,
        outcomes={step.number: outcome for step, outcome in zip(plan.steps, EVERY_OUTCOME, strict=True)},
        verdicts=VERDICTS,
        run="01J-run",
        started_at="2026-11-21T20:36:00Z",
        finished_at="2026-11-21T20:36:09Z",
        requests={"PATCH /api/deployment/{id}": 1},
        writes=1,
        notes=("The next plan looks again.",),
        remaining=2,
    )


def shared() -> Report:
    plan = samples.creation()
    proven = (FieldVerdict("surface-defects", "threshold", Convergence.PROVEN, 0.4, 0.4),)
    return replace(mixed(), plan=plan, outcomes=dict.fromkeys(range(1, 5), Done()), verdicts=proven, notes=())


def nothing() -> Report:
    return replace(mixed(), plan=samples.clean(), outcomes={}, verdicts=VERDICTS[:2], notes=(), run="", remaining=0)


REPORTS = {"mixed": mixed, "shared": shared, "nothing": nothing}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_as_its_golden_file_says(name: str) -> None:
    assert matches_golden(f"report-{name}.txt", plain(report_text(REPORTS[name]())))


def test_an_apply_with_nothing_to_do_says_what_a_clean_plan_says() -> None:
    assert plain(report_text(nothing())) == "No changes. 120 deployments match manifests/ at 1a2b3c4.\n"


def test_a_field_that_moved_meanwhile_is_told_even_where_nothing_was_to_do() -> None:
    text = plain(report_text(replace(nothing(), verdicts=VERDICTS)))
    assert "! surface-defects models.shadow did not stick" in text
    assert text.splitlines()[-1].startswith("Apply: 0 done")


def test_every_step_is_told_with_its_own_outcome() -> None:
    text = plain(report_text(mixed()))
    for number, word in enumerate(("done", "already satisfied", "failed", "skipped", "unverified", "done"), 1):
        assert f"    {word:<17}  {number}. " in text


def test_the_document_follows_its_schema_but_for_the_plan_it_refers_to() -> None:
    schema = report_schema()
    del schema["properties"]["plan"]
    document = report_to_json(mixed(), plan={"digest": "sha256:…"}, exit_code=7)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["summary"] == {
        "outcomes": {"applied": 2, "already_satisfied": 1, "skipped": 1, "failed": 1, "unverified": 1},
        "fields": {"proven": 1, "assumed": 1, "diverged": 1, "held": 1, "unknown": 1},
    }
    json.dumps(document)


def test_the_schemas_are_schemas() -> None:
    for schema in (plan_schema(), report_schema()):
        jsonschema.Draft202012Validator.check_schema(schema)


def test_a_stream_knows_five_kinds_of_step_lines() -> None:
    (step, *_) = samples.changes().steps
    lines = [event_to_json(StepStarted(step)), event_to_json(StepRetried(step, 2, "busy", 1.5))]
    lines += [event_to_json(StepEnded(step, outcome)) for outcome in EVERY_OUTCOME[:5]]
    assert [line["type"] for line in lines if line is not None] == [
        "step_start",
        "retry",
        "applied",
        "applied",
        "failed",
        "skipped",
        "failed",
    ]
    assert all(line is not None and (line["n"], line["address"]) == (1, "surface-defects") for line in lines)


def test_progress_is_no_part_of_a_stream() -> None:
    for event in (PhaseStarted("observe"), Planned(samples.clean()), RequestsSeen(3)):
        assert event_to_json(event) is None
