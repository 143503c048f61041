"""What became of an export, for people and as a document."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from reconciler.core.export.drafts import Change
from reconciler.core.export.spelling import NOT_REPORTED
from reconciler.render.amounts import counted, enumeration
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.export.drafts import Exported, ExportReport, NotExported
    from reconciler.core.live import Json
    from reconciler.render.spans import Line, Text

_STYLES: Final[Mapping[Change, Style]] = {
    Change.CREATED: Style.CREATE,
    Change.UPDATED: Style.CHANGE,
    Change.UNCHANGED: Style.MUTED,
}
_WIDTH: Final = max(len(change) for change in Change)
_FEW: Final = 3
"""Names that are told where the same holds for many deployments."""


def export_text(report: ExportReport, folder: str) -> Text:
    """Return a line for every manifest, and the sum."""
    return (*map(_file, report.exported), line(Span(_sum(report, folder), Style.STRONG)))


def _file(each: Exported) -> Line:
    word = Span(f"{each.change:<{_WIDTH}} ", _STYLES[each.change])
    path = printable(each.path, SENTENCE_LIMIT)
    if not each.fields:
        return line(word, path)
    return line(
        word, f"{path} ", Span(f"({counted(len(each.fields), 'field')}: {', '.join(each.fields)})", Style.MUTED)
    )


def _sum(report: ExportReport, folder: str) -> str:
    changes = Counter(each.change for each in report.exported)
    parts = [f"{changes[change]} {change}" for change in Change if changes[change]]
    parts += [f"{len(report.failed)} not exported"] if report.failed else []
    told = f": {', '.join(parts)}" if parts else ""
    return f"Exported {counted(len(report.exported), 'deployment')} to {printable(folder, SENTENCE_LIMIT)}{told}."


def export_remarks(report: ExportReport) -> Text:
    """Return what has to be known about it: fields that could not be declared, deployments that have no manifest."""
    return (*_undeclared(report.exported), *map(_failure, report.failed))


def _undeclared(exported: tuple[Exported, ...]) -> Iterator[Line]:
    """Say once what holds for many: a platform that does not report a field does so for every deployment."""
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for each in exported:
        silent = ", ".join(path for path, why in each.undeclared.items() if why == NOT_REPORTED)
        told = {silent: NOT_REPORTED} if silent else {}
        told |= {path: why for path, why in each.undeclared.items() if why != NOT_REPORTED}
        for paths, why in told.items():
            groups[paths, why].append(each.address)
    for (paths, why), addresses in groups.items():
        yield line(
            Span("not declared: ", Style.WARNING),
            f"{paths} of {_names(addresses)}; {printable(why, SENTENCE_LIMIT)}",
        )


def _names(addresses: list[str]) -> str:
    if len(addresses) <= _FEW:
        return enumeration(addresses)
    return enumeration([*addresses[:_FEW], f"{len(addresses) - _FEW} more"])


def _failure(each: NotExported) -> Line:
    return line(
        Span("not exported: ", Style.ERROR),
        Span(printable(each.name), Style.STRONG),
        f" ({each.id}): {printable(each.reason, SENTENCE_LIMIT)}",
    )


def export_to_json(report: ExportReport) -> dict[str, Json]:
    """Return the same as a document."""
    return {
        "format_version": "1.0",
        "exported": [
            {
                "name": each.name,
                "address": each.address,
                "path": each.path,
                "change": each.change.value,
                "fields": list(each.fields),
                "undeclared": dict(each.undeclared),
            }
            for each in report.exported
        ],
        "failed": [{"name": each.name, "id": each.id, "reason": each.reason} for each in report.failed],
    }
