"""What was taken into our ownership, or dropped from it, for people and as documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.live import FIELD, MANAGEMENT
from reconciler.render.amounts import counted
from reconciler.render.fields import INDENT, path_width
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.spans import Span, Style, line
from reconciler.render.values import NOT_REPORTED, name_text, sides, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.core.adoption import Adoption, Forgot
    from reconciler.core.diff import FieldChange
    from reconciler.core.live import Json
    from reconciler.render.spans import Line, Text

OWNING_FORMAT_VERSION: Final = "1.0"
"""A minor version adds keys; a major version changes or removes some."""


def adopted_text(adoptions: Sequence[Adoption]) -> Text:
    """Return what was recorded of every deployment and what was left; ends in one fixed line."""
    return (*(each for adoption in adoptions for each in _adoption(adoption)), _adopted_line(adoptions))


def _adoption(adoption: Adoption) -> Iterator[Line]:
    chain = adoption.chain
    name = "" if chain.name == chain.address else f" {name_text(chain.name)}"
    place = Span(f"  {printable(chain.place, SENTENCE_LIMIT)}", Style.MUTED)
    yield line(Span(">", Style.GOOD), " ", Span(chain.address, Style.STRONG), name, place)
    width = path_width([*adoption.taken, *(change.path for change in adoption.left)])
    for path in adoption.taken:
        value = value_text(FIELD[path].to_json(adoption.live))
        yield line(
            Span(">", Style.GOOD),
            f" {path:<{width}}  {value}",
            Span("  # not reported; from now on assumed as declared", Style.MUTED),
            indent=INDENT,
        )
    yield from (_left(change, width) for change in adoption.left)
    if adoption.owner:
        manager = printable(str(adoption.live.management or "nobody"), SENTENCE_LIMIT)
        told = f" managed by {manager} until now; the next apply tells the platform that it is managed from here"
        yield line(Span(">", Style.GOOD), told, indent=INDENT)
    if adoption.seen:
        yield line(Span(f"{counted(len(adoption.seen), 'field')} seen as declared", Style.MUTED), indent=INDENT)


def _left(change: FieldChange, width: int) -> Line:
    live, desired = sides(change.before, change.after)
    return line(
        Span("~", Style.CHANGE),
        f" {printable(change.path):<{width}}  desired {desired}, live {live if change.known else NOT_REPORTED}",
        Span(f"  # {change.drift.value}; not adopted", Style.MUTED),
        indent=INDENT,
    )


def _adopted_line(adoptions: Sequence[Adoption]) -> Line:
    taken, seen, left = (
        sum(len(fields) for fields in each)
        for each in zip(*((each.taken, each.seen, each.left) for each in adoptions), strict=True)
    )
    return line(
        Span(
            f"Adopt: {counted(len(adoptions), 'deployment')}; {counted(taken, 'field')} taken as declared, "
            f"{seen:,} seen as declared, {left:,} left as they differ. Nothing was written to the platform.",
            Style.STRONG,
        )
    )


def adopted_to_json(adoptions: Sequence[Adoption], run: str) -> dict[str, Json]:
    """Return the same as a document; `run` is empty where everything was recorded already."""
    return {"format_version": OWNING_FORMAT_VERSION, "run": run, "adopted": [_document(each) for each in adoptions]}


def _document(adoption: Adoption) -> Json:
    return {
        "address": adoption.chain.address,
        "name": adoption.chain.name,
        "remote_id": adoption.live.id,
        "taken": {path: FIELD[path].to_json(adoption.live) for path in adoption.taken},
        "seen": list(adoption.seen),
        "owner_changes": bool(adoption.owner),
        "managed_by": MANAGEMENT.to_json(adoption.live) if adoption.owner else None,
        "left": [
            {"path": change.path, "class": change.drift.value, "desired": change.after, "live": change.before}
            for change in adoption.left
        ],
    }


def forgotten_text(forgotten: Sequence[Forgot]) -> Text:
    """Return what was dropped; ends in one fixed line."""
    return (*(each for one in forgotten for each in _forgot(one)), _forgotten_line(forgotten))


def _forgot(one: Forgot) -> Iterator[Line]:
    name = "" if one.name == one.address else f" {name_text(one.name)}"
    known = f" ({one.id})" if one.id is not None else ""
    yield line(
        Span(".", Style.DELETE),
        " ",
        Span(printable(one.address), Style.STRONG),
        f"{name}{known}  {counted(one.fields, 'recorded field')} dropped",
    )
    if one.declared:
        yield line(
            Span("warning: ", Style.WARNING),
            "a manifest still declares it: the next apply finds it again by its name. Remove the manifest too.",
            indent=INDENT,
        )


def _forgotten_line(forgotten: Sequence[Forgot]) -> Line:
    number = counted(len(forgotten), "deployment")
    return line(Span(f"Forget: {number}. Nothing was written to the platform.", Style.STRONG))


def forgotten_to_json(forgotten: Sequence[Forgot]) -> dict[str, Json]:
    """Return the same as a document."""
    return {
        "format_version": OWNING_FORMAT_VERSION,
        "forgotten": [
            {
                "address": one.address,
                "name": one.name,
                "remote_id": one.id,
                "fields": one.fields,
                "declared": one.declared,
            }
            for one in forgotten
        ],
    }
