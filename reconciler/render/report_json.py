"""A Report, and the events of a run, as JSON values; `REPORT_SCHEMA` says what readers may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from reconciler.core import events as e
from reconciler.core.outcome import AlreadySatisfied, Convergence, Done, Failed, Outcome, Report, Skipped, Unverified
from reconciler.render.actions import action_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.computation import Computation
    from reconciler.core.live import Json
    from reconciler.core.outcome import FieldVerdict
    from reconciler.core.plan import Step

REPORT_FORMAT_VERSION: Final = "1.0"
"""A minor version adds keys; a major version changes or removes some."""


def report_to_json(report: Report, *, plan: Mapping[str, Json], exit_code: int) -> dict[str, Json]:
    """Return the whole document.

    Args:
        report: What was done.
        plan: The plan document (`core.plan_json`) it was done by.
        exit_code: The exit code of the process that did it.
    """
    return {
        "format_version": REPORT_FORMAT_VERSION,
        "started_at": report.started_at,
        "finished_at": report.finished_at,
        "plan": dict(plan),
        "steps": [_step(step, report.outcomes[step.number]) for step in report.plan.steps],
        "fields": [_verdict(verdict) for verdict in report.verdicts],
        "awaited": [_awaited(computation) for computation in report.awaited],
        "requests": dict(report.requests),
        "writes": report.writes,
        "notes": list(report.notes),
        **summary_to_json(report, exit_code=exit_code),
    }


def summary_to_json(report: Report, *, exit_code: int) -> dict[str, Json]:
    """Return the numbers of a report and the exit code of the process, the last line of a stream."""
    return {"run": report.run, "remaining": report.remaining, "summary": _summary(report), "exit_code": exit_code}


def outcome_to_json(outcome: Outcome) -> dict[str, Json]:
    """Return how a step ended: its name, and what belongs to it."""
    match outcome:
        case Done(seconds, attempts):
            return {"outcome": "applied", "seconds": round(seconds, 3), "attempts": attempts}
        case AlreadySatisfied(why):
            return {"outcome": "already_satisfied", "reason": why}
        case Skipped(because):
            return {"outcome": "skipped", "reason": because}
        case Failed(error, hint):
            return {"outcome": "failed", "reason": error, "hint": hint}
        case Unverified(why):
            return {"outcome": "unverified", "reason": why}
        case _:
            assert_never(outcome)


def event_to_json(event: e.Event) -> dict[str, Json] | None:
    """Return the line of a stream that tells an event; `None` for what is only progress."""
    match event:
        case e.StepStarted(step):
            return {"type": "step_start", **_step_name(step)}
        case e.StepRetried(step, attempt, why, seconds):
            return {"type": "retry", **_step_name(step), "attempt": attempt, "reason": why, "seconds": seconds}
        case e.StepEnded(step, outcome):
            told = outcome_to_json(outcome)
            return {"type": _STREAM_TYPES[type(outcome)], **_step_name(step), **told}
        case e.Awaiting(words):
            return {"type": "waiting", "awaited": [{"address": name, "status": word} for name, word in words]}
        case e.LeaseAwaited(why, seconds):
            return {"type": "lease_wait", "reason": why, "seconds": seconds}
        case e.PhaseStarted() | e.Planned() | e.RequestsSeen():
            return None
        case _:
            assert_never(event)


_STREAM_TYPES: Final[Mapping[type[Outcome], str]] = {
    Done: "applied",
    AlreadySatisfied: "applied",
    Skipped: "skipped",
    Failed: "failed",
    Unverified: "failed",
}
"""A stream knows three ends; the `outcome` beside it tells them apart further."""


def _step_name(step: Step) -> dict[str, Json]:
    return {"n": step.number, "address": step.address, "description": action_text(step.action)}


def _step(step: Step, outcome: Outcome) -> dict[str, Json]:
    return {**_step_name(step), **outcome_to_json(outcome)}


def _verdict(verdict: FieldVerdict) -> dict[str, Json]:
    return {
        "address": verdict.address,
        "path": verdict.path,
        "convergence": verdict.convergence.value,
        "desired": verdict.desired,
        "live": verdict.live,
    }


def _awaited(computation: Computation) -> dict[str, Json]:
    return {
        "address": computation.address,
        "stage": computation.stage.value,
        "status": computation.word,
        "seconds": computation.seconds,
    }


def _summary(report: Report) -> dict[str, Json]:
    kinds = [str(outcome_to_json(outcome)["outcome"]) for outcome in report.outcomes.values()]
    return {
        "outcomes": {name: kinds.count(name) for name in OUTCOMES},
        "fields": {each.value: report.count(each) for each in Convergence},
    }


OUTCOMES: Final = ("applied", "already_satisfied", "skipped", "failed", "unverified")
"""The names of outcomes in JSON."""
