"""What moved, field by field: desired and live, whose move it was, and who made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.diff import Decision, DriftClass
from reconciler.core.plan import Intent
from reconciler.render.chain_text import refusal_lines, symbol_of
from reconciler.render.closing import assumption_notes, drift_line, is_clean, orphan_lines
from reconciler.render.fields import INDENT, assumed, moved_by, path_width
from reconciler.render.plan_text import heading
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.spans import BLANK, Span, Style, line
from reconciler.render.values import NOT_REPORTED, name_text, sides

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.diff import FieldChange
    from reconciler.core.plan import Chain, Plan
    from reconciler.render.spans import Line, Text

_LOUD: Final[Mapping[DriftClass, Style]] = {DriftClass.DRIFTED: Style.CHANGE, DriftClass.CONFLICT: Style.ERROR}


def drift_text(plan: Plan) -> Text:
    """Return what a drift run found as lines; ends in one fixed line."""
    return tuple(_lines(plan))


def _lines(plan: Plan) -> Iterator[Line]:
    if is_clean(plan):
        yield from orphan_lines(plan)
        yield from _notes(plan)
        yield line(Span(drift_line(plan), Style.GOOD))
        return
    yield heading(plan)
    yield BLANK
    for chain in plan.chains:
        if chain.has_news:
            yield from _chain(plan, chain)
            yield BLANK
    yield from refusal_lines(plan.refusals)
    yield from orphan_lines(plan)
    yield from _notes(plan)
    yield line(Span(drift_line(plan), Style.STRONG))


def _chain(plan: Plan, chain: Chain) -> Iterator[Line]:
    name = "" if chain.name == chain.address else f" {name_text(chain.name)}"
    place = Span(f"  {printable(chain.place, SENTENCE_LIMIT)}", Style.MUTED)
    yield line(symbol_of(chain), " ", Span(chain.address, Style.STRONG), name, place)
    if chain.intent is Intent.CREATE:
        if any(change.drift.is_drift for change in chain.changes):
            yield line("is gone from the platform", Span("  # drifted", Style.MUTED), indent=INDENT)
        else:
            yield line("is not on the platform", indent=INDENT)
        return
    if chain.note:
        yield line(f"Note: {printable(chain.note, SENTENCE_LIMIT)}", indent=INDENT)
    width = path_width([change.path for change in chain.changes] + list(chain.settled))
    yield from (_field(change, width, plan.observed.at) for change in chain.changes)
    yield from (
        line(f"{path:<{width}}  live as desired", Span("  # settled", Style.MUTED), indent=INDENT)
        for path in chain.settled
    )
    yield from refusal_lines(chain.refusals, indent=INDENT)


def _field(change: FieldChange, width: int, now: str) -> Line:
    notes = ["held"] if change.decision is Decision.HOLD else [change.drift.value + moved_by(change)]
    if change.assumed_since:
        notes.append(assumed(change.assumed_since, now))
    live, desired = sides(change.before, change.after)
    style = _LOUD.get(change.drift, Style.MUTED)
    return line(
        Span(f"{printable(change.path):<{width}}  "),
        f"desired {desired}, live {live if change.known else NOT_REPORTED}",
        Span(f"  # {'; '.join(notes)}", style),
        indent=INDENT,
    )


def _notes(plan: Plan) -> Iterator[Line]:
    yield from (line(Span(note, Style.MUTED)) for note in assumption_notes(plan))
