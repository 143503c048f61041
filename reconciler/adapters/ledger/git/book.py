"""The journal on a branch of a git repository, as blocking calls.

append     check the leases, put the lines behind the newest commit, and push; if another came first, begin again
recall     fetch, then the last checkpoint, then the lines after it, folded by `core.journal`
exchange   fetch, change the leases as `core.lease` says, and push; if another push came first, begin again
prune      fetch, fold as `core.retention` says, and push one commit that takes the old entries out of the tree
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from random import SystemRandom
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from reconciler.adapters.ledger.git import layout
from reconciler.adapters.ledger.git.branches import Move
from reconciler.adapters.ledger.git.desk import Desk, open_desk
from reconciler.adapters.ledger.git.reading import Reader
from reconciler.adapters.ledger.home import concerned
from reconciler.adapters.ledger.processes import living
from reconciler.core.codec.journal import entry_to_json
from reconciler.core.codec.lease import roster_to_json
from reconciler.core.codec.memory import memory_to_json
from reconciler.core.codec.reading import write_text
from reconciler.core.journal import replay
from reconciler.core.lease import Reading, check
from reconciler.core.retention import prune
from reconciler.errors import LeaseConflict, LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.adapters.ledger.git.branches import Moved
    from reconciler.adapters.ledger.git.layout import Head
    from reconciler.adapters.ledger.home import Line
    from reconciler.adapters.ledger.location import GitLocation
    from reconciler.adapters.ledger.threaded import Exchange
    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import Entry, RunSummary
    from reconciler.core.lease import Lease, Roster
    from reconciler.core.retention import Baseline, Pruned, Pruning

T = TypeVar("T")

CHECKPOINT_AFTER: Final = 2_000
"""Entries after the last checkpoint from which on a new one is written: about a tenth of a second of folding."""

TRIES: Final = 40
"""How often an append is made again because another came first; one of those who meet always wins."""

UNSURE_TRIES: Final = 3
"""How often a push is tried whose answer was lost, each time after looking whether it arrived."""

SLACK: Final = 0.25
"""By how much of its length a lease is kept for its holder: so much may the clocks of the machines that push differ."""

_TAKEN: Final = "Import into a ledger that nobody has written to."
_LONGEST_PAUSE: Final = 1.5
_DICE: Final = SystemRandom()


class GitBook:
    """The journals of all catalogs on one branch; to be used by one thread at a time.

    Args:
        location: Where it is.
        checkpoint_after: Write a checkpoint when more entries than this came after the last one.
        tries: How often an append is made again because another came first.
    """

    def __init__(self, location: GitLocation, *, checkpoint_after: int = CHECKPOINT_AFTER, tries: int = TRIES) -> None:
        self._location = location
        self._checkpoint_after = checkpoint_after
        self._tries = tries
        self._opened: Desk | None = None
        self._reader: Reader | None = None
        self._heads: dict[str, Head] = {}
        self._rosters: dict[str, Roster] = {}

    def recall(self, catalog: str) -> Mapping[str, AppliedDeployment]:
        """Return what is applied, by address. Raises LedgerError."""
        with self._desk().turn():
            return self._fetched().fold(catalog).view()

    def lines(self, catalog: str, after: int) -> Sequence[Line]:
        """Return the entries behind a sequence number, oldest first. Raises LedgerError."""
        with self._desk().turn():
            return self._fetched().lines(catalog, after)

    def runs(self, catalog: str, limit: int) -> Sequence[RunSummary]:
        """Return the newest `limit` runs, newest first. Raises LedgerError."""
        with self._desk().turn():
            return self._fetched().runs(catalog, limit)

    def catalogs(self) -> Sequence[str]:
        """Return the names of the catalogs that have entries, sorted. Raises LedgerError."""
        with self._desk().turn():
            return self._fetched().catalogs()

    def append(self, catalog: str, entries: Sequence[Entry], under: Sequence[Lease] = ()) -> None:
        """Add entries in order, all or none; they are at the remote when this returns.

        Raises: LedgerError, LeaseLost, LeaseHeld.
        """
        lines = tuple(write_text(entry_to_json(entry)) for entry in entries)
        addition = _Addition(catalog, tuple(entries), lines, tuple(under))
        if addition.lines:
            with self._desk().turn():
                self._append(addition)

    def baseline(self, catalog: str) -> Baseline | None:
        """Return what stands for pruned entries. Raises LedgerError."""
        with self._desk().turn():
            return self._fetched().baseline(catalog)

    def prune(self, catalog: str, pruning: Pruning) -> Pruned:
        """Let a baseline take the place of the oldest runs, in one push. Raises LedgerError."""
        with self._desk().turn():
            return self._prune(catalog, pruning)

    def restore(self, catalog: str, baseline: Baseline, entries: Sequence[Entry]) -> None:
        """Store a pruned journal as a catalog of its own, in one push. Raises LedgerError, also where there is one."""
        lines = tuple(write_text(entry_to_json(entry)) for entry in entries)
        with self._desk().turn():
            self._restore(catalog, baseline, lines)

    def rosters(self) -> Mapping[str, Roster]:
        """Return the leases of every catalog that ever had any. Raises LedgerError."""
        with self._desk().turn():
            return self._fetched().rosters()

    def exchange(self, catalog: str, change: Exchange[T]) -> T:
        """Change the leases of a catalog in one push. Raises LedgerError, and what `change` raises."""
        with self._desk().turn():
            return self._exchange(catalog, change)

    def close(self) -> None:
        """Do nothing: every git command has ended by now."""

    def _desk(self) -> Desk:
        if self._opened is None:
            self._opened = open_desk(self._location)
        return self._opened

    def _fetched(self) -> Reader:
        """Return a reader of the newest commit."""
        desk = self._desk()
        tip = desk.branch.tip()
        if self._reader is None or self._reader.commit != tip:
            self._reader = Reader.of(desk.repository, tip)
            self._heads, self._rosters = {}, {}
        return self._reader

    def _exchange(self, catalog: str, change: Exchange[T]) -> T:
        def attempt(reader: Reader) -> _Attempt[tuple[Roster, T]]:
            # Asked again after a lost push, with what is there by then: each change says the same when it is repeated.
            before = self._roster(reader, catalog)
            after, result = change(before, _reading())
            files = {} if after == before else _lease_files(catalog, after)
            return _Attempt(files, f"Change leases of {_printable(catalog)}", (after, result))

        self._rosters[catalog], result = self._moved(attempt)
        return result

    def _prune(self, catalog: str, pruning: Pruning) -> Pruned:
        tried: list[Pruned] = []

        def attempt(reader: Reader) -> _Attempt[Pruned]:
            before = reader.baseline(catalog)
            if tried and before == tried[-1].baseline:
                # The answer to the push was lost, and it had arrived.
                return _Attempt({}, "", tried[-1])
            pruned = prune(before, [line.entry for line in reader.lines(catalog, 0)], pruning)
            tried.append(pruned)
            if pruned.baseline is None or not pruned.entries:
                return _Attempt({}, "", pruned)
            told = f"Prune entries up to {pruned.baseline.sequence} of {_printable(catalog)}"
            return _Attempt(reader.pruned(catalog, pruned.baseline), told, pruned)

        pruned = self._moved(attempt)
        self._heads.pop(catalog, None)
        return pruned

    def _restore(self, catalog: str, baseline: Baseline, lines: Sequence[str]) -> None:
        head = layout.Head(baseline.sequence).grown(lines)
        segment = {f"{layout.folder_of(catalog)}/{head.name}": head.text} if lines else {}
        files = {**layout.baseline_files(catalog, baseline), **segment}
        tried: list[str | None] = []

        def attempt(reader: Reader) -> _Attempt[None]:
            if catalog in reader.catalogs():
                if tried and reader.baseline(catalog) == baseline and tuple(reader.raw(catalog, 0)) == tuple(lines):
                    return _Attempt({}, "", None)
                raise LedgerError(f"catalog {catalog!r} is there already", hint=_TAKEN)
            tried.append(reader.commit)
            return _Attempt(files, f"Restore {_printable(catalog)}", None)

        self._moved(attempt)

    def _moved(self, attempt: Callable[[Reader], _Attempt[T]]) -> T:
        """Try until the branch has moved, each time with what is there by then, or until there is nothing to change."""
        unsure = 0
        for number in range(self._tries):
            reader = self._fetched()
            tried = attempt(reader)
            if not tried.files:
                return tried.result
            moved = self._move(reader, tried.files, tried.told)
            if moved.end is Move.DONE:
                return tried.result
            unsure += moved.end is Move.UNSURE
            if unsure == UNSURE_TRIES:
                raise _not_pushed(moved)
            _pause(number)
        raise _outrun(self._tries)

    def _roster(self, reader: Reader, catalog: str) -> Roster:
        if catalog not in self._rosters:
            self._rosters[catalog] = reader.roster(catalog)
        return self._rosters[catalog]

    def _allowed(self, addition: _Addition) -> Reader:
        """Return the reader to append behind, once the leases allow it. Raises LeaseLost, LeaseHeld."""
        # What was seen last is tried first: mostly nobody else wrote since, and the push would tell.
        reader = self._reader or self._fetched()
        try:
            addition.check(self._roster(reader, addition.catalog))
        except LeaseConflict:
            reader = self._fetched()
            addition.check(self._roster(reader, addition.catalog))
        return reader

    def _append(self, addition: _Addition) -> None:
        reader, unsure = self._allowed(addition), 0
        for number in range(self._tries):
            head = self._head(reader, addition.catalog)
            moved = self._push(reader, head, addition)
            if moved.end is Move.DONE:
                return
            reader, unsure = self._fetched(), unsure + (moved.end is Move.UNSURE)
            # A lost push, too, may have been ours: HTTP libraries send again when a connection breaks, and then the
            # second one meets the first.
            if addition.is_in(reader, head):
                return
            if unsure == UNSURE_TRIES:
                raise _not_pushed(moved)
            addition.check(self._roster(reader, addition.catalog))
            _pause(number)
        raise _outrun(self._tries)

    def _head(self, reader: Reader, catalog: str) -> Head:
        if catalog not in self._heads:
            self._heads[catalog] = reader.head(catalog)
        return self._heads[catalog]

    def _push(self, reader: Reader, head: Head, addition: _Addition) -> Moved:
        grown = head.grown(addition.lines)
        files = addition.files(grown)
        if grown.sequence - grown.folded > self._checkpoint_after:
            # Without the shortcut the next recall takes longer, which is no reason to fail.
            with suppress(LedgerError):
                files |= addition.checkpoint(grown, reader)
                grown = grown.with_checkpoint()
        moved = self._move(reader, files, addition.told(head))
        if moved.end is Move.DONE:
            self._heads[addition.catalog] = grown
        return moved

    def _move(self, reader: Reader, files: Mapping[str, str | None], told: str) -> Moved:
        """Commit files behind what a reader has seen, and move the branch there."""
        desk, founding = self._desk(), {} if reader.commit else layout.founding_files()
        # A job for every entry would write entries of its own, for ever.
        commit = desk.repository.commit(reader.commit, {**founding, **files}, f"{told}\n\n[skip ci]\n")
        moved = desk.branch.move(reader.commit, commit)
        if moved.end is Move.DONE:
            self._reader = Reader(desk.repository, commit)
        return moved


@dataclass(frozen=True, slots=True)
class _Attempt(Generic[T]):
    """What one try would change: files (none for nothing to do), the commit's message, and what to return then."""

    files: Mapping[str, str | None]
    told: str
    result: T


