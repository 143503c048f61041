"""What an apply left as it is not declared, and why: one line per refused deployment, one per field elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.actions import CreateDeployment
from reconciler.core.outcome import AlreadySatisfied, Convergence, Done
from reconciler.core.refusal import Scope, covering
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.spans import Span, Style, line
from reconciler.render.values import sides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.outcome import FieldVerdict, Report
    from reconciler.core.refusal import Refusal
    from reconciler.render.spans import Line

_LOUD = (Convergence.DIVERGED, Convergence.UNKNOWN)


def unsettled(report: Report) -> list[FieldVerdict]:
    """Return the verdicts that a person should hear of."""
    return [verdict for verdict in report.verdicts if verdict.convergence in _LOUD]


def verdict_lines(report: Report) -> Iterator[Line]:
    """Yield what is not as declared after an apply."""
    refusals = [refusal for refusal in report.plan.all_refusals if refusal.scope is Scope.DEPLOYMENT]
    for refusal in refusals:
        yield _line(refusal.address, f"was left alone, {refusal.code}: {refusal.message}")
    silent = {refusal.address for refusal in refusals} | set(_not_created(report))
    for verdict in unsettled(report):
        if verdict.address not in silent:
            yield _line(f"{verdict.address} {printable(verdict.path)}", _what(report, verdict))


def _not_created(report: Report) -> Iterator[str]:
    """Yield the deployments that are not there: their steps say why, and nothing is to be said of their fields."""
    for step in report.plan.steps:
        if isinstance(step.action, CreateDeployment) and not _landed(report, step.number):
            yield step.address


def _landed(report: Report, number: int) -> bool:
    return isinstance(report.outcomes[number], Done | AlreadySatisfied)


def _what(report: Report, verdict: FieldVerdict) -> str:
    if verdict.convergence is Convergence.UNKNOWN:
        return "could not be looked at afterwards"
    live, desired = sides(verdict.live, verdict.desired)
    values = f"desired {desired}, live {live}"
    refusal = _refusal(report, verdict)
    if refusal is not None:
        return f"was left as it is, {refusal.code}: {values}"
    steps = [step for step in report.plan.steps if step.address == verdict.address and verdict.path in step.because]
    written = all(_landed(report, step.number) for step in steps)
    return f"did not stick: {values}" if written else f"was not written: {values}"


def _refusal(report: Report, verdict: FieldVerdict) -> Refusal | None:
    return covering(report.plan.all_refusals, verdict.address, verdict.path)


def _line(subject: str, what: str) -> Line:
    return line(Span("!", Style.REFUSED), " ", Span(subject, Style.STRONG), f" {printable(what, SENTENCE_LIMIT)}")
