"""A process that appends to a ledger, for the tests that run several at once or kill one.

`python writer.py URL NAME BATCHES SIZE [DIE]`: each batch that is stored is answered by its number on a line. With DIE
= n the process kills itself while it stores the n-th batch: in a database after its last statement and before its
commit; on a git branch after its commit and before its push, or with DIE = -n just after its push.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import event

from reconciler.adapters.ledger.git.book import GitBook
from reconciler.adapters.ledger.open import open_ledger
from reconciler.adapters.ledger.sql.book import SqlBook
from reconciler.adapters.ledger.threaded import ThreadedLedger
from tests.adapters.ledger.samples import batch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from reconciler.adapters.ledger.git.branches import Branch, Moved


def die_at_commit(book: SqlBook, transactions: int) -> None:
    left = iter(range(transactions - 1, -1, -1))

    def die(_: Connection) -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(book._place.writer, "commit", die)


class Deadly:
    """A branch whose n-th move is the last thing that this process does; after it where n is negative."""

    def __init__(self, branch: Branch, number: int) -> None:
        self.name, self.tip, self.number, self.moves, self._branch = branch.name, branch.tip, number, 0, branch

    def move(self, before: str | None, after: str) -> Moved:
        self.moves += 1
        if self.moves == abs(self.number) and self.number > 0:
            os.kill(os.getpid(), signal.SIGKILL)
        moved = self._branch.move(before, after)
        if self.moves == abs(self.number):
            os.kill(os.getpid(), signal.SIGKILL)
        return moved


def die(ledger: object, number: int) -> None:
    assert isinstance(ledger, ThreadedLedger)
    if isinstance(ledger._book, SqlBook):
        die_at_commit(ledger._book, number)
    else:
        assert isinstance(ledger._book, GitBook)
        desk = ledger._book._desk()
        ledger._book._opened = replace(desk, branch=Deadly(desk.branch, number))


async def main(url: str, name: str, batches: int, size: int, death: int) -> None:
    async with open_ledger(url) as ledger:
        if death:
            die(ledger, death)
        for number in range(batches):
            await ledger.append("demo", batch(f"{name}-{number}", size))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    url, name, *numbers = sys.argv[1:]
    batches, size, death = (*map(int, numbers), 0)[:3]
    asyncio.run(main(url, name, batches, size, death))
