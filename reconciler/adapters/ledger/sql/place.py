"""What differs between SQL databases, gathered in one value: how to begin, how to write, how failures are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

    from reconciler.core.lease import Reading
    from reconciler.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Place:
    """One database that holds, or will hold, a ledger.

    Attributes:
        name: What errors call it, without secrets: a file, or host and database.
        reader: Begins transactions that see one state and exclude nobody.
        writer: Begins transactions that exclude other writers, of this process and of others, from the start.
        exists: Tells whether there is anything to read; asking creates nothing.
        prepare: Makes what has to exist before the first connection that writes.
        explain: Says what a failure of driver or file system means for the user.
        reading: Tells the time by the clock that all who use this database share.
    """

    name: str
    reader: Engine
    writer: Engine
    exists: Callable[[], bool]
    prepare: Callable[[], None]
    explain: Callable[[Exception], LedgerError]
    reading: Callable[[Connection], Reading]
