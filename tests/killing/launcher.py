"""A fork server: starts the command's `main` in child processes that a SIGKILL really ends, without importing twice.

Reads one order a line from standard input (JSON, see `Order`), forks, and answers twice: `{"pid": …}` once the child
exists, `{"status": …}` once it is gone. A rehearsal is run in the server itself and answered by `{"code": …}`: what it
imports, all later children have already. The server has no thread, no event loop and no connection of its own, so a
child begins as a fresh process does after its imports.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

WRITES: Final = "writes"
"""Name of the file to which a child, or its git, adds one byte for every write to the ledger."""

HASTE: Final = 10.0
"""How many times shorter a hasty child's own pauses are."""


@dataclass(frozen=True)
class Order:
    """One run of the command.

    Attributes:
        arguments: Its arguments.
        folder: Where it runs; its output, and the count of its writes to the ledger, are kept there.
        variables: Its whole environment.
        death: Before or after which write to the ledger it kills itself: (number, "before" or "after").
        hasty: Whether its pauses are shorter than they would be; what it decides does not depend on their length.
        patience: How many seconds it waits for an answer; 0 for as long as the command does.
        rehearsal: Whether the server itself runs it, only to be ready.
    """

    arguments: list[str]
    folder: str
    variables: dict[str, str] = field(default_factory=dict)
    death: tuple[int, str] = (0, "")
    hasty: bool = False
    patience: float = 0.0
    rehearsal: bool = False

    def line(self) -> bytes:
        """Return the order as it is sent."""
        return json.dumps(asdict(self)).encode() + b"\n"


def serve() -> None:
    """Answer orders until there are none."""
    for line in sys.stdin:
        order = Order(**json.loads(line))
        if order.rehearsal:
            _say({"code": _rehearse(order)})
            continue
        child = os.fork()
        if child == 0:
            _become(order)
        _say({"pid": child})
        _, status = os.waitpid(child, 0)
        _say({"status": status})


def _say(answer: Mapping[str, int]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _rehearse(order: Order) -> int:
    """Run once in this process: what it imports and builds, no child has to."""
    kept = [os.dup(number) for number in range(3)]
    code = _call(order)
    sys.stdout.flush()
    sys.stderr.flush()
    for number, duplicate in enumerate(kept):
        os.dup2(duplicate, number)
        os.close(duplicate)
    if find_spec("sniffio") is None:
        # httpcore looks for it at every turn; a child need not search the whole path each time.
        vars(sys)["modules"]["sniffio"] = None
    # A thread would not live in the children, and a lock that it holds would never be free there.
    assert threading.active_count() == 1, threading.enumerate()
    gc.collect()
    # What the children share is not to be copied because a collector counted it.
    gc.freeze()
    return code


def _become(order: Order) -> NoReturn:
    """Be the command."""
    code = 1
    try:
        _watch(Path(order.folder) / WRITES, *order.death)
        if order.hasty:
            _hasten()
        if order.patience:
            _limit(order.patience)
        code = _call(order)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _call(order: Order) -> int:
    from reconciler.__main__ import main

    os.chdir(order.folder)
    _redirect()
    os.environ.clear()
    os.environ.update(order.variables)
    sys.argv = ["reconciler", *order.arguments]
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def _redirect() -> None:
    for name, number in ((os.devnull, 0), ("out", 1), ("err", 2)):
        opened = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)


def _hasten() -> None:
    from reconciler.adapters.clock import SystemClock
    from reconciler.bootstrap import session

    class HastyClock(SystemClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds / HASTE)

        def monotonic(self) -> float:
            return super().monotonic() * HASTE

    vars(session)["SystemClock"] = HastyClock


def _limit(seconds: float) -> None:
    from reconciler.adapters.picsellia.connect import Tuning
    from reconciler.bootstrap import session

    vars(session)["Tuning"] = partial(Tuning, read_seconds=seconds, write_seconds=seconds)


def _watch(tally: Path, number: int, moment: str) -> None:
    """Count every commit that writes to a SQL ledger; at the one that is asked for, die before or after it.

    A git ledger is watched by the `git` that the child finds on its PATH.
    """
    from sqlalchemy import Connection, Engine, event
    from sqlalchemy.pool import Pool

    tally.write_bytes(b"")
    begun = False

    def before(connection: Connection) -> None:
        nonlocal begun
        if any(str(option).startswith("ledger_") for option in connection.get_execution_options()):
            with tally.open("ab") as file:
                file.write(b"x")
            begun = True
            if moment == "before":
                die_at(number)

    def after(*_: object) -> None:
        nonlocal begun
        if begun and moment == "after":
            die_at(number)
        begun = False

    def die_at(wanted: int) -> None:
        if tally.stat().st_size == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "commit", before)
    event.listen(Pool, "checkin", after)


if __name__ == "__main__":
    serve()
