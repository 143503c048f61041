"""Verdicts and exit codes: what an apply comes to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.actions import SetChampion
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
from reconciler.core.refusal import Refusal, Scope
from reconciler.engine.convergence import exit_code_of_drift, exit_code_of_report
from tests.engine.plans import V2, live, plan_of, step

PLAN = plan_of(step(1, "alpha", SetChampion(V2)), existing=(live("alpha"),))


def report(
    *outcomes: Outcome, refusals: tuple[Refusal, ...] = (), verdicts: tuple[FieldVerdict, ...] = (), **rest: object
) -> Report:
    """Return a report of one step on alpha."""
    return Report(
        plan=replace(PLAN, refusals=refusals),
        outcomes=dict(enumerate(outcomes, start=1)),
        verdicts=verdicts,
        run="run-1",
        started_at="",
        finished_at="",
        **rest,  # type: ignore[arg-type]
    )


def verdict(path: str, kind: Convergence = Convergence.DIVERGED) -> FieldVerdict:
    """Return a verdict on a field of alpha."""
    return FieldVerdict("alpha", path, kind)


def refusal(path: str = "", scope: Scope = Scope.STEP, code: str = "cannot-clear-shadow") -> Refusal:
    """Return a refusal about alpha."""
    return Refusal(code, scope, "alpha", "no", "Mend it.", path)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Done(), 0),
        (AlreadySatisfied("so"), 0),
        (Skipped("stopped"), 7),
        (Unverified("lost"), 7),
        (Failed("no"), 7),
        (Failed("no", exit_code=4), 4),
        (Failed("no", exit_code=10), 10),
        (Failed("no", exit_code=5), 5),
    ],
)
def test_each_outcome_has_its_exit_code(outcome: Outcome, code: int) -> None:
    assert exit_code_of_report(report(outcome)) == code


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Convergence.PROVEN, 0),
        (Convergence.ASSUMED, 0),
        (Convergence.HELD, 0),
        (Convergence.UNKNOWN, 0),
        (Convergence.DIVERGED, 7),
    ],
)
def test_only_a_diverged_field_makes_an_apply_incomplete(kind: Convergence, code: int) -> None:
    assert exit_code_of_report(report(Done(), verdicts=(verdict("threshold", kind),))) == code


@pytest.mark.parametrize(
    ("refused", "path", "code"),
    [
        (refusal("models.shadow"), "models.shadow", 5),
        (refusal("models.shadow"), "models.champion", 7),
        (refusal("feedbackLoop.active"), "feedbackLoop.datasets", 5),
        (refusal("continuousTraining.project"), "continuousTraining.trigger", 5),
        (refusal("threshold", Scope.DEPLOYMENT), "models.champion", 5),
        (Refusal("x", Scope.DEPLOYMENT, "bravo", "no", "Mend it."), "models.champion", 7),
    ],
)
def test_a_field_that_the_plan_refused_to_write_counts_as_refused(refused: Refusal, path: str, code: int) -> None:
    assert exit_code_of_report(report(Done(), refusals=(refused,), verdicts=(verdict(path),))) == code


def test_a_deployment_that_could_not_be_read_counts_as_unreadable() -> None:
    assert exit_code_of_report(report(Done(), refusals=(refusal(scope=Scope.DEPLOYMENT, code="unreadable"),))) == 10


def test_steps_that_remain_make_an_apply_incomplete() -> None:
    assert exit_code_of_report(report(Done(), remaining=1)) == 7


def test_the_strongest_of_everything_wins() -> None:
    mixed = report(Failed("no", exit_code=10), refusals=(refusal(),), exit_codes=(130, 1), remaining=3)
    assert exit_code_of_report(mixed) == 130


def test_a_drift_run_that_could_not_read_a_deployment_says_so() -> None:
    unreadable = refusal(scope=Scope.DEPLOYMENT, code="unreadable")
    assert exit_code_of_drift(replace(PLAN, refusals=(unreadable,))) == 10
