"""What is applied, for people: every deployment, field by field, since when, and what is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.live import FIELDS
from reconciler.core.unreported import UNREPORTED
from reconciler.render.amounts import age, counted
from reconciler.render.fields import INDENT, path_width
from reconciler.render.printable import printable
from reconciler.render.spans import BLANK, Span, Style, line
from reconciler.render.values import value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.applied import AppliedDeployment, Record
    from reconciler.core.live import Field
    from reconciler.render.spans import Line, Text


def memory_text(applied: Mapping[str, AppliedDeployment], *, now: str) -> Text:
    """Return a memory as lines; ends in one fixed line.

    Args:
        applied: What is applied, by address.
        now: RFC 3339 time that ages are counted to.
    """
    return tuple(_lines(applied, now))


def _lines(applied: Mapping[str, AppliedDeployment], now: str) -> Iterator[Line]:
    for address in sorted(applied):
        yield from _deployment(applied[address], now)
        yield BLANK
    records = [record for each in applied.values() for record in each.fields.values()]
    doubtful = sum(record.in_doubt for record in records)
    told = f"Applied: {counted(len(applied), 'deployment')}, {counted(len(records), 'field')}, {doubtful:,} in doubt."
    yield line(Span(told, Style.STRONG))


def _deployment(applied: AppliedDeployment, now: str) -> Iterator[Line]:
    live = "id in doubt" if applied.values.id is None else f"id {printable(applied.values.id)}"
    yield line(Span(printable(applied.address), Style.STRONG), Span(f"  {live}", Style.MUTED))
    shown = [field for field in FIELDS if field.path in applied.records]
    values = [value_text(field.to_json(applied.values)) if _is_known(field, applied) else "unknown" for field in shown]
    width, room = path_width([field.path for field in shown]), max(map(len, values), default=0)
    for field, value in zip(shown, values, strict=True):
        record = applied.records[field.path]
        told = Span(_told(record, now), Style.WARNING if record.in_doubt else Style.MUTED)
        yield line(f"{field.path:<{width}}  {value:<{room}}  ", told, indent=INDENT)
    yield line(Span(f"on removal: {_on_removal(applied)}", Style.MUTED), indent=INDENT)


def _is_known(field: Field, applied: AppliedDeployment) -> bool:
    return field.of(applied.values) is not UNREPORTED


def _told(record: Record, now: str) -> str:
    commit = f", commit {printable(record.revision[:12])}" if record.revision else ""
    lasting = f"for {old}" if (old := age(record.at, now)) else f"since {printable(record.at)}"
    return f"# {'in doubt ' if record.in_doubt else ''}{lasting}{commit}"


def _on_removal(applied: AppliedDeployment) -> str:
    return f"{printable(applied.on_removal)}, {'protected' if applied.prevent_destroy else 'not protected'}"
