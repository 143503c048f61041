"""Two and ten applies at once, waiting ones, and one that is paused for longer than its lease lasts."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

import pytest

from tests.racing.track import PATIENCE, Track

if TYPE_CHECKING:
    from tests.racing.track import Door, Runner

pytestmark = pytest.mark.slow


class Gate:
    """Stops whoever writes first, after that request was passed on; the others find what it holds."""

    def __init__(self) -> None:
        self.runners: dict[str, Runner] = {}
        self.winner = queue.Queue[str]()
        self._known = threading.Condition()
        self._lock = threading.Lock()
        self._shut = False

    def enter(self, runner: Runner) -> Runner:
        """Say which process a door belongs to; it may write before that is said."""
        with self._known:
            self.runners[runner.door.who] = runner
            self._known.notify_all()
        return runner

    def watch(self, door: Door) -> None:
        """Watch a door."""
        door.at_write = lambda write: self._first(write.who)

    def _first(self, who: str) -> None:
        with self._lock:
            if not self._shut:
                self._shut = True
                with self._known:
                    assert self._known.wait_for(lambda: who in self.runners, PATIENCE)
                self.runners[who].pause()
                self.winner.put(who)

    def first(self) -> Runner:
        """Wait for the first write, and return whose it was."""
        return self.runners[self.winner.get(timeout=PATIENCE)]


def start_together(track: Track, number: int, *options: str) -> Gate:
    """Start processes that pass their first request at the same time."""
    gate, together = Gate(), threading.Barrier(number)
    for _ in range(number):
        door = track.door()
        door.at_first = lambda: together.wait(PATIENCE)
        gate.watch(door)
        gate.enter(track.start(*options, door=door))
    return gate


@pytest.mark.parametrize("number", [2, 10])
def test_of_those_who_apply_at_once_one_writes_and_the_others_are_told_who(track: Track, number: int) -> None:
    gate = start_together(track, number)
    winner = gate.first()
    for runner in track.runners:
        if runner is not winner:
            code, _, talk = runner.end()
            assert code == 6, talk
            assert f"process {winner.process.pid} (run " in talk
            assert "--lock-timeout" in talk
    winner.go_on()
    code, out, talk = winner.end()
    assert code == 0, out + talk
    chains = track.log.by_chain()
    assert sorted(chains) == sorted(track.names)
    assert {who for writers in chains.values() for who in writers} == {winner.door.who}
    assert track.is_clean()


def test_those_who_wait_find_the_work_done(track: Track) -> None:
    gate = start_together(track, 2, "--lock-timeout", str(PATIENCE))
    winner = gate.first()
    (waiting,) = (runner for runner in track.runners if runner is not winner)
    assert f"process {winner.process.pid} " in waiting.says("Waiting up to")
    winner.go_on()
    for runner in track.runners:
        code, out, talk = runner.end()
        assert code == 0, out + talk
    assert {write.who for write in track.log.writes} == {winner.door.who}
    assert track.is_clean()


def test_a_holder_that_is_paused_for_longer_than_its_lease_writes_nothing_when_it_wakes_up(track: Track) -> None:
    gate, door = Gate(), track.door()
    gate.watch(door)
    paused = gate.enter(track.start("--concurrency", "1", door=door, lease=12.0))
    assert gate.first() is paused
    # However slow it is to start: it waits for as long as the lease still lasts, and then takes over.
    code, out, talk = track.start("--lock-timeout", str(PATIENCE)).end()
    assert code == 0, out + talk
    paused.go_on()
    code, out, talk = paused.end()
    assert code == 7, out + talk
    assert "lease" in out + talk
    assert len(track.log.of(door.who)) == 1
    for writers in track.log.by_chain().values():
        assert writers == sorted(writers)
    assert track.is_clean()
