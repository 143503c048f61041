"""The fixed, greppable last lines, and what is said just above them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.core.diff import Decision, DriftClass
from reconciler.core.plan import Intent, Kept
from reconciler.render.amounts import age, counted, enumeration
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.spans import Span, Style, line
from reconciler.render.values import name_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.diff import FieldChange
    from reconciler.core.manifest.catalog import Source
    from reconciler.core.plan import Orphan, Plan
    from reconciler.render.spans import Line

_SHORT_COMMIT = 7


def is_clean(plan: Plan) -> bool:
    """Tell whether there is nothing to write, to refuse, to hold or to tell."""
    return not (plan.steps or plan.all_refusals or any(chain.has_news for chain in plan.chains))


def source_text(source: Source) -> str:
    """Return `manifests/ at 1a2b3c4`, as far as it is known."""
    paths = " ".join(printable(path, SENTENCE_LIMIT) for path in source.paths) or "the manifests"
    if not source.revision:
        return paths
    return f"{paths} at {printable(source.revision[:_SHORT_COMMIT])}{'-dirty' if source.dirty else ''}"


def plan_line(plan: Plan) -> str:
    """Return the last line of a plan with news."""
    numbers = plan.summary
    touched = len({step.address for step in plan.steps if step.address})
    return (
        f"Plan: {numbers.create:,} to create, {numbers.change:,} to change, {numbers.delete:,} to delete, "
        f"{numbers.forget:,} to forget; {counted(numbers.actions, 'action')} on {touched:,} of "
        f"{counted(numbers.deployments, 'deployment')}."
    )


def clean_line(plan: Plan) -> str:
    """Return the last line of a plan without news."""
    return f"No changes. {matching(plan)}."


def matching(plan: Plan) -> str:
    """Return `120 deployments match manifests/ at 1a2b3c4`."""
    number = len(plan.chains)
    return f"{counted(number, 'deployment')} {'matches' if number == 1 else 'match'} {source_text(plan.source)}"


def drift_line(plan: Plan) -> str:
    """Return the last line of a drift run."""
    if is_clean(plan):
        return f"No drift. {matching(plan)}."
    classes = Counter(change.drift for change in changes_of(plan) if change.decision is not Decision.HOLD)
    moved = sum(any(change.drift.is_drift for change in chain.changes) for chain in plan.chains)
    absent = sum(chain.intent is Intent.CREATE for chain in plan.chains)
    drifted, pending = classes[DriftClass.DRIFTED], classes[DriftClass.PENDING]
    return (
        f"Drift: {counted(drifted, 'field')} drifted, {classes[DriftClass.CONFLICT]:,} in conflict, "
        f"{pending:,} pending, {plan.summary.held:,} held; {moved:,} moved and {absent:,} absent of "
        f"{counted(len(plan.chains), 'deployment')}."
    )


def changes_of(plan: Plan) -> Iterator[FieldChange]:
    """Return every field that differs, or that nobody knows."""
    return (change for chain in plan.chains for change in chain.changes)


def risk_lines(plan: Plan) -> Iterator[Line]:
    """Return what a reviewer should look at before saying yes."""
    for risk in plan.risks:
        thing = " ".join(part for part in (risk.address, risk.path) if part)
        name = Span(f"{printable(thing)}: " if thing else "", Style.STRONG)
        yield line(Span("risk: ", Style.WARNING), name, printable(risk.message, SENTENCE_LIMIT))


def note_lines(plan: Plan) -> Iterator[Line]:
    """Return held, drifted and refused fields in numbers, assumptions with their age, settled fields."""
    yield from (line(Span(note, Style.MUTED)) for note in _notes(plan))


def orphan_lines(plan: Plan) -> Iterator[Line]:
    """Return what the ledger owns and the manifests no longer declare."""
    told = {refusal.address for refusal in plan.refusals}
    for orphan in plan.orphans:
        if orphan.address in told:
            continue
        yield line(
            Span(".", Style.DELETE),
            " ",
            Span(orphan.address, Style.STRONG),
            f" {name_text(orphan.name)}  orphaned: gone from the manifests{_place(orphan)} "
            f"({printable(orphan.why, SENTENCE_LIMIT)})",
        )


def _place(orphan: Orphan) -> str:
    elsewhere = orphan.kept in (Kept.GONE, Kept.TAKEN_OVER, Kept.IN_DOUBT)
    return "" if elsewhere else ", left alone on the platform"


def _notes(plan: Plan) -> Iterator[str]:
    numbers = plan.summary
    parts = {"held": numbers.held, "drifted": numbers.drifted}
    said = [f"{counted(number, 'field')} {word}" for word, number in parts.items() if number]
    if numbers.refused:
        said.append(counted(numbers.refused, "refusal"))
    if said:
        yield f"{enumeration(said)}."
    yield from assumption_notes(plan)
    settled = sum(len(chain.settled) for chain in plan.chains)
    if settled:
        verb = "is" if settled == 1 else "are"
        yield f"{counted(settled, 'field')} {verb} live as desired but not recorded as applied; apply records it."


def assumption_notes(plan: Plan) -> Iterator[str]:
    """Return how many fields are in sync only by our own record, and for how long."""
    since: Mapping[str, str] = {
        f"{chain.address} {each.path}": each.since for chain in plan.chains for each in chain.assumed
    }
    if since:
        oldest = age(min(since.values()), plan.observed.at)
        verb = "is" if len(since) == 1 else "are"
        told = f", the oldest {oldest} ago" if oldest else ""
        yield f"{counted(len(since), 'field')} {verb} not reported by the platform and assumed as applied{told}."
