"""Situations of stopping: somebody, or the machine, wants the command to end."""

from __future__ import annotations

import signal
import threading
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.situations.stage import SECONDS, Situation, situation
from tests.situations.weather import weather

if TYPE_CHECKING:
    from tests.situations.stage import Ended, Stage
    from tests.situations.weather import Fate, Passing

TABLE: Final[list[Situation]] = []
bad = partial(situation, among=TABLE)

_MANY: Final = "  tags: [one, two, three]\n"


def _signalled(stage: Stage, number: signal.Signals, *arguments: str, when: str) -> Ended:
    """Run a command and send it a signal while the first request of a kind is on its way; it passes afterwards."""
    reached, sent = threading.Event(), threading.Event()

    def fate(passing: Passing) -> Fate:
        if passing.method == when and not reached.is_set():
            reached.set()
            sent.wait(SECONDS)
        return None

    with weather(stage.served.url, fate) as url:
        process = stage.start(*arguments, PICSELLIA_HOST=url)
        process.wait_for(reached)
        process.ask(number)
        # What a signal handler does shows in no way from outside before the answer comes; either order is legal.
        sent.set()
        return process.end()


@bad(130, "stopped")
def ctrl_c_while_looking(stage: Stage) -> Ended:
    """Somebody presses Ctrl-C while a plan looks at the platform."""
    stage.write()
    return _signalled(stage, signal.SIGINT, "plan", when="GET")


@bad(143, "stopped")
def the_job_is_cancelled_while_looking(stage: Stage) -> Ended:
    """The runner cancels a job while it looks at the platform."""
    stage.write()
    return _signalled(stage, signal.SIGTERM, "plan", when="GET")


@bad(130, "skipped")
def ctrl_c_while_writing(stage: Stage) -> Ended:
    """Somebody presses Ctrl-C in the middle of an apply."""
    stage.write(more=_MANY)
    return _signalled(stage, signal.SIGINT, "apply", "--yes", when="POST")


@bad(143, "skipped")
def the_job_is_cancelled_while_writing(stage: Stage) -> Ended:
    """The runner cancels a job in the middle of an apply."""
    stage.write(more=_MANY)
    return _signalled(stage, signal.SIGTERM, "apply", "--yes", when="POST")