@dataclass(frozen=True, slots=True)
class _Addition:
    """What one append adds to a catalog: its entries, the lines that they are stored as, the leases they stand on."""

    catalog: str
    entries: tuple[Entry, ...]
    lines: tuple[str, ...]
    under: tuple[Lease, ...] = ()

    def check(self, roster: Roster) -> None:
        """Raise LeaseLost or LeaseHeld unless the leases of the catalog allow it."""
        if about := concerned(self.entries):
            check(living(roster), about, under=self.under, reading=_reading())

    def files(self, grown: Head) -> dict[str, str | None]:
        """Return the files that change when the catalog grows to this head."""
        return {f"{layout.folder_of(self.catalog)}/{grown.name}": grown.text}

    def checkpoint(self, grown: Head, reader: Reader) -> dict[str, str | None]:
        """Return the files that change when a checkpoint takes the place of the last one. Raises LedgerError."""
        folder, stale = layout.folder_of(self.catalog), grown.checkpoint[1]
        text = write_text(memory_to_json(replay(self.entries, reader.fold(self.catalog)))) + "\n"
        gone: dict[str, str | None] = {f"{folder}/{stale}": None} if stale else {}
        return gone | {f"{folder}/{layout.checkpoint_name(grown.sequence)}": text}

    def is_in(self, reader: Reader, head: Head) -> bool:
        """Tell whether these lines are the ones behind a head, as after a push whose answer was lost."""
        return tuple(reader.raw(self.catalog, head.sequence)[: len(self.lines)]) == self.lines

    def told(self, head: Head) -> str:
        """Return what the commit is for."""
        last = head.sequence + len(self.lines)
        return f"Append entries {head.sequence + 1} to {last} of {_printable(self.catalog)}"


def _printable(catalog: str) -> str:
    return catalog.encode("ascii", "backslashreplace").decode()


def _lease_files(catalog: str, roster: Roster) -> dict[str, str | None]:
    return {layout.lease_file_of(catalog): write_text(roster_to_json(roster)) + "\n"}


def _reading() -> Reading:
    return Reading(datetime.now(UTC), SLACK)


def _outrun(tries: int) -> LedgerError:
    return LedgerError(
        f"another writer came first {tries} times in a row",
        hint="Run again; let fewer jobs write at the same time if this goes on.",
    )


def _not_pushed(moved: Moved) -> LedgerError:
    return LedgerError(
        f"the ledger's branch could not be pushed: {moved.reason}",
        hint="Check the network and the remote, then run again: nothing is recorded by halves.",
    )


def _pause(number: int) -> None:
    # Those who met draw different pauses, and longer ones the more often they meet.
    time.sleep(_DICE.uniform(0, min(_LONGEST_PAUSE, 0.02 * 1.5**number)))
