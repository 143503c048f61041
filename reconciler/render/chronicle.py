"""A journal told by run: who did what when, from which commit, and how it ended; text and JSON are made of this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from reconciler.core.journal import (
    DriftSeen,
    FieldsRemembered,
    Forgotten,
    IntentRecorded,
    OutcomeRecorded,
    RunFinished,
    RunStarted,
    made_at,
)
from reconciler.core.outcome import AlreadySatisfied, Done, Failed, Skipped, Unverified
from reconciler.core.retention import moment_of
from reconciler.render.actions import action_text
from reconciler.render.amounts import enumeration
from reconciler.render.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from reconciler.core.journal import Entry, RunHeader
    from reconciler.core.outcome import Outcome

IN_DOUBT = "in doubt"
"""How a step ended whose outcome nobody recorded: its run was killed."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that a run did to a deployment, or saw of it.

    Attributes:
        at: When; RFC 3339.
        address: The deployment; empty for what belongs to the organisation, such as a tag.
        what: A clause.
        outcome: How it ended in two words; empty where there is nothing to end.
        why: The reason, where the outcome has one.
    """

    at: str
    address: str
    what: str
    outcome: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One run.

    Attributes:
        header: Who started it, when, on what.
        finished_at, exit_code: `None` while it runs, or when it was killed.
        deeds: What it did, in order.
    """

    header: RunHeader
    finished_at: str | None
    exit_code: int | None
    deeds: tuple[Deed, ...]


def chapters(entries: Iterable[Entry], address: str = "") -> tuple[Chapter, ...]:
    """Return the runs, the one that started last first.

    Args:
        entries: A journal, oldest first.
        address: Tell only of this deployment; the other runs have no deeds then.
    """
    headers: dict[str, RunHeader] = {}
    of_run: dict[str, list[Entry]] = {}
    for entry in entries:
        if isinstance(entry, RunStarted):
            headers[entry.header.run] = entry.header
        else:
            of_run.setdefault(entry.run, []).append(entry)
    return tuple(_chapter(header, of_run.get(run, []), address) for run, header in reversed(headers.items()))


def _chapter(header: RunHeader, entries: list[Entry], address: str) -> Chapter:
    end = next((entry for entry in entries if isinstance(entry, RunFinished)), None)
    outcomes = {entry.number: entry for entry in entries if isinstance(entry, OutcomeRecorded)}
    deeds = tuple(deed for deed in _deeds(entries, outcomes) if address in ("", deed.address))
    return Chapter(header, None if end is None else end.at, None if end is None else end.exit_code, deeds)


def _deeds(entries: Iterable[Entry], outcomes: Mapping[int, OutcomeRecorded]) -> Iterator[Deed]:
    for entry in entries:
        match entry:
            case IntentRecorded():
                yield _step(entry, outcomes.get(entry.number))
            case FieldsRemembered():
                if entry.paths:
                    yield Deed(entry.at, entry.address, f"record {enumeration(map(printable, entry.paths))}")
            case Forgotten():
                yield Deed(entry.at, entry.address, "let go of it")
            case DriftSeen():
                if entry.fields:
                    yield Deed(entry.at, entry.address, f"see {enumeration(map(_drifted, entry.fields))}")
            case RunStarted() | RunFinished() | OutcomeRecorded():
                pass
            case _:
                assert_never(entry)


def _drifted(field: tuple[str, str]) -> str:
    return printable(f"{field[0]} {field[1]}")


def _step(intent: IntentRecorded, ended: OutcomeRecorded | None) -> Deed:
    what = action_text(intent.action)
    if ended is None:
        return Deed(intent.at, intent.address, what, IN_DOUBT)
    return Deed(ended.at, intent.address, what, *_ended(ended.outcome))


def _ended(outcome: Outcome) -> tuple[str, str]:
    match outcome:
        case Done():
            return "done", ""
        case AlreadySatisfied(why):
            return "already satisfied", why
        case Skipped(because):
            return "skipped", because
        case Failed(error):
            return "failed", error
        case Unverified(why):
            return "unverified", why
        case _:
            assert_never(outcome)


def until(entries: Iterable[Entry], moment: datetime) -> list[Entry]:
    """Return the entries that had been made by a moment; of one whose time nobody can read, its place decides."""
    return [entry for entry in entries if (at := moment_of(made_at(entry))) is None or at <= moment]
