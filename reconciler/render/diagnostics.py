"""Problems of manifests and settings as text and JSON: severity, summary, place, snippet with a caret, next step."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.diagnostics import Severity
from reconciler.render.amounts import counted, enumeration
from reconciler.render.printable import SENTENCE_LIMIT, is_unseen, printable
from reconciler.render.spans import BLANK, Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.core.live import Json
    from reconciler.core.manifest.diagnostics import Diagnostic, Snippet
    from reconciler.core.origin import Origin
    from reconciler.render.spans import Line, Text

_STYLES: Final[Mapping[Severity, Style]] = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING}


def diagnostics_text(diagnostics: Sequence[Diagnostic]) -> Text:
    """Return every diagnostic, each followed by an empty line."""
    return tuple(line for diagnostic in diagnostics for line in _lines(diagnostic))


def tally(diagnostics: Sequence[Diagnostic]) -> str:
    """Return `2 errors and 1 warning in 2 files`."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    parts = [counted(severities.count(each), each.value) for each in Severity if each in severities]
    files = len({diagnostic.origin.file for diagnostic in diagnostics})
    return f"{enumeration(parts)} in {counted(files, 'file')}"


def validation_text(diagnostics: Sequence[Diagnostic], deployments: int, paths: Sequence[str]) -> Text:
    """Return every diagnostic, then whether `deployments` manifests are valid."""
    place = printable(" ".join(paths), SENTENCE_LIMIT)
    if not is_valid(diagnostics):
        verdict = Span(f"Invalid: {tally(diagnostics)}.", Style.ERROR)
    else:
        told = f", with {tally(diagnostics)}" if diagnostics else ""
        verdict = Span(f"Valid: {counted(deployments, 'deployment')} in {place}{told}.", Style.GOOD)
    return (*diagnostics_text(diagnostics), line(verdict))


def validation_to_json(diagnostics: Sequence[Diagnostic], deployments: int) -> dict[str, Json]:
    """Return the outcome of a validation as a document."""
    return {
        "format_version": "1.0",
        "valid": is_valid(diagnostics),
        "deployments": deployments,
        "diagnostics": [diagnostic_to_json(each) for each in diagnostics],
    }


def is_valid(diagnostics: Sequence[Diagnostic]) -> bool:
    """Tell whether nothing of it stops a run."""
    return not any(each.severity is Severity.ERROR for each in diagnostics)


def diagnostic_to_json(diagnostic: Diagnostic) -> dict[str, Json]:
    """Return the JSON form of a diagnostic."""
    return {
        "severity": diagnostic.severity.value,
        "code": diagnostic.code,
        "message": diagnostic.message,
        **_origin(diagnostic.origin),
        "hint": diagnostic.hint,
        "related": [{"message": each.message, **_origin(each.origin)} for each in diagnostic.related],
    }


def _origin(origin: Origin) -> dict[str, Json]:
    return {"file": origin.file, "line": origin.line, "column": origin.column}


def _lines(diagnostic: Diagnostic) -> Iterator[Line]:
    yield line(
        Span(f"{diagnostic.severity.value}: ", _STYLES[diagnostic.severity]),
        Span(printable(diagnostic.message, SENTENCE_LIMIT), Style.STRONG),
        Span(f" [{diagnostic.code}]", Style.MUTED),
    )
    yield line(Span("--> ", Style.MUTED), _place(diagnostic.origin), indent=2)
    if diagnostic.snippet is not None:
        yield from _snippet(diagnostic.snippet, diagnostic.origin.line, _STYLES[diagnostic.severity])
    for each in diagnostic.related:
        yield line(f"see {_place(each.origin)}: {printable(each.message, SENTENCE_LIMIT)}", indent=2)
    if diagnostic.hint:
        yield line(Span("hint: ", Style.STRONG), printable(diagnostic.hint, SENTENCE_LIMIT), indent=2)
    yield BLANK


def _place(origin: Origin) -> str:
    return printable(str(origin), SENTENCE_LIMIT)


def _snippet(snippet: Snippet, number: int, style: Style) -> Iterator[Line]:
    before, marked = snippet.text[: snippet.column - 1], snippet.text[snippet.column - 1 :][: snippet.length]
    gutter = len(str(number)) + 2
    yield line(Span(f"{number:>{gutter}} | ", Style.MUTED), _visible(snippet.text))
    carets = "^" * max(1, sum(map(_width, marked)))
    yield line(Span(f"{'':>{gutter}} | ", Style.MUTED), " " * sum(map(_width, before)), Span(carets, style))


def _visible(text: str) -> str:
    """Return a source line with everything that takes no place on a screen replaced, so that carets stay in line."""
    return "".join(" " if character == "\t" else "�" if is_unseen(character) else character for character in text)


def _width(character: str) -> int:
    """Return how many columns a terminal gives a character: two for the wide ones of East Asia, none for accents."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
