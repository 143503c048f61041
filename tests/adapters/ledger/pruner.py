"""A process that prunes a ledger and is killed while it does: `python -m tests.adapters.ledger.pruner URL DIE`.

With DIE = 1 it dies before its one write is stored: before the commit of a database, before the push of a branch; with
DIE = -1 just after it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from reconciler.adapters.ledger.open import open_ledger
from reconciler.core.retention import Pruning, Retention
from tests.adapters.ledger.writer import die


async def main(url: str, death: int) -> None:
    async with open_ledger(url) as ledger:
        if death > 0:
            die(ledger, death)
        await ledger.prune("demo", Pruning(Retention(runs=1), "2026-12-24T00:00:00Z"))
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
