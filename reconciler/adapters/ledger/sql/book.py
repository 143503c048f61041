"""The journal in a SQL database, as blocking calls: each is one transaction, and every failure a LedgerError.

append     check the leases, move the catalog's head on (writers queue there), insert the entries behind it, commit
recall     the last checkpoint, then the entries after it, folded by `core.journal`
exchange   read the leases, change them as `core.lease` says, commit
prune      read, fold as `core.retention` says; then put the baseline in place of the entries, and commit
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from reconciler.adapters.ledger.home import concerned
from reconciler.adapters.ledger.processes import living
from reconciler.adapters.ledger.sql import baselines, rosters, statements
from reconciler.adapters.ledger.sql.migrations import STEPS, migrate, version_of
from reconciler.core.lease import check
from reconciler.core.retention import Pruned, prune
from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from reconciler.adapters.ledger.home import Line
    from reconciler.adapters.ledger.sql.migrations import Steps
    from reconciler.adapters.ledger.sql.place import Place
    from reconciler.adapters.ledger.threaded import Exchange
    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.journal import Entry, RunSummary
    from reconciler.core.lease import Lease, Roster
    from reconciler.core.retention import Baseline, Pruning

T = TypeVar("T")

CHECKPOINT_AFTER: Final = 2_000
"""Entries after the last checkpoint from which on a new one is written: about a tenth of a second of folding."""


class SqlBook:
    """The journals of all catalogs in one database; to be used by one thread at a time.

    Args:
        place: Where it is.
        checkpoint_after: Write a checkpoint when more entries than this came after the last one.
        steps: The migrations that make the database what it has to be.
    """

    def __init__(self, place: Place, *, checkpoint_after: int = CHECKPOINT_AFTER, steps: Steps = STEPS) -> None:
        self._place = place
        self._checkpoint_after = checkpoint_after
        self._steps = steps
        self._up_to_date = False

    def recall(self, catalog: str) -> Mapping[str, AppliedDeployment]:
        """Return what is applied, by address. Raises LedgerError."""
        with self._reading() as connection:
            return {} if connection is None else statements.fold(connection, catalog)[1].view()

    def lines(self, catalog: str, after: int) -> Sequence[Line]:
        """Return the entries behind a sequence number, oldest first. Raises LedgerError."""
        with self._reading() as connection:
            return () if connection is None else tuple(statements.lines(connection, catalog, after))

    def runs(self, catalog: str, limit: int) -> Sequence[RunSummary]:
        """Return the newest `limit` runs, newest first. Raises LedgerError."""
        with self._reading() as connection:
            return () if connection is None else statements.runs(connection, catalog, limit)

    def catalogs(self) -> Sequence[str]:
        """Return the names of the catalogs that have entries, sorted. Raises LedgerError."""
        with self._reading() as connection:
            return () if connection is None else statements.catalogs(connection)

    def append(self, catalog: str, entries: Sequence[Entry], under: Sequence[Lease] = ()) -> None:
        """Add entries in order, all or none; they are on the disk when this returns.

        Raises: LedgerError, LeaseLost, LeaseHeld.
        """
        rows = [statements.row_of(catalog, entry) for entry in entries]
        if not rows:
            return
        with self._writing() as connection:
            if about := concerned(entries):
                roster, reading = living(rosters.read(connection, catalog)), self._place.reading(connection)
                check(roster, about, under=under, reading=reading)
            folded = max(statements.checkpointed(connection, catalog), baselines.reached(connection, catalog))
            tail = statements.add(connection, rows) - folded
        if tail > self._checkpoint_after:
            # The entries are safe. Without the shortcut the next recall takes longer, which is no reason to fail.
            with contextlib.suppress(LedgerError):
                self._keep_checkpoint(catalog)

    def _keep_checkpoint(self, catalog: str) -> None:
        # Folding takes its time, so it happens before other writers are excluded.
        with self._explained(), self._place.reader.begin() as connection:
            sequence, memory = statements.fold(connection, catalog)
        with self._writing() as connection:
            statements.keep_checkpoint(connection, catalog, sequence, memory)

    def baseline(self, catalog: str) -> Baseline | None:
        """Return what stands for pruned entries. Raises LedgerError."""
        with self._reading() as connection:
            return None if connection is None else baselines.read(connection, catalog)

    def prune(self, catalog: str, pruning: Pruning) -> Pruned:
        """Let a baseline take the place of the oldest runs, all or none. Raises LedgerError."""
        while True:
            # Reading and folding take their time, so they happen before other writers are excluded.
            with self._reading() as connection:
                if connection is None:
                    return Pruned(0, 0, None)
                before = baselines.read(connection, catalog)
                entries = [line.entry for line in statements.lines(connection, catalog, 0)]
            pruned = prune(before, entries, pruning)
            if pruned.baseline is None or not pruned.entries or self._put(catalog, before, pruned.baseline):
                return pruned

    def _put(self, catalog: str, before: Baseline | None, after: Baseline) -> bool:
        """Put a baseline in its place, unless another pruning came first; tell whether it was put."""
        with self._writing() as connection:
            # Entries are only ever added at the end: nothing but a pruning changes what was read of the oldest.
            if baselines.reached(connection, catalog) != (0 if before is None else before.sequence):
                return False
            baselines.put(connection, catalog, after)
        return True

    def restore(self, catalog: str, baseline: Baseline, entries: Sequence[Entry]) -> None:
        """Store a pruned journal as a catalog of its own, all or none. Raises LedgerError, also where there is one."""
        rows = [statements.row_of(catalog, entry) for entry in entries]
        with self._writing() as connection:
            baselines.begin(connection, catalog, baseline)
            if rows:
                statements.add(connection, rows)

    def rosters(self) -> Mapping[str, Roster]:
        """Return the leases of every catalog that has any. Raises LedgerError."""
        with self._reading() as connection:
            if connection is None:
                return {}
            return {name: rosters.read(connection, name) for name in rosters.catalogs(connection)}

    def exchange(self, catalog: str, change: Exchange[T]) -> T:
        """Change the leases of a catalog in one transaction. Raises LedgerError, and what `change` raises."""
        with self._writing() as connection:
            before = rosters.read(connection, catalog)
            after, result = change(before, self._place.reading(connection))
            rosters.write(connection, catalog, before=before, after=after)
        return result

    def close(self) -> None:
        """Let go of the database."""
        self._place.reader.dispose()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection | None]:
        """Give a transaction that sees one state; `None` where there is no ledger yet, and none is made by looking."""
        with self._explained():
            found = self._version()
            if found == 0:
                yield None
                return
            if found < len(self._steps):
                self._migrate()
            with self._place.reader.begin() as connection:
                yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Give a transaction that excludes other writers, and commits at the end or not at all."""
        with self._explained():
            if self._version() < len(self._steps):
                self._place.prepare()
                self._migrate()
            with self._place.writer.begin() as connection:
                yield connection

    def _version(self) -> int:
        if self._up_to_date:
            return len(self._steps)
        if not self._place.exists():
            return 0
        with self._place.reader.begin() as connection:
            found = version_of(connection, latest=len(self._steps))
        self._up_to_date = found == len(self._steps)
        return found

    def _migrate(self) -> None:
        with self._place.writer.begin() as connection:
            migrate(connection, self._steps)
        self._up_to_date = True

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn every failure into a LedgerError that names the place."""
        try:
            yield
        except LedgerError as error:
            raise LedgerError(error.message, where=error.where or self._place.name, hint=error.hint) from error
        except (SQLAlchemyError, OSError, UnicodeError) as error:
            raise self._place.explain(error) from error
