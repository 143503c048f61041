"""The journal on a branch of a git repository, as blocking calls.

append   put the lines behind the newest commit, and push; if another push came first, fetch and put them behind that
recall   fetch, then the last checkpoint, then the lines after it, folded by `core.journal`
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from random import SystemRandom
from typing import TYPE_CHECKING, Final

from reconciler.adapters.ledger.git import layout
from reconciler.adapters.ledger.git.branches import Move
from reconciler.adapters.ledger.git.desk import Desk, open_desk
from reconciler.adapters.ledger.git.reading import Reader
from reconciler.core.codec.journal import entry_to_json
from reconciler.core.codec.memory import memory_to_json
from reconciler.core.codec.reading import write_text
from reconciler.core.journal import replay
from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.adapters.ledger.git.branches import Moved
    from reconciler.adapters.ledger.git.layout import Head
    from reconciler.adapters.ledger.home import Line
    from reconciler.adapters.ledger.location import GitLocation
    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import Entry, RunSummary

CHECKPOINT_AFTER: Final = 2_000
"""Entries after the last checkpoint from which on a new one is written: about a tenth of a second of folding."""

TRIES: Final = 40
"""How often an append is made again because another came first; one of those who meet always wins."""

UNSURE_TRIES: Final = 3
"""How often a push is tried whose answer was lost, each time after looking whether it arrived."""

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

    def append(self, catalog: str, entries: Sequence[Entry]) -> None:
        """Add entries in order, all or none; they are at the remote when this returns. Raises LedgerError."""
        addition = _Addition(catalog, tuple(entries), tuple(write_text(entry_to_json(entry)) for entry in entries))
        if addition.lines:
            with self._desk().turn():
                self._append(addition)

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
            self._heads = {}
        return self._reader

    def _append(self, addition: _Addition) -> None:
        # What was seen last is tried first: mostly nobody else wrote since, and the push would tell.
        reader, unsure = self._reader or self._fetched(), 0
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
            _pause(number)
        raise LedgerError(
            f"another writer came first {self._tries} times in a row",
            hint="Run again; let fewer jobs write at the same time if this goes on.",
        )

    def _head(self, reader: Reader, catalog: str) -> Head:
        if catalog not in self._heads:
            self._heads[catalog] = reader.head(catalog)
        return self._heads[catalog]

    def _push(self, reader: Reader, head: Head, addition: _Addition) -> Moved:
        desk, grown = self._desk(), head.grown(addition.lines)
        files = addition.files(grown) | ({} if reader.commit else layout.founding_files())
        if grown.sequence - grown.checkpoint[0] > self._checkpoint_after:
            # Without the shortcut the next recall takes longer, which is no reason to fail.
            with suppress(LedgerError):
                files |= addition.checkpoint(grown, reader)
                grown = grown.with_checkpoint()
        commit = desk.repository.commit(reader.commit, files, addition.message(head))
        moved = desk.branch.move(reader.commit, commit)
        if moved.end is Move.DONE:
            self._reader = Reader(desk.repository, commit)
            self._heads[addition.catalog] = grown
        return moved


@dataclass(frozen=True, slots=True)
class _Addition:
    """What one append adds to a catalog: its entries, and the lines that they are stored as."""

    catalog: str
    entries: tuple[Entry, ...]
    lines: tuple[str, ...]

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

    def message(self, head: Head) -> str:
        """Return what the commit is for."""
        name = self.catalog.encode("ascii", "backslashreplace").decode()
        told = f"Append entries {head.sequence + 1} to {head.sequence + len(self.lines)} of {name}"
        # A job for every entry would write entries of its own, for ever.
        return f"{told}\n\n[skip ci]\n"


def _not_pushed(moved: Moved) -> LedgerError:
    return LedgerError(
        f"the ledger's branch could not be pushed: {moved.reason}",
        hint="Check the network and the remote, then run again: nothing is recorded by halves.",
    )


def _pause(number: int) -> None:
    # Those who met draw different pauses, and longer ones the more often they meet.
    time.sleep(_DICE.uniform(0, min(_LONGEST_PAUSE, 0.02 * 1.5**number)))
