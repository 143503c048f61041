"""`ledger prune`, and the pruning at the end of an apply where `reconciler.yaml` says what to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.adapters.clock import SystemClock
from reconciler.bootstrap.project import open_project
from reconciler.cli.arguments import flags_of, format_of
from reconciler.cli.console import Console
from reconciler.cli.runs.asking import ask
from reconciler.cli.runs.history import FORMATS, nothing
from reconciler.cli.runs.memories import with_ledger
from reconciler.core.retention import Pruning, Retention, prune
from reconciler.errors import LedgerError, Refused, UsageError
from reconciler.ports import Prunable
from reconciler.render.history_json import HISTORY_FORMAT, pruned_to_json
from reconciler.render.retention_text import pruning_told
from reconciler.render.spans import line
from reconciler.settings.resolution import retention_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.cli.options import Form, Talk, Where
    from reconciler.cli.runs.memories import Shelf
    from reconciler.cli.verbs.ledger import PruneOptions
    from reconciler.core.live import Json
    from reconciler.core.retention import Pruned
    from reconciler.render.spans import Text

WORTH: Final = 500
"""Entries that an apply prunes at least: each pruning is a write of its own, a push where the ledger is a branch."""

_QUESTION: Final = "Prune them? History cannot be brought back. Only yes is taken for a yes: "


def run_prune(talk: Talk, form: Form, where: Where, own: PruneOptions) -> int:
    """Prune what the ledger holds of this catalog, and return 0.

    Raises:
        UsageError: Nothing says what to keep; or it would ask, and nobody is there to answer.
        Refused: The answer was no.
    """
    console, chosen = Console(talk, form), format_of(form, FORMATS)
    pruning = Pruning(_keep(where, own), SystemClock().now(), open_project().actor)
    if not (own.dry_run or own.yes or console.is_interactive):
        raise UsageError(
            "ledger prune asks before it lets go of history, and nobody is there to answer",
            hint="Look what would go (`reconciler ledger prune --dry-run`), then say `reconciler ledger prune --yes`.",
        )

    async def work(shelf: Shelf) -> tuple[str, str, dict[str, Pruned]]:
        found = await _would(shelf, pruning)
        if not own.dry_run and any(each.entries for each in found.values()):
            if not own.yes:
                console.complain(_text(shelf.catalog, found, dry_run=True))
                if not await ask(console, _QUESTION):
                    raise Refused("the ledger was not pruned", hint="Nothing was changed.")
            found = {name: await shelf.home.prune(shelf.full_name(name), pruning) for name in found}
        return shelf.name, shelf.catalog, found

    name, catalog, found = with_ledger(talk, where, work)
    if chosen == "json":
        memories: list[Json] = [_document(catalog, each, found[each]) for each in found]
        head: dict[str, Json] = {"format_version": HISTORY_FORMAT, "ledger": name, "dry_run": own.dry_run}
        console.document(head | {"memories": memories})
    else:
        console.show(_text(catalog, found, dry_run=own.dry_run) if found else nothing(name))
    return 0


def _keep(where: Where, own: PruneOptions) -> Retention:
    """Return what to keep: as the command line says, or else the settings. Raises UsageError where neither does."""
    given = Retention(own.keep_days, own.keep_runs)
    keep = retention_of(open_project().sources(flags_of(where))) if given.is_everything else given
    if keep.is_everything:
        raise UsageError(
            "nothing says which runs to keep",
            hint="Say --keep-days N or --keep-runs N, or write `keep: {days: 400}` into reconciler.yaml.",
        )
    return keep


async def _would(shelf: Shelf, pruning: Pruning) -> dict[str, Pruned]:
    """Return what a pruning would come to, by organisation."""
    memories = await shelf.memories()
    return {each.organization: prune(each.baseline, each.entries, pruning) for each in memories}


def _text(catalog: str, found: Mapping[str, Pruned], *, dry_run: bool) -> Text:
    several = len(found) > 1
    return tuple(
        line(pruning_told(each, name=f"{catalog} in organisation {name}" if several else catalog, dry_run=dry_run))
        for name, each in found.items()
    )


def _document(catalog: str, organization: str, pruned: Pruned) -> Json:
    return {
        "catalog": catalog,
        "organization": organization,
        "entries": pruned.entries,
        "runs": pruned.runs,
        "pruned": pruned_to_json(pruned.baseline),
    }


async def tidy(ledger: object, catalog: str, pruning: Pruning) -> str:
    """Prune at the end of a run what is worth it, and return a sentence about it; empty where there is none to say.

    What was written is written: a ledger that cannot be pruned now fails nothing.
    """
    if pruning.keep.is_everything or not isinstance(ledger, Prunable):
        return ""
    try:
        pruned = await ledger.prune(catalog, pruning)
    except LedgerError as error:
        return f"The ledger could not be pruned; the next apply tries again: {error.message}."
    return pruning_told(pruned, name="the ledger") if pruned.entries else ""
