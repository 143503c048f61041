"""One deployment's part of a plan: a header, its changed fields, and each action under the field that caused it."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final

from reconciler.core.diff import Decision, DriftClass
from reconciler.core.plan import Intent
from reconciler.render.actions import action_text
from reconciler.render.amounts import age, counted, enumeration
from reconciler.render.fields import INDENT, field_line, path_width
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.spans import Span, Style, line
from reconciler.render.values import KNOWN_AFTER_APPLY, name_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.core.diff import FieldChange
    from reconciler.core.gap import Assumption
    from reconciler.core.plan import Chain, Plan, Step
    from reconciler.core.refusal import Refusal
    from reconciler.render.spans import Line

_SYMBOLS: Final[Mapping[Intent, Span]] = {
    Intent.CREATE: Span("+", Style.CREATE),
    Intent.CHANGE: Span("~", Style.CHANGE),
    Intent.DELETE: Span("-", Style.DELETE),
    Intent.FORGET: Span(".", Style.DELETE),
}

_SHOWN: Final = 6
"""Fields that a list names before it only counts."""


def chain_text(plan: Plan, chain: Chain, requests: Mapping[int, tuple[str, ...]]) -> Iterator[Line]:
    """Return a deployment's lines; `requests` holds, by step number, the requests to show below each action."""
    yield _header(chain)
    steps = [step for step in plan.steps if step.address == chain.address]
    width = path_width(["id"] * (chain.intent is Intent.CREATE) + [change.path for change in chain.changes])
    if chain.intent is Intent.CREATE and steps:
        yield line(Span("+", Style.CREATE), f" {'id':<{width}}  {KNOWN_AFTER_APPLY}", indent=INDENT)
    if chain.intent is Intent.DELETE and chain.live is not None:
        yield line(Span("-", Style.DELETE), f" id  {chain.live.id}", indent=INDENT)
    waiting = list(steps)
    for field, group in groupby(chain.changes, key=lambda change: change.field):
        yield from (field_line(change, width=width, now=plan.observed.at) for change in group)
        mine = [step for step in waiting if field in step.because]
        waiting = [step for step in waiting if step not in mine]
        yield from _steps(mine, requests)
    yield from _steps(waiting, requests)
    yield from refusal_lines(chain.refusals, indent=INDENT)
    yield from _footnotes(plan, chain)


def symbol_of(chain: Chain) -> Span:
    """Return what a plan wants with a deployment, or why it wants nothing, in one character."""
    if chain.intent is not Intent.NONE:
        return _SYMBOLS[chain.intent]
    if chain.refusals:
        return Span("!", Style.REFUSED)
    return Span("?", Style.HELD) if chain.held else Span(" ")


def reason_of(chain: Chain) -> str:
    """Return why a deployment is shown, as a clause."""
    match chain.intent:
        case Intent.CREATE if any(change.drift.is_drift for change in chain.changes):
            return "gone from the platform"
        case Intent.CREATE:
            return "not on the platform yet"
        case Intent.DELETE:
            return "gone from the manifests"
        case Intent.FORGET:
            return "gone from the manifests, dropped from the ledger"
        case Intent.CHANGE | Intent.NONE:
            return _differences(chain)


def _differences(chain: Chain) -> str:
    if chain.owner_change and not chain.changes:
        return printable(chain.owner_change)
    if not chain.changes:
        return counted(len(chain.refusals), "refusal") if chain.refusals else "switched off while it changes"
    parts = Counter(_word(change) for change in chain.changes)
    if len(parts) == 1:
        return f"{counted(len(chain.changes), 'field')} {next(iter(parts))}"
    counts = enumeration(f"{number} {word}" for word, number in parts.items())
    return f"{counted(len(chain.changes), 'field')}: {counts}"


def _word(change: FieldChange) -> str:
    if change.decision is Decision.HOLD:
        return "held"
    return _WORDS.get(change.drift, change.drift.value)


_WORDS: Final[Mapping[DriftClass, str]] = {DriftClass.CONFLICT: "in conflict", DriftClass.IN_SYNC: "written again"}


def _header(chain: Chain) -> Line:
    name = "" if chain.name == chain.address else f" {name_text(chain.name)}"
    renamed = f" (now {name_text(chain.previous_name)})" if chain.previous_name else ""
    return line(
        symbol_of(chain),
        " ",
        Span(chain.address, Style.STRONG),
        f"{name}{renamed}  {reason_of(chain)}",
        Span(f"  {printable(chain.place, SENTENCE_LIMIT)}" if chain.place else "", Style.MUTED),
    )


def _steps(steps: Iterable[Step], requests: Mapping[int, tuple[str, ...]]) -> Iterator[Line]:
    for step in steps:
        yield line(Span(f"{step.number}. {action_text(step.action)}", Style.MUTED), indent=INDENT + 2)
        yield from (line(Span(each, Style.MUTED), indent=INDENT + 5) for each in requests.get(step.number, ()))


def refusal_lines(refusals: Iterable[Refusal], *, indent: int = 0) -> Iterator[Line]:
    """Return each refusal with object, reason, place and next step."""
    for refusal in refusals:
        thing = " ".join(part for part in (refusal.address if not indent else "", refusal.path) if part)
        place = f"  {printable(str(refusal.origin), SENTENCE_LIMIT)}" if refusal.origin is not None else ""
        yield line(
            Span("!", Style.REFUSED),
            " ",
            Span(f"{printable(thing)}: " if thing else "", Style.STRONG),
            printable(refusal.message, SENTENCE_LIMIT),
            Span(f"  # refused, {refusal.code}{place}", Style.MUTED),
            indent=indent,
        )
        yield line(f"Next: {printable(refusal.hint, SENTENCE_LIMIT)}", indent=indent + 2)


def _footnotes(plan: Plan, chain: Chain) -> Iterator[Line]:
    if chain.held:
        yield from _held(chain)
    notes = []
    if chain.unchanged:
        notes.append(f"{counted(chain.unchanged, 'unchanged field')} not shown")
    if chain.assumed:
        oldest = age(min(each.since for each in chain.assumed), plan.observed.at)
        since = f", the oldest {oldest} ago" if oldest else ""
        notes.append(f"{len(chain.assumed)} of them assumed as applied{since}: {_names(chain.assumed)}")
    if notes:
        yield line(Span(", ".join(notes), Style.MUTED), indent=INDENT)
    if chain.note:
        yield line(f"Note: {printable(chain.note, SENTENCE_LIMIT)}", indent=INDENT)


def _held(chain: Chain) -> Iterator[Line]:
    fields = list(dict.fromkeys(change.field for change in chain.held))
    noun = "the platform does not report it" if len(fields) == 1 else "the platform does not report them"
    yield line(
        Span("?", Style.HELD),
        f" {counted(len(fields), 'field')} held: {noun} and the ledger has no record, so nothing is written.",
        indent=INDENT,
    )
    flags = " ".join(f"--reassert {field}" for field in fields[:_SHOWN])
    more = " …" if len(fields) > _SHOWN else ""
    they = "it is" if len(fields) == 1 else "they are"
    yield line(f"Next: if {they} as declared, `reconciler adopt {chain.address}`;", indent=INDENT + 2)
    yield line(
        f"to write on purpose, `reconciler apply --target {chain.address} {flags}{more}`.", indent=INDENT + 2 + 6
    )


def _names(items: Iterable[Assumption]) -> str:
    paths = [item.path for item in items]
    shown = ", ".join(paths[:_SHOWN])
    return f"{shown} and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else shown
