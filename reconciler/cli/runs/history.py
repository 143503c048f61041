"""`history`: the journal told by run, or what was applied at one time."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from reconciler.cli.arguments import format_of
from reconciler.cli.console import Console
from reconciler.cli.runs.memories import with_ledger
from reconciler.core.journal import RunFinished, RunStarted
from reconciler.core.retention import moment_of
from reconciler.errors import UsageError
from reconciler.render.chronicle import chapters, until
from reconciler.render.history_json import HISTORY_FORMAT, chapter_to_json, memory_to_json, pruned_to_json
from reconciler.render.history_text import history_text
from reconciler.render.memory_text import memory_text
from reconciler.render.printable import SENTENCE_LIMIT, printable
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from reconciler.cli.options import Form, Talk, Where
    from reconciler.cli.runs.memories import Memory, Shelf
    from reconciler.cli.verbs.history import HistoryOptions
    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.live import Json
    from reconciler.render.chronicle import Chapter
    from reconciler.render.spans import Text

FORMATS: Final = ("text", "json")


def run_history(talk: Talk, form: Form, where: Where, own: HistoryOptions) -> int:
    """Show what was applied, and return 0."""
    console, chosen = Console(talk, form), format_of(form, FORMATS)
    moment = _moment(own.at)

    async def work(shelf: Shelf) -> tuple[str, list[Memory]]:
        found = await shelf.memories()
        _check_name(own.name, found)
        _check_moment(moment, found)
        return shelf.name, found

    name, found = with_ledger(talk, where, work)
    pages = [_Page(memory, own, moment) for memory in found]
    if chosen == "json":
        memories: list[Json] = [page.document() for page in pages]
        console.document({"format_version": HISTORY_FORMAT, "memories": memories})
        return 0
    for page in pages:
        console.show(heading(page.memory) if len(pages) > 1 else ())
        console.show(page.text())
    if not pages:
        console.show(nothing(name))
    return 0


class _Page:
    """What is told of one memory."""

    def __init__(self, memory: Memory, own: HistoryOptions, moment: datetime | None) -> None:
        self.memory = memory
        self._own = own
        self._moment = moment

    def document(self) -> Json:
        """Return it as JSON."""
        head: dict[str, Json] = {"catalog": self.memory.catalog, "organization": self.memory.organization}
        if self._moment is None:
            head |= {"pruned": pruned_to_json(self.memory.baseline)}
            return head | {"runs": [chapter_to_json(chapter) for chapter in self._chosen()[0]]}
        return head | {"at": self._moment.isoformat(), "deployments": memory_to_json(self._applied(self._moment))}

    def text(self) -> Text:
        """Return it as lines."""
        if self._moment is not None:
            return memory_text(self._applied(self._moment), now=self._moment.isoformat())
        shown, idle, older = self._chosen()
        return history_text(shown, idle=idle, older=older, pruned=self.memory.baseline)

    def _chosen(self) -> tuple[list[Chapter], int, int]:
        """Return the runs to show, and how many others did nothing or are older."""
        every = chapters(self.memory.entries, self._own.name or "")
        told = [chapter for chapter in every if chapter.deeds or self._own.every]
        shown = told[: self._own.limit or None]
        return shown, len(every) - len(told), len(told) - len(shown)

    def _applied(self, moment: datetime) -> dict[str, AppliedDeployment]:
        view = self.memory.applied(until(self.memory.entries, moment))
        return {address: each for address, each in view.items() if self._own.name in (None, address)}


def heading(memory: Memory) -> Text:
    """Return the line above one of several memories."""
    return (line(Span(f"Catalog {memory.catalog} in organisation {memory.organization}", Style.STRONG)),)


def nothing(ledger: str) -> Text:
    """Return what is said where a ledger holds nothing of this catalog."""
    return (line(f"The ledger {printable(ledger, SENTENCE_LIMIT)} holds nothing of this catalog."),)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    found = moment_of(text)
    if found is None:
        raise UsageError(
            f"--at takes a time, not {text!r}", hint="Write 2026-11-21, or 2026-11-21T20:36:00Z; UTC without a zone."
        )
    return found


def _check_moment(moment: datetime | None, memories: Iterable[Memory]) -> None:
    """Raise UsageError for a time of which the ledger knows nothing any more: a later state would be a wrong answer."""
    for memory in memories:
        pruned = None if memory.baseline is None else moment_of(memory.baseline.until)
        if moment is not None and pruned is not None and moment < pruned:
            raise UsageError(
                f"what was applied at {moment.isoformat()} is not known any more: entries up to {pruned.isoformat()} "
                "were pruned",
                hint="Ask for a later time; an export or a copy of the ledger that was made before may still know.",
            )


def _check_name(name: str | None, memories: Sequence[Memory]) -> None:
    if name is None:
        return
    entries = {
        entry.address
        for memory in memories
        for entry in memory.entries
        if not isinstance(entry, RunStarted | RunFinished)
    }
    known = sorted(entries.union(*(memory.baseline.memory.view() for memory in memories if memory.baseline)))
    if name not in known:
        near = difflib.get_close_matches(name[:100], known, n=1)
        hint = f"Did you mean {near[0]}?" if near else "See `reconciler ledger show` for those it knows."
        raise UsageError(f"the ledger knows no deployment {name!r}", hint=hint)
