"""`ledger show`, `ledger export`, `ledger import`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.ledger.transfer import exported, read_export, take_in
from reconciler.cli.arguments import format_of
from reconciler.cli.console import Console
from reconciler.cli.runs.history import FORMATS, heading, nothing
from reconciler.cli.runs.memories import with_ledger
from reconciler.core.journal import replay
from reconciler.errors import InputError
from reconciler.render.amounts import counted
from reconciler.render.history_json import HISTORY_FORMAT, memory_to_json
from reconciler.render.memory_text import memory_text
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.cli.options import Form, Talk, Where
    from reconciler.cli.runs.memories import Memory, Shelf
    from reconciler.core.live import Json

STDIN: Final = "-"


def run_show(talk: Talk, form: Form, where: Where) -> int:
    """Show what is applied, and return 0."""
    console, chosen = Console(talk, form), format_of(form, FORMATS)

    async def work(shelf: Shelf) -> tuple[str, list[Memory]]:
        return shelf.name, await shelf.memories()

    name, found = with_ledger(talk, where, work)
    if chosen == "json":
        memories: list[Json] = [_document(memory) for memory in found]
        console.document({"format_version": HISTORY_FORMAT, "ledger": name, "memories": memories})
        return 0
    console.say([line(Span(f"Ledger {name}", Style.MUTED))])
    now = SystemClock().now()
    for memory in found:
        console.show(heading(memory) if len(found) > 1 else ())
        console.show(memory_text(replay(memory.entries).view(), now=now))
    if not found:
        console.show(nothing(name))
    return 0


def _document(memory: Memory) -> Json:
    return {
        "catalog": memory.catalog,
        "organization": memory.organization,
        "entries": len(memory.entries),
        "deployments": memory_to_json(replay(memory.entries).view()),
    }


def run_export(talk: Talk, form: Form, where: Where) -> int:
    """Write every entry, and return 0."""
    console = Console(talk, form)
    format_of(form, ("jsonl",))

    async def work(shelf: Shelf) -> tuple[str, int]:
        count = 0
        async for text in exported(shelf.home):
            console.write(f"{text}\n")
            count += 1
        return shelf.name, count - 2

    name, count = with_ledger(talk, where, work)
    console.say([line(f"Exported {counted(count, 'entry', 'entries')} of {name}.")])
    return 0


def run_import(talk: Talk, where: Where, file: str) -> int:
    """Store an export, and return 0."""
    console = Console(talk)
    journals = read_export(_lines(file), name=file)

    async def work(shelf: Shelf) -> tuple[str, int]:
        return shelf.name, await take_in(shelf.home, journals, name=shelf.name)

    name, count = with_ledger(talk, where, work)
    told = f"{counted(count, 'entry', 'entries')} of {counted(len(journals), 'catalog')}"
    console.say([line(f"Imported {told} into {name}.")])
    return 0


def _lines(file: str) -> Sequence[str]:
    try:
        text = sys.stdin.read() if file == STDIN else Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError("the file is not text in UTF-8", where=file, hint="Name an export of a ledger.") from None
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror or error}", where=file) from None
    return text.removesuffix("\n").split("\n")
