"""History for people: a line a run, the newest first, and under it what it did; ends in one fixed line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.render.amounts import counted
from reconciler.render.chronicle import IN_DOUBT
from reconciler.render.fields import INDENT
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.retention_text import pruned_text
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.core.retention import Baseline
    from reconciler.render.chronicle import Chapter, Deed
    from reconciler.render.spans import Line, Text

_STYLES: Final = {
    "done": Style.GOOD,
    "already satisfied": Style.GOOD,
    "skipped": Style.MUTED,
    "failed": Style.ERROR,
    "unverified": Style.WARNING,
    IN_DOUBT: Style.WARNING,
}
_REVISION: Final = 12
"""Characters of a commit's id that are shown."""


def history_text(shown: Sequence[Chapter], *, idle: int = 0, older: int = 0, pruned: Baseline | None = None) -> Text:
    """Return runs as lines.

    Args:
        shown: The runs to tell of, newest first.
        idle: How many others did nothing.
        older: How many others are older.
        pruned: What stands for those that are not there any more.
    """
    told = f"History: {counted(len(shown), 'run')} shown, {idle:,} without effect, {older:,} older."
    lines = (each for chapter in shown for each in _chapter(chapter))
    return (*lines, *pruned_text(pruned), line(Span(told, Style.STRONG)))


def _chapter(chapter: Chapter) -> Iterator[Line]:
    header = chapter.header
    parts = [printable(header.command)]
    if header.actor:
        parts.append(f"by {printable(header.actor)}")
    if header.revision:
        parts.append(f"from commit {printable(header.revision[:_REVISION])}")
    parts.append("did not end" if chapter.exit_code is None else f"exit {chapter.exit_code}")
    run = Span(f"  run {printable(header.run)}", Style.MUTED)
    yield line(Span(printable(header.at), Style.STRONG), f"  {', '.join(parts)}", run)
    if header.reason:
        yield line(f"because {printable(header.reason, SENTENCE_LIMIT)}", indent=INDENT)
    width = max((len(printable(deed.address)) for deed in chapter.deeds), default=0)
    yield from (_deed(deed, width) for deed in chapter.deeds)


def _deed(deed: Deed, width: int) -> Line:
    address = f"{printable(deed.address):<{width}}  " if width else ""
    outcome = () if not deed.outcome else (": ", Span(deed.outcome, _STYLES[deed.outcome]))
    why = f" ({printable(deed.why, SENTENCE_LIMIT)})" if deed.why else ""
    return line(Span(address, Style.STRONG), deed.what, *outcome, why, indent=INDENT)
