"""`ledger show`, `ledger export`, `ledger import`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.ledger.transfer import exported, read_export, take_in
from reconciler.cli.arguments import format_of
from reconciler.cli.console import Console
from reconciler.cli.runs.history import FORMATS, heading, nothing
from reconciler.cli.runs.memories import with_ledger
from reconciler.errors import InputError
from reconciler.render.amounts import counted
from reconciler.render.history_json import HISTORY_FORMAT, memory_to_json, pruned_to_json
from reconciler.render.lease_text import lease_to_json, leases_text
from reconciler.render.memory_text import memory_text
from reconciler.render.retention_text import pruned_text
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.cli.options import Form, Talk, Where
    from reconciler.cli.runs.memories import Memory, Shelf
    from reconciler.core.lease import Lease
    from reconciler.core.live import Json

STDIN: Final = "-"


def run_show(talk: Talk, form: Form, where: Where) -> int:
    """Show what is applied, and return 0."""
    console, chosen = Console(talk, form), format_of(form, FORMATS)

    async def work(shelf: Shelf) -> _Shown:
        return _Shown(shelf.name, await shelf.memories(), await shelf.leases())

    shown = with_ledger(talk, where, work)
    if chosen == "json":
        console.document(shown.document())
        return 0
    console.say([line(Span(f"Ledger {shown.name}", Style.MUTED))])
    for leases in shown.leases.values():
        console.show(leases_text(leases, now=datetime.now(UTC)))
    for memory in shown.found:
        console.show(heading(memory) if len(shown.found) > 1 else ())
        console.show((*pruned_text(memory.baseline), *memory_text(memory.applied(), now=SystemClock().now())))
    if not shown.found:
        console.show(nothing(shown.name))
    return 0


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of a ledger: its name, the memories of this catalog, and who holds what in which organisation."""

    name: str
    found: list[Memory]
    leases: Mapping[str, Sequence[Lease]]

    def document(self) -> dict[str, Json]:
        now = datetime.now(UTC)
        memories: list[Json] = [_document(memory) for memory in self.found]
        held: list[Json] = [
            lease_to_json(lease, organization=name, now=now) for name, each in self.leases.items() for lease in each
        ]
        return {"format_version": HISTORY_FORMAT, "ledger": self.name, "memories": memories, "leases": held}


def _document(memory: Memory) -> Json:
    return {
        "catalog": memory.catalog,
        "organization": memory.organization,
        "entries": len(memory.entries),
        "pruned": pruned_to_json(memory.baseline),
        "deployments": memory_to_json(memory.applied()),
    }


def run_export(talk: Talk, form: Form, where: Where) -> int:
    """Write every entry, and return 0."""
    console = Console(talk, form)
    format_of(form, ("jsonl",))

    async def work(shelf: Shelf) -> tuple[str, int]:
        text = ""
        async for text in exported(shelf.home):
            console.write(f"{text}\n")
        return shelf.name, int(json.loads(text)["entries"])

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
