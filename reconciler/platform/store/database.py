"""The database: one engine, transactions that read or write, and the few things SQLite must be told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from reconciler.platform.store.blobs import Blobs
from reconciler.platform.store.faults import Invalid, Raced
from reconciler.platform.store.unit import Actor, Unit

# Starlette runs up to forty handlers at once, and background work adds a few.
_POOL = {"pool_size": 20, "max_overflow": 40, "pool_timeout": 30}
_BEGIN = "transaction_begin"
_ATTEMPTS = 5

T = TypeVar("T")

# How reading and writing transactions differ. A reader sees one snapshot: a list's count and its items must agree.
# SQLite does that by itself, but a writer must take its lock at once or may fail half-way.
_SQLITE: tuple[dict[str, str], dict[str, str]] = ({}, {_BEGIN: "BEGIN IMMEDIATE"})
_OTHERS = ({"isolation_level": "REPEATABLE READ"}, {"isolation_level": "READ COMMITTED"})


class Store:
    """The platform's memory: rows in a database, bytes in a folder.

    Attributes:
        on_submitted: told after each commit that asked for durable work.
    """

    def __init__(self, url: str, blobs: Blobs) -> None:
        self.blobs = blobs
        self.on_submitted: Callable[[], None] = _nothing
        self.engine = _engine(url)
        is_sqlite = self.engine.dialect.name == "sqlite"
        reading, writing = _SQLITE if is_sqlite else _OTHERS
        self._reader = self.engine.execution_options(**reading)
        self._writer = self.engine.execution_options(**writing)
        # SQLite admits one writer. Queueing here is fair and instant; its own busy handler polls.
        self._turn = threading.Lock() if is_sqlite else nullcontext()

    @contextmanager
    def read(self, actor: Actor) -> Iterator[Unit]:
        """Give a unit that sees one snapshot and changes nothing.

        Raises:
            Invalid: for a value that the database cannot hold, such as a text with NUL on PostgreSQL.
        """
        with Session(self._reader, autoflush=False, expire_on_commit=False) as session, _told_of_values():
            yield Unit(session, actor, self.blobs)

    @contextmanager
    def write(self, actor: Actor) -> Iterator[Unit]:
        """Give a unit whose work is committed at the end, or not at all.

        Raises:
            Raced: when the database refuses a row that another transaction made first.
            Invalid: for a value that the database cannot hold, such as a text with NUL on PostgreSQL.
        """
        with self._turn, Session(self._writer, expire_on_commit=False) as session, _told_of_values():
            unit = Unit(session, actor, self.blobs)
            try:
                yield unit
                session.commit()
            except IntegrityError as error:
                raise Raced("Another request made, or removed, what this one needs.") from error
        self.blobs.remove(unit.forsaken)
        if unit.submitted:
            self.on_submitted()

    def settle(self, actor: Actor, work: Callable[[Unit], T]) -> T:
        """Run `work` in a writing transaction and return what it returns; where another was faster, run it again.

        Raises:
            Raced: when that happens `_ATTEMPTS` times in a row.
        """
        for _ in range(_ATTEMPTS - 1):
            with suppress(Raced), self.write(actor) as unit:
                return work(unit)
        with self.write(actor) as unit:
            return work(unit)

    @contextmanager
    def exclusive(self) -> Iterator[Connection]:
        """Give a bare connection in one writing transaction, for changes of the schema."""
        with self._turn, self._writer.begin() as connection:
            yield connection

    @contextmanager
    def founding(self) -> Iterator[Session]:
        """Give a writing transaction without an actor, for what must exist before anybody can act."""
        with self._turn, Session(self._writer, expire_on_commit=False) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


@contextmanager
def _told_of_values() -> Iterator[None]:
    """Tell callers that a value of theirs is one no database of this kind holds."""
    try:
        yield
    except DataError as error:
        raise Invalid(f"The request holds a value that cannot be kept: {error.orig}") from error


def _nothing() -> None:
    return None


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, **_POOL)
        event.listen(engine, "connect", _tell_postgresql)
        return engine
    engine = create_engine(url, connect_args={"timeout": 30}, **_POOL)
    event.listen(engine, "connect", _tell_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _tell_postgresql(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # Compiling one of our queries takes longer than running it; the planner overrates them, and compiles.
    cursor.execute("SET jit = off")
    cursor.close()
    # What a transaction sets goes with it unless it is committed.
    connection.commit()


def _tell_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not open transactions of its own: see `_begin`.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # A killed process loses nothing; a power cut may lose the last commits, never consistency.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
