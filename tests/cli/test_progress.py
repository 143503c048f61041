"""Progress and logs: a bar on a terminal, a line now and then elsewhere, nothing in CI; never on stdout."""

import asyncio
import io
import logging
import sys

import pytest

from reconciler.cli.console import Console
from reconciler.cli.options import LogFormat, Talk
from reconciler.cli.runs.bars import Bars
from reconciler.cli.runs.logs import configure_logs
from reconciler.cli.runs.progress import Lines, Progress, Silence, State, progress
from reconciler.core.events import PhaseStarted, Planned, RequestsSeen, StepEnded, StepRetried, StepStarted
from reconciler.core.outcome import Done
from tests.render import samples

STEP = samples.changes().steps[0]
EVENTS = (
    PhaseStarted("observe"),
    Planned(samples.clean()),
    PhaseStarted("write", 6),
    StepStarted(STEP),
    StepRetried(STEP, 2, "busy", 1.5),
    StepEnded(STEP, Done()),
    RequestsSeen(3),
)


class Sent:
    def __init__(self) -> None:
        self.routes = {"GET /a": 2, "PATCH /b": 1}


def test_the_state_follows_events_and_counts_requests() -> None:
    state = State(counts=Sent())
    for event in EVENTS:
        state.take(event)
    assert state.text == "Writing: 1 of 6 actions, 3 requests so far"
    state.take(PhaseStarted("verify"))
    assert state.text == "Looking again: 3 requests so far"


def test_lines_are_said_while_it_lasts_and_not_after(capsys: pytest.CaptureFixture[str]) -> None:
    async def play() -> None:
        lines = Lines(Console(Talk(), None, {}), seconds=0)
        lines.start(State(phase="Planning"))
        for _ in range(5):
            await asyncio.sleep(0)
        lines.refresh()
        lines.stop()
        told = capsys.readouterr().err
        assert told.startswith("Planning: 0 requests so far\n")
        await asyncio.sleep(0)
        assert capsys.readouterr().err == ""

    asyncio.run(play())


@pytest.mark.parametrize(
    ("talk", "variables", "display"),
    [(Talk(quiet=True), {}, Silence), (Talk(), {"CI": "true"}, Silence), (Talk(), {}, Lines)],
)
def test_the_display_suits_the_place(talk: Talk, variables: dict[str, str], display: type) -> None:
    async def chosen() -> object:
        async with progress(Console(talk, None, variables)) as shown:
            return shown._display

    assert isinstance(asyncio.run(chosen()), display)


def test_on_a_terminal_a_bar_is_shown_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    bars = Bars()
    shown = Progress(bars)
    shown.watch(Sent())
    for event in EVENTS:
        shown.announce(event)
    shown.close()
    shown.close()
    shown.announce(EVENTS[0])
    text = terminal.getvalue()
    assert "Writing" in text
    assert "1/6" in text
    assert "3 requests" in text
    # The line is erased, and the cursor is back.
    assert text.rstrip().endswith(("\x1b[2K", "\x1b[?25h"))


def test_listeners_hear_every_event() -> None:
    heard: list[object] = []
    shown = Progress(Silence())
    shown.tell(heard.append)
    for event in EVENTS:
        shown.announce(event)
    assert tuple(heard) == EVENTS


@pytest.mark.parametrize(
    ("talk", "told"),
    [
        (Talk(quiet=True), set()),
        (Talk(), {"step retried"}),
        (Talk(verbose=1), {"phase started", "planned", "step started", "step retried", "step ended"}),
    ],
)
def test_logs_say_as_much_as_was_asked_for(talk: Talk, told: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Talk(verbose=talk.verbose, quiet=talk.quiet, log_format=LogFormat.JSON))
    shown = Progress(Silence())
    for event in EVENTS:
        shown.announce(event)
    out, err = capsys.readouterr()
    assert out == ""
    assert {
        word for word in ("phase started", "planned", "step started", "step retried", "step ended") if word in err
    } == told


def test_a_librarys_words_come_in_our_form(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("httpx").disabled = True  # as another library's `dictConfig` leaves it
    configure_logs(Talk(verbose=2))
    logging.getLogger("httpx").info("HTTP Request: GET")
    retry = {"retry": 2, "why": "busy", "called_with": ("secret",)}
    logging.getLogger("reconciler.picsellia").warning("trying again", extra=retry)
    lines = capsys.readouterr().err.splitlines()
    assert 'level=debug event="HTTP Request: GET" source=httpx' in lines[0]
    assert 'level=warning event="trying again" source=reconciler.picsellia retry=2 why=busy' in lines[1]
    assert "secret" not in lines[1]
