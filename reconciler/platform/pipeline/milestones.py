"""How the platform hears of each point that its workers' durable work reaches; a worker goes on once it was heard.

A worker that is watched writes each point as a line on its standard output and reads an empty line as the answer.
"""

import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from reconciler.platform.pipeline.work import Stopped


class Teller:
    """The worker's end: tells points, one at a time."""

    def __init__(self, told: BinaryIO, answers: BinaryIO) -> None:
        self._told = told
        self._answers = answers
        self._turn = threading.Lock()
        self._heard = threading.Semaphore(0)
        self._over = False

    def tell(self, point: str) -> None:
        """Tell a point and wait until it was heard; Stopped when nobody listens any more."""
        with self._turn:
            # Work that goes on after the platform died would go further than the platform did.
            try:
                self._told.write(point.encode() + b"\n")
                self._told.flush()
            except BrokenPipeError:
                raise Stopped from None
            self._heard.acquire()
            if self._over:
                raise Stopped

    def listen(self) -> None:
        """Read answers until there are no more."""
        while self._answers.readline():
            self._heard.release()
        self._over = True
        self._heard.release()


def watch(worker: subprocess.Popen[bytes], milestone: Callable[[str], object]) -> None:
    """Tell `milestone` what a worker tells, in a thread, for as long as the worker lives."""
    threading.Thread(target=_watch, args=(worker, milestone), name=f"watch-{worker.pid}", daemon=True).start()


def _watch(worker: subprocess.Popen[bytes], milestone: Callable[[str], object]) -> None:
    if worker.stdout is None or worker.stdin is None:
        raise TypeError("Only a worker whose standard input and output are pipes can be watched.")
    # It may have been killed, or dismissed, while the point was looked at.
    with worker.stdout, suppress(BrokenPipeError, ValueError):
        for line in worker.stdout:
            milestone(line.decode().strip())
            worker.stdin.write(b"\n")
            worker.stdin.flush()
