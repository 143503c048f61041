"""One process at a time in one repository: a lock that ends with its holder, whatever happens to it."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS: Final = 300.0
"""How long to wait: longer than several slow pushes, shorter than a job."""

_NAME: Final = "reconciler-ledger.lock"
_PAUSE: Final = 0.02


@contextmanager
def turn(folder: Path, *, seconds: float = SECONDS) -> Iterator[None]:
    """Hold the lock of a git folder.

    Processes of one repository share the references in which it keeps what it has seen of a remote; without the lock
    one would set them back while another reads them.

    Raises:
        LedgerError: another process does not let go, or the folder cannot be written.
    """
    handle = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        _wait(handle, time.monotonic() + seconds)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise LedgerError(
                    "another process of this repository uses the ledger and does not end",
                    hint="See which `reconciler` is running here, and end it if it hangs.",
                ) from error
            time.sleep(_PAUSE)
        else:
            return
