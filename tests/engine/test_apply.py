"""A whole apply: what is written, remembered and reported, and what a second one does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reconciler.core.events import PhaseStarted, Planned
from reconciler.core.journal import FieldsRemembered, OutcomeRecorded, RunFinished, RunStarted
from reconciler.core.live import Unreadable
from reconciler.core.manifest.spec import ABSENT, Lifecycle, OnRemoval, Serving
from reconciler.core.outcome import Convergence, Done, Unverified
from reconciler.core.plan_json import digest_of
from reconciler.core.planner import PlanPolicy
from reconciler.core.selection import Selection
from reconciler.engine.convergence import exit_code_of_report
from reconciler.engine.request import PlanRequest
from reconciler.errors import LedgerError, NotAuthenticated, PlatformUnavailable, Refused
from tests.engine.declared import SHADOW_POLICY, W1, catalog, manifest, version
from tests.engine.lawful import false_memories, journal_is_whole
from tests.engine.plans import V1, V2, V3, live
from tests.engine.worlds import World
from tests.fakes.platform import FakePlatform, Fault, Profile

if TYPE_CHECKING:
    from reconciler.core.live import Snapshot
    from reconciler.core.outcome import Report
    from reconciler.ports import Scope

ONE = catalog(manifest("alpha", threshold=0.4, tags=("t1", "t9")))
TWO = catalog(manifest("alpha", threshold=0.4), manifest("bravo", threshold=0.4))


def by_verdict(report: Report, kind: Convergence) -> list[str]:
    """Return the fields that ended with a verdict."""
    return [f"{verdict.address} {verdict.path}" for verdict in report.verdicts if verdict.convergence is kind]


def test_a_new_deployment_is_created_configured_proven_and_remembered() -> None:
    world = World()
    report = world.apply(ONE)
    assert {type(outcome) for outcome in report.outcomes.values()} == {Done}
    assert by_verdict(report, Convergence.PROVEN) == [
        "alpha name",
        "alpha threshold",
        "alpha tags",
        "alpha models.champion",
    ]
    assert exit_code_of_report(report) == 0
    assert world.ledger.memory()["alpha"].certain("threshold")
    assert (report.remaining, report.writes, report.notes) == (0, 4, ())


def test_a_second_apply_sends_nothing_asks_nothing_and_records_nothing() -> None:
    world = World()
    world.apply(ONE)
    recorded = len(world.ledger.of())
    world.restart()
    report = world.apply(ONE)
    assert (world.platform.writes, len(world.ledger.of()), len(world.asked)) == ([], recorded, 1)
    assert (exit_code_of_report(report), report.run) == (0, "")
    assert len(by_verdict(report, Convergence.PROVEN)) == 4


def test_a_plan_writes_nothing_anywhere() -> None:
    world = World()
    plan = world.plan(ONE)
    assert not plan.is_empty
    assert (world.platform.writes, world.ledger.of()) == ([], [])
    assert world.heard.of(Planned) == [Planned(plan)]


def test_a_run_is_recorded_from_who_and_what_to_its_exit_code() -> None:
    world = World()
    report = world.apply(ONE, PlanRequest(actor="ana", reason="new line"))
    started, *_, finished = world.ledger.of()
    assert isinstance(started, RunStarted)
    assert isinstance(finished, RunFinished)
    header = started.header
    assert (header.actor, header.reason, header.command) == ("ana", "new line", "apply")
    assert (header.revision, header.repository) == ("1a2b3c4", "https://git.example/team/models")
    assert header.plan_digest == digest_of(world.asked[0])
    assert (header.run, finished.run, finished.exit_code) == (report.run, report.run, 0)
    assert header.run.startswith("20261121T2036")


def test_the_phases_of_an_apply_are_announced_in_order() -> None:
    world = World()
    world.apply(ONE)
    assert [event.name for event in world.heard.of(PhaseStarted)] == ["observe", "plan", "write", "verify"]


def test_nothing_is_written_without_a_yes() -> None:
    world = World(answer=False)
    with pytest.raises(Refused, match="not confirmed"):
        world.apply(ONE)
    assert (world.platform.writes, world.ledger.of()) == ([], [])


def test_a_refused_deployment_leaves_the_rest_alone_and_the_exit_code_says_so() -> None:
    world = World(FakePlatform(live("bravo", serving=Serving.OWN)))
    both = catalog(manifest("alpha"), manifest("bravo", serving=Serving.MANAGED, threshold=0.4))
    report = world.apply(both)
    assert exit_code_of_report(report) == 5
    assert world.platform.named("alpha").champion == V1
    assert world.platform.named("bravo").threshold == 0.0


def test_a_refused_field_is_told_as_diverged_and_the_exit_code_stays_that_of_a_refusal() -> None:
    world = World(FakePlatform(live("alpha", shadow=V2), profile=Profile.SDK_ONLY))
    report = world.apply(catalog(manifest("alpha", champion="v3", shadow=ABSENT)))
    assert by_verdict(report, Convergence.DIVERGED) == ["alpha models.shadow"]
    assert exit_code_of_report(report) == 5
    assert world.platform.named("alpha").champion == V3


def test_a_field_that_does_not_stick_is_named_and_the_apply_is_incomplete() -> None:
    class Forgetful(FakePlatform):
        def _mature(self) -> None:
            super()._mature()
            for known in self.deployments:
                self.edit(known, "threshold", 0.0)

    world = World(Forgetful(live("alpha")))
    report = world.apply(catalog(manifest("alpha", threshold=0.4)))
    assert by_verdict(report, Convergence.DIVERGED) == ["alpha threshold"]
    assert report.remaining == 1
    assert report.notes == ("Planning again would take 1 more step(s): this apply is not complete.",)
    assert exit_code_of_report(report) == 7


def test_unreported_fields_are_assumed_after_they_were_written() -> None:
    world = World(FakePlatform(profile=Profile.SDK_ONLY))
    report = world.apply(catalog(manifest("alpha", threshold=0.4, training_data=W1)))
    assert by_verdict(report, Convergence.ASSUMED) == ["alpha threshold", "alpha trainingData"]
    assumed = next(verdict for verdict in report.verdicts if verdict.path == "threshold")
    assert (assumed.desired, assumed.live) == (0.4, None)
    assert exit_code_of_report(report) == 0


def test_fields_that_nobody_knows_are_held_and_nothing_is_written() -> None:
    world = World(FakePlatform(live("alpha"), profile=Profile.SDK_ONLY))
    report = world.apply(catalog(manifest("alpha", threshold=0.4)))
    assert by_verdict(report, Convergence.HELD) == ["alpha threshold"]
    assert (world.platform.writes, exit_code_of_report(report)) == ([], 0)


def test_a_held_field_that_is_reasserted_is_written_once_and_assumed_from_then_on() -> None:
    world = World(FakePlatform(live("alpha"), profile=Profile.SDK_ONLY))
    declared = catalog(manifest("alpha", threshold=0.4))
    report = world.apply(declared, PlanRequest(PlanPolicy(reassert=frozenset({"threshold"}))))
    assert by_verdict(report, Convergence.ASSUMED) == ["alpha threshold"]
    assert (world.platform.named("alpha").threshold, exit_code_of_report(report)) == (0.4, 0)
    world.restart()
    assert world.apply(declared).plan.is_empty


def test_a_model_slot_left_to_the_platform_has_no_verdict() -> None:
    world = World()
    declared = catalog(manifest("alpha", shadow=version("v2"), continuous_deployment=SHADOW_POLICY))
    world.apply(declared)
    world.restart()
    world.platform.edit("id-0001", "models.shadow", V3)
    report = world.apply(declared)
    assert [verdict.path for verdict in report.verdicts if "shadow" in verdict.path] == []
    assert (world.platform.writes, exit_code_of_report(report)) == ([], 0)


def test_what_was_already_as_desired_is_remembered_without_a_write() -> None:
    world = World(FakePlatform(live("alpha", threshold=0.4)))
    report = world.apply(catalog(TWO.manifests[0]))
    entries = world.ledger.of()
    assert [type(entry) for entry in entries] == [RunStarted, FieldsRemembered, RunFinished]
    assert world.asked == []
    assert report.run == entries[0].header.run
    assert world.ledger.memory()["alpha"].certain("threshold")


def test_a_protection_that_is_removed_counts_once_an_apply_has_seen_it() -> None:
    world = World()
    world.apply(ONE)
    world.restart()
    loose = Lifecycle(prevent_destroy=False, on_removal=OnRemoval.DELETE)
    world.apply(catalog(manifest("alpha", threshold=0.4, tags=("t1", "t9"), lifecycle=loose)))
    memory = world.ledger.memory()["alpha"]
    assert (memory.on_removal, memory.prevent_destroy) == ("Delete", False)
    assert world.platform.writes == []


def test_a_protection_stays_while_the_rest_of_its_manifest_has_not_been_carried_out() -> None:
    world = World()
    world.apply(ONE)
    world.restart()
    world.platform.faults = {1: Fault.REJECT}
    loose = Lifecycle(prevent_destroy=False, on_removal=OnRemoval.DELETE)
    world.apply(catalog(manifest("alpha", threshold=0.7, lifecycle=loose)))
    memory = world.ledger.memory()["alpha"]
    assert (memory.on_removal, memory.prevent_destroy) == ("Orphan", True)


def test_a_creation_that_cannot_be_verified_says_where_to_look_and_is_found_by_the_next_apply() -> None:
    world = World()
    world.platform.faults = {1: Fault.LATE}
    declared = catalog(manifest("alpha", threshold=0.4, sample_rate=0.25))
    report = world.apply(declared)
    assert isinstance(report.outcomes[1], Unverified)
    assert exit_code_of_report(report) == 7
    assert any("may still appear on the platform as 'alpha'" in note for note in report.notes)
    world.restart()
    world.platform.late_by = 0.0
    world.platform._late = [(0.0, *late[1:]) for late in world.platform._late]
    report = world.apply(declared)
    assert [type(write.action).__name__ for write in world.platform.writes] == ["UpdateSettings"]
    assert (exit_code_of_report(report), len(world.platform.deployments)) == (0, 1)


def test_an_unverified_step_is_written_again_by_the_next_apply() -> None:
    world = World(FakePlatform(live("alpha"), profile=Profile.SDK_ONLY))
    declared = catalog(manifest("alpha", training_data=W1))
    request = PlanRequest(PlanPolicy(reassert=frozenset({"trainingData"})))
    world.platform.faults = dict.fromkeys(range(1, 9), Fault.LOST_BEFORE)
    report = world.apply(declared, request)
    assert any("may or may not have landed" in note for note in report.notes)
    assert by_verdict(report, Convergence.UNKNOWN) == ["alpha trainingData"]
    world.restart()
    assert exit_code_of_report(world.apply(declared)) == 0
    assert world.platform.named("alpha").training_data is not None


def test_a_deployment_found_under_the_name_in_the_last_instant_is_not_believed_to_be_as_created() -> None:
    class Invaded(FakePlatform):
        async def look_up(self, subject: object) -> object:
            self.deployments.setdefault("id-alpha", live("alpha", champion=V2, threshold=0.9))
            return await super().look_up(subject)  # type: ignore[arg-type]

    world = World(Invaded())
    report = world.apply(catalog(manifest("alpha", threshold=0.4)))
    assert report.remaining == 2
    assert exit_code_of_report(report) == 7
    assert false_memories(world) == []
    world.restart()
    assert exit_code_of_report(world.apply(catalog(manifest("alpha", threshold=0.4)))) == 0


def test_a_platform_that_is_away_after_the_writes_leaves_fields_unknown_and_exit_code_10() -> None:
    world = World(FakePlatform(live("alpha")))
    # One look to plan, one to compare, one before bravo's creation; the fourth is to verify.
    world.platform.read_faults = {4: PlatformUnavailable("no connection")}
    report = world.apply(TWO)
    assert set(by_verdict(report, Convergence.UNKNOWN)) >= {"alpha threshold", "bravo threshold"}
    assert (report.remaining, exit_code_of_report(report)) == (None, 10)


def test_a_platform_that_cannot_be_read_at_first_raises_and_leaves_no_trace() -> None:
    world = World()
    world.platform.read_faults = {1: PlatformUnavailable("no connection")}
    with pytest.raises(PlatformUnavailable):
        world.apply(ONE)
    assert world.ledger.of() == []


def test_a_token_that_expires_while_writing_gives_exit_code_4_and_an_account_of_everything() -> None:
    world = World()
    world.platform.faults = {2: Fault.DENY}
    world.platform.read_faults = {5: NotAuthenticated("the token is not known")}
    report = world.apply(TWO)
    assert exit_code_of_report(report) == 4
    assert set(report.outcomes) == {step.number for step in report.plan.steps}
    assert any(note.startswith("Nothing new was started: the token is not known.") for note in report.notes)


def test_intents_that_cannot_be_recorded_raise_before_the_first_write() -> None:
    world = World()
    world.ledger.failing = frozenset({1})
    with pytest.raises(LedgerError):
        world.apply(ONE)
    assert (world.platform.writes, world.ledger.of()) == ([], [])


def test_what_landed_and_could_not_be_recorded_is_said() -> None:
    world = World()
    world.ledger.failing = frozenset(range(2, 99))
    report = world.apply(TWO)
    assert exit_code_of_report(report) == 1
    assert "The ledger could not be written: disk full" in report.notes
    assert "CreateDeployment of alpha (step 1) landed but is not recorded; the next plan looks again." in report.notes


def test_a_ledger_that_comes_back_gets_everything_in_order() -> None:
    world = World()
    world.ledger.failing = frozenset({2})
    report = world.apply(ONE)
    assert journal_is_whole(world)
    assert not any("landed but is not recorded" in note for note in report.notes)
    outcomes = [entry.number for entry in world.ledger.of() if isinstance(entry, OutcomeRecorded)]
    assert sorted(outcomes) == sorted(report.outcomes)


def test_a_failing_ledger_with_nothing_to_write_is_told_and_not_raised() -> None:
    world = World(FakePlatform(live("alpha")))
    world.ledger.failing = frozenset({1})
    report = world.apply(catalog(manifest("alpha")))
    assert (exit_code_of_report(report), report.notes) == (1, ("The ledger could not be written: disk full",))


def test_a_targeted_apply_brings_along_what_the_target_depends_on_and_nothing_else() -> None:
    world = World()
    three = catalog(manifest("alpha", depends_on=("bravo",)), manifest("bravo"), manifest("charlie"))
    request = PlanRequest(PlanPolicy(selection=Selection(targets=frozenset({"alpha"}))))
    report = world.apply(three, request)
    assert [step.address for step in report.plan.steps] == ["bravo", "alpha"]
    assert {live.name for live in world.platform.deployments.values()} == {"alpha", "bravo"}
    assert not report.plan.observed.complete


def test_many_deployments_are_looked_at_again_by_one_listing() -> None:
    world = World()
    many = catalog(*(manifest(f"d{n:02}") for n in range(12)))
    report = world.apply(many)
    # One look to plan, one to compare, one look-up before each creation, one to verify.
    assert (world.platform.reads, exit_code_of_report(report)) == (15, 0)
    assert report.requests == {"GET /api/organization/{org}/deployments": 3}


def test_a_meter_counts_the_requests_of_this_apply_only() -> None:
    class Counts:
        def __init__(self) -> None:
            self.routes = {"GET /a": 5, "PATCH /b": 1}
            self.writes = 1

    world, counts = World(FakePlatform(live("alpha"))), Counts()

    class Metered(FakePlatform):
        async def perform(self, *args: object) -> object:
            counts.routes["PATCH /b"] += 1
            counts.writes += 1
            return await super().perform(*args)  # type: ignore[arg-type]

    world = World(Metered(live("alpha")), meter=counts)
    report = world.apply(catalog(manifest("alpha", threshold=0.4)))
    assert (report.requests, report.writes) == ({"PATCH /b": 1}, 1)


def test_a_name_that_one_deployment_gives_up_is_taken_by_another_in_one_apply() -> None:
    world = World(FakePlatform(live("alpha")))
    moved = manifest("bravo", name="alpha-2", renamed_from="alpha")
    report = world.apply(catalog(moved, manifest("alpha", champion="v2")))
    assert exit_code_of_report(report) == 0
    assert world.platform.named("alpha-2").id == "id-alpha"
    assert world.platform.named("alpha").champion == V2


@pytest.mark.parametrize("profile", Profile)
def test_a_second_listing_does_not_make_untouched_deployments_less_known(profile: Profile) -> None:
    world = World(FakePlatform(profile=profile))
    quiet = [manifest(f"q{n}", tags=("t1",)) for n in range(2)]
    world.apply(catalog(*quiet))
    world.restart()
    report = world.apply(catalog(*quiet, *(manifest(f"d{n:02}", tags=("t1",)) for n in range(12))))
    assert len(by_verdict(report, Convergence.PROVEN)) == 3 * 14
    assert (report.remaining, exit_code_of_report(report)) == (0, 0)


def test_a_deployment_that_cannot_be_read_after_its_writes_gives_exit_code_10() -> None:
    class Fading(FakePlatform):
        async def observe(self, scope: Scope) -> Snapshot:
            seen = await super().observe(scope)
            return replace(seen, unreadable=(Unreadable("id-alpha", "alpha", "502"),)) if self.reads == 3 else seen

    world = World(Fading(live("alpha"), live("bravo")))
    report = world.apply(TWO)
    assert exit_code_of_report(report) == 10
    assert "alpha threshold" in by_verdict(report, Convergence.UNKNOWN)
    assert "bravo threshold" in by_verdict(report, Convergence.PROVEN)
    assert report.notes == ("alpha could not be looked at again: alpha could not be read: 502",)
