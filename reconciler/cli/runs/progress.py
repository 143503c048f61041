"""Progress on stderr: a bar per phase on a terminal, a line every few seconds elsewhere, nothing in CI; and logs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, assert_never

import structlog

from reconciler.core import events as e
from reconciler.render.actions import action_text
from reconciler.render.amounts import counted
from reconciler.render.printable import printable
from reconciler.render.report_text import word
from reconciler.render.spans import Span, Style, line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from reconciler.cli.console import Console

_SECONDS: Final = 3.0
"""Between two lines of progress."""

_PHASES: Final[Mapping[str, str]] = {
    "observe": "Reading the platform",
    "plan": "Planning",
    "write": "Writing",
    "verify": "Looking again",
    "wait": "Waiting for training data",
}


class Counts(Protocol):
    """Where the number of requests so far can be read."""

    @property
    def routes(self) -> Mapping[str, int]:
        """Requests by route."""


@dataclass(slots=True)
class State:
    """How far a run is: its phase, how many things it is about, how many are done, how many requests were sent."""

    phase: str = "Connecting"
    total: int = 0
    done: int = 0
    awaited: tuple[tuple[str, str], ...] = ()
    counts: Counts | None = None

    @property
    def requests(self) -> int:
        """Requests so far."""
        return 0 if self.counts is None else sum(self.counts.routes.values())

    def take(self, event: e.Event) -> None:
        """Follow an event."""
        if isinstance(event, e.PhaseStarted):
            self.phase, self.total, self.done = _PHASES.get(event.name, event.name), event.total, 0
        elif isinstance(event, e.StepEnded):
            self.done += 1
        elif isinstance(event, e.Awaiting):
            self.awaited, self.done = event.words, self.total - len(event.words)

    @property
    def text(self) -> str:
        """The state in one sentence."""
        if self.awaited:
            return f"{self.phase}: {_named(self.awaited)}"
        amount = f" {self.done} of {counted(self.total, 'action')}," if self.done else ""
        return f"{self.phase}:{amount} {counted(self.requests, 'request')} so far"


_NAMED: Final = 3
"""Deployments that a line of progress names."""


def _named(awaited: Sequence[tuple[str, str]]) -> str:
    """Return `surface (COMPUTING), scratches (PENDING) and 4 more`."""
    shown = ", ".join(printable(f"{address} ({word})") for address, word in awaited[:_NAMED])
    rest = len(awaited) - _NAMED
    return f"{shown} and {rest} more" if rest > 0 else shown


class Display(Protocol):
    """Shows a state while a run is under way."""

    def start(self, state: State) -> None:
        """Begin to show it."""

    def refresh(self) -> None:
        """Show it as it is now."""

    def stop(self) -> None:
        """End, and leave nothing behind."""


class Progress:
    """Hears what happens and passes it on: to the display, to the logs, to whoever else asks. Fulfils `Announcer`."""

    def __init__(self, display: Display) -> None:
        self.state = State()
        self._own = display
        self._display: Display | None = display
        self._listener: Callable[[e.Event], None] | None = None
        display.start(self.state)

    def watch(self, counts: Counts) -> None:
        """Show the requests counted there."""
        self.state.counts = counts

    def tell(self, listener: Callable[[e.Event], None]) -> None:
        """Pass every further event on."""
        self._listener = listener

    def announce(self, event: e.Event) -> None:
        """Take note of an event."""
        _log(event)
        self.state.take(event)
        if self._display is not None:
            self._display.refresh()
        if self._listener is not None:
            self._listener(event)

    def resume(self) -> None:
        """Show again what happens, after something was printed."""
        if self._display is None:
            self._display = self._own
            self._display.start(self.state)

    def close(self) -> None:
        """Stop showing, so that results can be printed; events are still passed on."""
        if self._display is not None:
            self._display.stop()
            self._display = None


@asynccontextmanager
async def progress(console: Console) -> AsyncIterator[Progress]:
    """Show progress in the way that suits the console."""
    shown = Progress(_display(console))
    try:
        yield shown
    finally:
        shown.close()


def _display(console: Console) -> Display:
    if console.talk_options.quiet or console.in_ci:
        return Silence()
    if console.is_terminal:
        from reconciler.cli.runs.bars import Bars

        return Bars()
    return Lines(console)


class Silence:
    """Shows nothing."""

    def start(self, state: State) -> None:
        """Do nothing."""

    def refresh(self) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""


class Lines:
    """Says every few seconds where a run is; a quick one is never heard of."""

    def __init__(self, console: Console, seconds: float = _SECONDS) -> None:
        self._console = console
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    def start(self, state: State) -> None:
        """Begin to count seconds."""
        self._task = asyncio.get_running_loop().create_task(self._tick(state))

    def refresh(self) -> None:
        """Do nothing: time decides."""

    def stop(self) -> None:
        """Say no more."""
        if self._task is not None:
            self._task.cancel()

    async def _tick(self, state: State) -> None:
        with suppress(asyncio.CancelledError):
            while True:
                await asyncio.sleep(self._seconds)
                self._console.say([line(Span(state.text, Style.MUTED))])


def _log(event: e.Event) -> None:
    log = structlog.get_logger()
    match event:
        case e.PhaseStarted(name, total):
            log.info("phase started", phase=name, total=total)
        case e.Planned(plan):
            log.info("planned", actions=len(plan.steps), deployments=len(plan.chains))
        case e.StepStarted(step):
            log.info("step started", step=step.number, deployment=step.address, action=action_text(step.action))
        case e.StepRetried(step, attempt, why, seconds):
            log.warning(
                "step retried", step=step.number, deployment=step.address, attempt=attempt, why=why, in_s=seconds
            )
        case e.StepEnded(step, outcome):
            log.info("step ended", step=step.number, deployment=step.address, outcome=word(outcome).text)
        case e.Awaiting(words):
            log.info("awaiting training data", deployments=[f"{address} ({word})" for address, word in words])
        case e.LeaseAwaited(why, seconds):
            log.info("lease awaited", reason=why, seconds=seconds)
        case e.RequestsSeen():
            pass
        case _:
            assert_never(event)
