"""Retention for people: what was pruned, and what a pruning comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.render.amounts import counted
from reconciler.render.printable import printable
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from reconciler.core.retention import Baseline, Pruned
    from reconciler.render.spans import Text


def pruned_text(baseline: Baseline | None) -> Text:
    """Return the line that says what is not told any more; nothing where nothing was pruned."""
    if baseline is None:
        return ()
    who = f" by {printable(baseline.actor)}" if baseline.actor else ""
    until = f", up to {printable(baseline.until)}," if baseline.until else ""
    gone = f"{counted(baseline.sequence, 'entry', 'entries')} of {counted(baseline.runs, 'run')}"
    told = f"Older entries{until} were pruned{who} on {printable(baseline.at)}: {gone}. What they left is kept."
    return (line(Span(told, Style.MUTED)),)


def pruning_told(pruned: Pruned, *, name: str, dry_run: bool = False) -> str:
    """Return the sentence on what one pruning comes to, or would."""
    gone = f"{counted(pruned.entries, 'entry', 'entries')} of {counted(pruned.runs, 'run')}"
    until = "" if pruned.baseline is None or not pruned.entries else f", up to {printable(pruned.baseline.until)}"
    return f"{'Would prune' if dry_run else 'Pruned'} {gone} of {printable(name)}{until}."
