"""A process that appends to a ledger, for the tests that run several at once or kill one.

`python writer.py URL NAME BATCHES SIZE [DIE]`: each batch that is stored is answered by its number on a line. With DIE
= n the process kills itself inside the transaction of the n-th batch, after its last statement and before its commit.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

from sqlalchemy import event

from reconciler.adapters.ledger.open import open_ledger
from reconciler.adapters.ledger.sql import SqlLedger
from tests.adapters.ledger.samples import batch

if TYPE_CHECKING:
    from sqlalchemy import Connection


def die_at_commit(ledger: object, transactions: int) -> None:
    assert isinstance(ledger, SqlLedger)
    left = iter(range(transactions - 1, -1, -1))

    def die(connection: Connection) -> None:
        if connection.get_execution_options().get("ledger_begin") and next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(ledger._book._place.reader, "commit", die)


async def main(url: str, name: str, batches: int, size: int, die: int) -> None:
    async with open_ledger(url) as ledger:
        if die:
            die_at_commit(ledger, die)
        for number in range(batches):
            await ledger.append("demo", batch(f"{name}-{number}", size))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    url, name, *numbers = sys.argv[1:]
    batches, size, die = (*map(int, numbers), 0)[:3]
    asyncio.run(main(url, name, batches, size, die))
