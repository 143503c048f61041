"""Waiting for the platform's own computations: to their end, to the deadline, to a stop, and never on a guess."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reconciler.core.computation import Stage
from reconciler.core.events import Awaiting
from reconciler.core.journal import RunFinished
from reconciler.core.manifest.spec import ABSENT, Ownership
from reconciler.engine.convergence import exit_code_of_report
from reconciler.engine.request import ApplyOptions
from reconciler.engine.stopping import StopSignal
from reconciler.errors import NotFound, NotPermitted, PlatformUnavailable
from tests.engine.declared import W1, catalog, manifest
from tests.engine.plans import live
from tests.engine.worlds import World
from tests.fakes.clock import run
from tests.fakes.platform import FakePlatform, Fault, Profile

if TYPE_CHECKING:
    from reconciler.core.outcome import Report
    from reconciler.engine.tools import Tools
    from reconciler.errors import ReconcilerError

TRAINED = catalog(manifest("alpha", training_data=W1))
AWAY = PlatformUnavailable("no connection")


def waiting(**options: Any) -> ApplyOptions:
    """Return fresh options: a signal belongs to one loop."""
    return ApplyOptions(wait=True, **options)


def applied(
    *words: str | ReconcilerError, profile: Profile = Profile.FULL, options: ApplyOptions | None = None
) -> Report:
    """Apply a reference on a platform that answers so when asked how far it is."""
    return world_of(*words, profile=profile).apply(TRAINED, options=options or waiting())


def world_of(*words: str | ReconcilerError, profile: Profile = Profile.FULL) -> World:
    world = World(FakePlatform(live("alpha"), profile=profile))
    world.platform.computations = {"id-alpha": list(words)}
    return world


def ends(report: Report) -> list[tuple[Stage, str]]:
    return [(each.stage, each.word) for each in report.awaited]


@pytest.mark.parametrize("profile", Profile)
def test_an_apply_waits_until_the_computation_has_ended(profile: Profile) -> None:
    world = World(FakePlatform(profile=profile))
    world.platform.computations = {"id-0001": ["PENDING", "COMPUTING", "COMPUTING", "SUCCESS"]}
    report = world.apply(TRAINED, options=waiting())
    assert ends(report) == [(Stage.ENDED, "SUCCESS")]
    assert exit_code_of_report(report) == 0
    # Rounds after 0, 0.5, 1.5 and 3.5 seconds, and four requests.
    assert report.awaited[0].seconds == pytest.approx(3.54)
    assert [event.words for event in world.heard.events if isinstance(event, Awaiting)] == [
        (("alpha", "PENDING"),),
        (("alpha", "COMPUTING"),),
        (),
    ]


def test_nobody_is_asked_without_being_told_to_wait() -> None:
    assert applied("COMPUTING", options=ApplyOptions()).awaited == ()


def test_a_computation_that_fails_makes_the_apply_incomplete_each_time() -> None:
    world = world_of("COMPUTING", "ERROR")
    for _ in range(2):
        report = world.apply(TRAINED, options=waiting())
        assert ends(report) == [(Stage.FAILED, "ERROR")]
        assert exit_code_of_report(report) == 7


def test_a_deadline_ends_the_wait_and_says_what_was_seen_last() -> None:
    report = applied("COMPUTING", options=waiting(deadline_seconds=20))
    assert ends(report) == [(Stage.RUNNING, "COMPUTING")]
    assert exit_code_of_report(report) == 9
    assert "the platform goes on computing" in report.notes[-1]


@pytest.mark.parametrize(("number", "code"), [(2, 130), (15, 143)])
def test_a_stop_ends_the_wait_at_once_and_the_run_was_recorded_before(number: int, code: int) -> None:
    stop, world = StopSignal(), world_of("COMPUTING")

    async def main() -> Report:
        asyncio.get_running_loop().call_later(30, stop.ask, number)
        return await world.applying(TRAINED, options=waiting(stop=stop))

    report = run(main())
    assert exit_code_of_report(report) == code
    assert report.finished_at == "2026-11-21T20:36:30.000Z"
    assert isinstance(world.ledger.of()[-1], RunFinished)
    assert world.ledger.of()[-1].exit_code == 0


def test_a_stop_before_the_wait_asks_nobody() -> None:
    stop = StopSignal()
    stop_at_once = waiting(stop=stop)

    class Stopping(FakePlatform):
        async def perform(self, *args: object) -> object:
            stop.ask()
            return await super().perform(*args)  # type: ignore[arg-type]

    report = World(Stopping(live("alpha"))).apply(TRAINED, options=stop_at_once)
    assert (report.awaited, exit_code_of_report(report)) == ((), 130)


def test_a_word_that_nobody_described_is_no_end_until_it_stood_long_enough() -> None:
    report = applied("INDEXING", "INDEXING", "SUCCESS")
    assert ends(report) == [(Stage.ENDED, "SUCCESS")]
    report = applied("READY")
    assert ends(report) == [(Stage.UNCLEAR, "READY")]
    assert report.awaited[0].seconds >= 60
    assert exit_code_of_report(report) == 7


def test_a_word_that_changes_is_waited_on_afresh() -> None:
    report = applied(*["ONE"] * 9, "TWO")
    assert ends(report) == [(Stage.UNCLEAR, "TWO")]
    assert report.awaited[0].seconds >= 120 - 10


@pytest.mark.parametrize(
    ("error", "code"), [(NotFound("it has none", status=404), 7), (NotPermitted("the token may not"), 4), (AWAY, 10)]
)
def test_a_platform_that_does_not_answer_leaves_it_unknown(error: ReconcilerError, code: int) -> None:
    report = applied(error)
    assert ends(report) == [(Stage.UNKNOWN, error.message)]
    assert exit_code_of_report(report) == code


def test_a_platform_that_is_away_for_a_moment_is_asked_again() -> None:
    assert ends(applied(AWAY, AWAY, "COMPUTING", AWAY, "SUCCESS")) == [(Stage.ENDED, "SUCCESS")]


def test_an_apply_with_nothing_to_write_waits_for_what_an_earlier_one_began() -> None:
    world = world_of("COMPUTING")
    world.apply(TRAINED)
    world.platform.computations = {"id-alpha": ["COMPUTING", "SUCCESS"]}
    report = world.apply(TRAINED, options=waiting())
    assert report.plan.is_empty
    assert ends(report) == [(Stage.ENDED, "SUCCESS")]


def test_only_references_that_are_ours_and_in_force_are_waited_for() -> None:
    quiet = {"bravo": {}, "charlie": {"training_data": ABSENT}}
    watched = {"delta": {"training_data": W1, "ownership": {"trainingData": Ownership.OBSERVED}}}
    manifests = [manifest(name, **spec) for name, spec in {**quiet, **watched}.items()]
    world = World(FakePlatform(live("alpha")))
    world.platform.computations = {"id-alpha": ["COMPUTING"]}
    world.platform.faults = {1: Fault.REJECT}
    only_alpha = catalog(manifest("alpha", training_data=W1))
    assert world.apply(only_alpha, options=waiting()).awaited == ()
    assert World(FakePlatform()).apply(catalog(*manifests), options=waiting()).awaited == ()


def test_a_held_reference_is_not_waited_for() -> None:
    report = applied("COMPUTING", profile=Profile.SDK_ONLY)
    assert report.awaited == ()


class Mute:
    """An observer and nothing else."""

    def __init__(self, platform: FakePlatform) -> None:
        self.observe, self.look_up = platform.observe, platform.look_up


class Quiet(World):
    """A world whose observer cannot tell how far a computation is."""

    @property
    def tools(self) -> Tools:
        return replace(super().tools, observer=Mute(self.platform))


def test_an_observer_that_cannot_tell_leaves_it_unknown() -> None:
    report = Quiet(FakePlatform(live("alpha"))).apply(TRAINED, options=waiting())
    assert ends(report) == [(Stage.UNKNOWN, "this platform does not tell")]
    assert exit_code_of_report(report) == 7
