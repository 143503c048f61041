"""What an apply did: every step with its outcome, every field that did not stick; ends in one fixed line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, assert_never

from reconciler.core.outcome import AlreadySatisfied, Convergence, Done, Failed, Skipped, Unverified
from reconciler.core.plan import Intent
from reconciler.render.actions import action_text
from reconciler.render.awaited_text import awaited_lines
from reconciler.render.closing import clean_line, is_clean, orphan_lines, risk_lines
from reconciler.render.plan_text import heading
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.spans import BLANK, Span, Style, line
from reconciler.render.verdict_text import unsettled, verdict_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.outcome import Outcome, Report
    from reconciler.core.plan import Step
    from reconciler.render.spans import Line, Text

_OUTCOMES = ("done", "already satisfied", "skipped", "failed", "unverified")
_WORD_WIDTH = max(map(len, _OUTCOMES))
_STEP_INDENT = 4


def report_text(report: Report) -> Text:
    """Return a report as lines."""
    return tuple(_lines(report))


def word(outcome: Outcome) -> Span:
    """Return the name of an outcome."""
    match outcome:
        case Done():
            return Span("done", Style.GOOD)
        case AlreadySatisfied():
            return Span("already satisfied", Style.GOOD)
        case Skipped():
            return Span("skipped", Style.MUTED)
        case Failed():
            return Span("failed", Style.ERROR)
        case Unverified():
            return Span("unverified", Style.WARNING)
        case _:
            assert_never(outcome)


def report_line(report: Report) -> str:
    """Return the last line of a report."""
    words = Counter(word(outcome).text for outcome in report.outcomes.values())
    outcomes = ", ".join(f"{words[each]:,} {each}" for each in _OUTCOMES)
    fields = ", ".join(f"{report.count(each):,} {each.value}" for each in Convergence)
    return f"Apply: {outcomes}; fields: {fields}."


def _lines(report: Report) -> Iterator[Line]:
    if is_clean(report.plan) and not unsettled(report):
        yield from orphan_lines(report.plan)
        yield from risk_lines(report.plan)
        yield from awaited_lines(report)
        yield from (line(printable(note, SENTENCE_LIMIT)) for note in report.notes)
        yield line(Span(clean_line(report.plan), Style.GOOD))
        return
    yield heading(report.plan)
    yield BLANK
    yield from _forced(report)
    yield from _steps(report)
    yield from _dropped(report)
    yield from verdict_lines(report)
    yield from awaited_lines(report)
    yield from (line(printable(note, SENTENCE_LIMIT)) for note in report.notes)
    yield line(Span(report_line(report), Style.STRONG))


def _forced(report: Report) -> Iterator[Line]:
    if report.plan.options.force:
        yield line(f"Forced because {printable(report.plan.options.force, SENTENCE_LIMIT)}")
        yield BLANK


def _dropped(report: Report) -> Iterator[Line]:
    for chain in report.plan.chains:
        if chain.intent is Intent.FORGET:
            told = f"  dropped from the ledger: {printable(chain.note, SENTENCE_LIMIT)}"
            yield line(Span(".", Style.DELETE), " ", Span(chain.address, Style.STRONG), told)


def _steps(report: Report) -> Iterator[Line]:
    address = None
    for step in sorted(report.plan.steps, key=lambda each: (each.address, each.number)):
        if step.address != address:
            address = step.address
            yield line(Span(address or "organisation", Style.STRONG))
        yield from _step(step, report.outcomes[step.number])
    if report.plan.steps:
        yield BLANK


def _step(step: Step, outcome: Outcome) -> Iterator[Line]:
    name = word(outcome)
    padding = " " * (_WORD_WIDTH - len(name.text) + 2)
    yield line(name, padding, f"{step.number}. {action_text(step.action)}", indent=_STEP_INDENT)
    for note in _explanation(outcome):
        yield line(printable(note, SENTENCE_LIMIT), indent=_STEP_INDENT + _WORD_WIDTH + 2)


def _explanation(outcome: Outcome) -> Iterator[str]:
    match outcome:
        case Done(attempts=attempts):
            if attempts > 1:
                yield f"after {attempts} attempts"
        case AlreadySatisfied(why) | Unverified(why):
            yield why
        case Skipped(because):
            yield because
        case Failed(error, hint):
            yield error
            if hint:
                yield f"Next: {hint}"
        case _:
            assert_never(outcome)
