"""A Plan as text: what differs and why, what will be sent, what is refused; ends in one fixed line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.render.actions import action_text
from reconciler.render.chain_text import chain_text, refusal_lines
from reconciler.render.closing import clean_line, is_clean, note_lines, orphan_lines, plan_line, risk_lines, source_text
from reconciler.render.printable import printable
from reconciler.render.spans import BLANK, Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.plan import Plan
    from reconciler.render.spans import Line, Text


def plan_text(plan: Plan, requests: Mapping[int, tuple[str, ...]] | None = None) -> Text:
    """Return a plan as lines.

    Args:
        plan: What to show.
        requests: Requests to show below each action, by step number; by default none.
    """
    return tuple(_lines(plan, requests or {}))


def _lines(plan: Plan, requests: Mapping[int, tuple[str, ...]]) -> Iterator[Line]:
    if is_clean(plan):
        yield from orphan_lines(plan)
        yield from risk_lines(plan)
        yield from note_lines(plan)
        yield line(Span(clean_line(plan), Style.GOOD))
        return
    yield heading(plan)
    yield BLANK
    yield from _shared_steps(plan, requests)
    for chain in plan.chains:
        if chain.has_news:
            yield from chain_text(plan, chain, requests)
            yield BLANK
    yield from refusal_lines(plan.refusals)
    yield from orphan_lines(plan)
    yield from risk_lines(plan)
    yield from note_lines(plan)
    if not plan.applyable:
        yield line(Span("This plan cannot be applied: a refusal above stops all of it.", Style.REFUSED))
    yield line(Span(plan_line(plan), Style.STRONG))


def heading(plan: Plan) -> Line:
    """Return where a plan would act, and what it was made from."""
    target = plan.target
    environment = f"{printable(target.environment)}, " if target.environment else ""
    place = f"{environment}{printable(target.endpoint)}, organisation {printable(target.organization)}"
    return line(Span(f"{place}; {source_text(plan.source)}", Style.MUTED))


def _shared_steps(plan: Plan, requests: Mapping[int, tuple[str, ...]]) -> Iterator[Line]:
    """Return the steps of the organisation, such as tags that several deployments need."""
    shared = [step for step in plan.steps if not step.address]
    for step in shared:
        yield line(Span("+", Style.CREATE), f" {step.number}. {action_text(step.action)}")
        yield from (line(Span(each, Style.MUTED), indent=5) for each in requests.get(step.number, ()))
    if shared:
        yield BLANK
