"""What follows from an answer that is not a plain yes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from reconciler import errors
from reconciler.core.actions import DetachTag, Repeat, SetChampion, Verdict
from reconciler.core.references import Ref
from reconciler.engine.steps.recovery import TABLE, Cause, Resolution, cause_of, decide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.errors import ReconcilerError

EVERY_ROW = list(itertools.product(Cause, Verdict, Repeat))
NOTHING_WAS_DONE = {Cause.THROTTLED, Cause.UNAVAILABLE, Cause.REJECTED, Cause.DENIED}


def _every_error(root: type[ReconcilerError] = errors.ReconcilerError) -> Iterator[type[ReconcilerError]]:
    yield root
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _every_error(child)


def _made(kind: type[ReconcilerError]) -> ReconcilerError:
    if issubclass(kind, errors.Rejected):
        return kind("no", status=400)
    return errors.Stopped(2) if kind is errors.Stopped else kind("no")


SOMETHING = SetChampion(Ref("id-m1-v1"))


def test_the_table_answers_every_question() -> None:
    assert {(cause, verdict, repeat) for cause, verdict, repeat in EVERY_ROW} == {
        (cause, verdict, repeat) for cause, rows in TABLE.items() for repeat, row in rows.items() for verdict in row
    }


def rows(*causes: Cause) -> pytest.MarkDecorator:
    """Return every row of the table for these causes."""
    chosen = [row for row in EVERY_ROW if row[0] in causes]
    return pytest.mark.parametrize(("cause", "verdict", "repeat"), chosen)


@pytest.mark.parametrize("repeat", Repeat)
@pytest.mark.parametrize("cause", [cause for cause in Cause if cause.needs_a_look])
def test_a_deployment_that_is_as_wanted_after_an_unclear_answer_ends_the_step_well(
    cause: Cause, repeat: Repeat
) -> None:
    assert decide(cause, Verdict.SATISFIED, repeat) in (Resolution.DONE, Resolution.ALREADY)


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("cause", [cause for cause in Cause if cause not in NOTHING_WAS_DONE])
def test_an_unsafe_write_that_may_have_done_something_is_never_repeated(cause: Cause, verdict: Verdict) -> None:
    assert decide(cause, verdict, Repeat.UNSAFE) is not Resolution.AGAIN


@rows(Cause.LOST)
def test_a_lost_answer_never_counts_as_a_definite_failure(cause: Cause, verdict: Verdict, repeat: Repeat) -> None:
    assert decide(cause, verdict, repeat) is not Resolution.FAILED


@rows(*Cause)
def test_only_a_lost_unsafe_write_or_an_unclear_conflict_leaves_a_step_unverified(
    cause: Cause, verdict: Verdict, repeat: Repeat
) -> None:
    unverified = decide(cause, verdict, repeat) is Resolution.UNVERIFIED
    lost = cause is Cause.LOST and repeat is Repeat.UNSAFE and verdict is not Verdict.SATISFIED
    unclear = cause is Cause.CONFLICT and repeat is Repeat.CONFLICT_IS_UNCLEAR and verdict is Verdict.UNKNOWN
    assert unverified == (lost or unclear)


@rows(Cause.REJECTED, Cause.DENIED)
def test_what_the_platform_refused_outright_is_not_sent_again(cause: Cause, verdict: Verdict, repeat: Repeat) -> None:
    assert decide(cause, verdict, repeat) is Resolution.FAILED


@rows(Cause.THROTTLED, Cause.UNAVAILABLE)
def test_a_platform_that_did_nothing_is_asked_again(cause: Cause, verdict: Verdict, repeat: Repeat) -> None:
    assert decide(cause, verdict, repeat) is Resolution.AGAIN


@pytest.mark.parametrize(
    ("repeat", "verdict", "expected"),
    [
        (Repeat.SAFE, Verdict.UNSATISFIED, Resolution.AGAIN),
        (Repeat.SAFE, Verdict.UNKNOWN, Resolution.AGAIN),
        (Repeat.CONFLICT_MEANS_DONE, Verdict.UNKNOWN, Resolution.ALREADY),
        (Repeat.CONFLICT_MEANS_DONE, Verdict.UNSATISFIED, Resolution.FAILED),
        (Repeat.CONFLICT_IS_UNCLEAR, Verdict.UNKNOWN, Resolution.UNVERIFIED),
        (Repeat.CONFLICT_IS_UNCLEAR, Verdict.UNSATISFIED, Resolution.FAILED),
        (Repeat.UNSAFE, Verdict.UNSATISFIED, Resolution.FAILED),
        (Repeat.UNSAFE, Verdict.UNKNOWN, Resolution.FAILED),
    ],
)
def test_a_conflict_proves_an_attachment_unless_a_look_contradicts_it(
    repeat: Repeat, verdict: Verdict, expected: Resolution
) -> None:
    assert decide(Cause.CONFLICT, verdict, repeat) is expected


@pytest.mark.parametrize("kind", list(_every_error()), ids=lambda kind: kind.__name__)
def test_every_error_that_may_have_changed_something_counts_as_lost(kind: type[ReconcilerError]) -> None:
    harmless = (
        errors.AccessError,
        errors.Rejected,
        errors.Throttled,
        errors.PlatformUnavailable,
        errors.InputError,
        errors.Refused,
        errors.Contention,
        errors.Bug,
    )
    assert (cause_of(_made(kind), SOMETHING) is Cause.LOST) == (not issubclass(kind, harmless))


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (errors.NotAuthenticated("no"), Cause.DENIED),
        (errors.NotPermitted("no"), Cause.DENIED),
        (errors.Throttled("no"), Cause.THROTTLED),
        (errors.PlatformUnavailable("no"), Cause.UNAVAILABLE),
        (errors.Conflict("no", status=409), Cause.CONFLICT),
        (errors.NotFound("no", status=404), Cause.REJECTED),
        (errors.Rejected("no", status=422), Cause.REJECTED),
        (errors.UsageError("no"), Cause.REJECTED),
        (errors.UnexpectedReply("no"), Cause.LOST),
        (errors.Ambiguous("no"), Cause.LOST),
    ],
)
def test_errors_read_as_the_answers_they_are(error: ReconcilerError, cause: Cause) -> None:
    assert cause_of(error, SOMETHING) is cause


def test_what_was_to_be_taken_away_and_is_absent_is_done() -> None:
    assert cause_of(errors.NotFound("no", status=404), DetachTag("t1")) is Cause.ABSENT


def test_only_answers_about_us_or_the_platform_concern_every_step() -> None:
    assert {cause for cause in Cause if cause.concerns_all} == {Cause.DENIED, Cause.THROTTLED, Cause.UNAVAILABLE}
