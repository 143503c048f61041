"""Retention: which of the oldest runs a journal may let go of, and the baseline that takes their place.

    run run run run run run   run run run run
    ├─── one baseline ────┤   ├── entries ──┤

A baseline holds what the entries before it fold to. Folding in parts equals folding at once, so what is applied, what
is in doubt and which commits runs are from is the same with and without them; what was applied earlier is not known
any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from reconciler.core.journal import Memory, RunFinished, RunStarted, made_at, made_by, replay, summaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.core.journal import Entry, RunHeader, RunSummary

UNFINISHED_DAYS: Final = 1
"""Days for which a run that has not ended is kept, whatever else is said: it may still be writing."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Which runs are kept, besides the newest; one that either reason wants is kept.

    Attributes:
        days: Those that started within so many days, at least 1.
        runs: So many of those that started last, at least 1.
    """

    days: int | None = None
    runs: int | None = None

    @property
    def is_everything(self) -> bool:
        """Tell whether nothing may go."""
        return self.days is None and self.runs is None


@dataclass(frozen=True, slots=True)
class Pruning:
    """One order to prune.

    Attributes:
        keep: What stays.
        at: The time, RFC 3339.
        actor: Who orders it, for history.
        least: Do nothing while fewer entries than this could go.
    """

    keep: Retention
    at: str
    actor: str = ""
    least: int = 1


@dataclass(frozen=True, slots=True)
class Baseline:
    """What stands for the entries that were pruned.

    Attributes:
        sequence: Number of the last of them, and therefore how many there were.
        memory: What they fold to.
        runs: How many runs they were.
        until: The latest time any of them was made at; empty where none tells. What was applied before is not known.
        at: When they were last pruned.
        actor: By whom.
        kept: Those of the runs that what is applied still refers to, the one that started last first.
    """

    sequence: int
    memory: Memory
    runs: int
    until: str
    at: str
    actor: str = ""
    kept: tuple[RunSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class Pruned:
    """What one pruning came to.

    Attributes:
        entries, runs: How many went.
        baseline: What stands for all that ever went; `None` where nothing ever did.
    """

    entries: int
    runs: int
    baseline: Baseline | None


def prune(before: Baseline | None, entries: Sequence[Entry], pruning: Pruning) -> Pruned:
    """Return what a pruning comes to.

    Args:
        before: What stands for earlier entries.
        entries: The journal behind it, oldest first.
        pruning: The order.
    """
    count = removable(entries, pruning.keep, now=moment_of(pruning.at))
    if count < max(pruning.least, 1):
        return Pruned(0, 0, before)
    gone = entries[:count]
    found = summaries(gone)
    earlier = Baseline(0, Memory(), 0, "", "") if before is None else before
    memory = replay(gone, earlier.memory)
    after = Baseline(
        sequence=earlier.sequence + count,
        memory=memory,
        runs=earlier.runs + len(found),
        until=_latest((earlier.until, *map(made_at, gone))),
        at=pruning.at,
        actor=pruning.actor,
        kept=_needed((*found, *earlier.kept), memory),
    )
    return Pruned(count, len(found), after)


def removable(entries: Sequence[Entry], keep: Retention, *, now: datetime | None) -> int:
    """Return how many of the oldest entries may go: whole runs, and nothing that a kept run has said."""
    kept = set() if keep.is_everything else _kept(entries, keep, now)
    if not kept:
        return 0
    spans = _spans(entries)
    end = min(spans[run][0] for run in kept)
    # From the last begun to the first: moving the end before one run cannot divide one that begins behind it.
    for first, last in sorted(spans.values(), reverse=True):
        if first < end <= last:
            end = first
    return end


def continued(baseline: Baseline | None, entries: Iterable[Entry]) -> Memory:
    """Return the journal folded: what was pruned and what is there."""
    return replay(entries, None if baseline is None else baseline.memory)


def with_kept(found: Sequence[RunSummary], baseline: Baseline | None, limit: int) -> tuple[RunSummary, ...]:
    """Return the newest runs of a journal, and behind them those of pruned ones that are still referred to."""
    kept = () if baseline is None else baseline.kept
    return (*found, *kept)[: max(limit, 0)]


def moment_of(text: str) -> datetime | None:
    """Return the moment that an ISO 8601 text means, in UTC where it names no zone; `None` for any other text."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _kept(entries: Iterable[Entry], keep: Retention, now: datetime | None) -> set[str]:
    headers, ended = _headers(entries)
    names = list(headers)
    # The newest run stays, so that a ledger in use always says who used it last.
    kept = set(names[-(keep.runs or 1) :])
    for run, header in headers.items():
        if _is_within(header, keep.days, now) or (run not in ended and _is_within(header, UNFINISHED_DAYS, now)):
            kept.add(run)
    return kept


def _headers(entries: Iterable[Entry]) -> tuple[Mapping[str, RunHeader], set[str]]:
    headers: dict[str, RunHeader] = {}
    ended: set[str] = set()
    for entry in entries:
        if isinstance(entry, RunStarted):
            headers.setdefault(entry.header.run, entry.header)
        elif isinstance(entry, RunFinished):
            ended.add(entry.run)
    return headers, ended


def _is_within(header: RunHeader, days: int | None, now: datetime | None) -> bool:
    if days is None:
        return False
    started = moment_of(header.at)
    # Of what nobody can tell the age, nothing goes because of its age.
    return started is None or now is None or now - started < timedelta(days=days)


def _spans(entries: Iterable[Entry]) -> dict[str, tuple[int, int]]:
    """Return the places of the first and the last entry of every run."""
    spans: dict[str, tuple[int, int]] = {}
    for place, entry in enumerate(entries):
        run = made_by(entry)
        spans[run] = (spans.get(run, (place, place))[0], place)
    return spans


def _latest(texts: Iterable[str]) -> str:
    known = [(moment, text) for text in texts if (moment := moment_of(text)) is not None]
    return max(known)[1] if known else ""


def _needed(runs: Iterable[RunSummary], memory: Memory) -> tuple[RunSummary, ...]:
    """Return the runs that the records of a memory name: whoever asks who wrote a field is still told."""
    named = {record.run for each in memory.view().values() for record in each.records.values()}
    found: dict[str, RunSummary] = {}
    for each in runs:
        if each.header.run in named:
            found.setdefault(each.header.run, each)
    return tuple(found.values())
