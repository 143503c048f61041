"""The laws of executing, on generated plans and faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core import actions as a
from reconciler.core.events import StepEnded, StepStarted
from reconciler.core.outcome import Skipped
from reconciler.engine.request import ApplyOptions
from reconciler.engine.steps.wording import succeeded
from reconciler.ports import unconditional
from tests.engine.execution import execute
from tests.engine.plans import V2, W1, create, live, plan_of, step
from tests.engine.worlds import World
from tests.fakes.platform import FakePlatform, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.plan import Plan, Step
    from reconciler.ports import Permit

ADDRESSES = ("alpha", "bravo", "charlie", "delta", "")
EXISTING = tuple(live(name) for name in ("alpha", "bravo", "charlie"))
WRITES = (a.UpdateSettings(threshold=0.7), a.SetChampion(V2), a.SetTrainingData(W1), a.ClearShadow(), a.AttachTag("t9"))
HARMFUL = st.sampled_from([fault for fault in Fault if "kill" not in fault.value])


def _action(address: str, position: int, choice: int) -> a.Action:
    if not address:
        return a.CreateTag(f"t{position}")
    return create("delta") if address == "delta" and position == 0 else WRITES[choice % len(WRITES)]


def _woven(drawn: Sequence[tuple[str, int, frozenset[int]]]) -> Plan:
    """Return a plan of these (address, choice, steps back to wait for): its own chain first, then whatever is drawn."""
    steps: list[Step] = []
    lengths = dict.fromkeys(ADDRESSES, 0)
    for number, (address, choice, back) in enumerate(drawn, start=1):
        waits = {number - distance for distance in back if distance < number}
        steps.append(step(number, address, _action(address, lengths[address], choice), *sorted(waits)))
        lengths[address] += 1
    return plan_of(*steps, existing=EXISTING)


PLANS = st.lists(
    st.tuples(st.sampled_from(ADDRESSES), st.integers(0, 9), st.frozensets(st.integers(1, 6), max_size=2)),
    min_size=1,
    max_size=20,
).map(_woven)
"""Plans over five chains whose steps wait for any earlier steps, their own chain's or others'."""

FAULTS = st.dictionaries(st.integers(1, 20), HARMFUL, max_size=4)
OPTIONS = st.builds(ApplyOptions, concurrency=st.integers(1, 4), keep_going=st.booleans())


@given(PLANS, FAULTS, OPTIONS)
def test_every_step_has_one_outcome_in_order_and_never_too_many_run_at_once(
    plan: Plan, faults: dict[int, Fault], options: ApplyOptions
) -> None:
    world = World(FakePlatform(*EXISTING))
    world.platform.faults = dict(faults)
    execution = execute(plan, world, options)
    assert set(execution.outcomes) == {each.number for each in plan.steps}
    assert sorted(execution.recorded()) == sorted(execution.outcomes)
    assert world.platform.most_in_flight <= options.concurrency
    _starts_only_after_what_it_waits_for_succeeded(plan, world)
    _runs_each_chain_up_to_its_first_failure(plan, execution.outcomes)


def _starts_only_after_what_it_waits_for_succeeded(plan: Plan, world: World) -> None:
    done: set[int] = set()
    for event in world.heard.events:
        if isinstance(event, StepStarted):
            earlier = {each.number for each in plan.steps if _comes_before(each, event.step)}
            assert earlier | set(event.step.waits_for) <= done
        elif isinstance(event, StepEnded) and succeeded(event.outcome):
            done.add(event.step.number)


def _comes_before(earlier: Step, later: Step) -> bool:
    return bool(later.address) and earlier.address == later.address and earlier.number < later.number


def _runs_each_chain_up_to_its_first_failure(plan: Plan, outcomes: dict[int, object]) -> None:
    for chain in plan.chains:
        ended = [outcomes[number] for number in chain.steps]
        good = [succeeded(outcome) for outcome in ended]  # type: ignore[arg-type]
        first_bad = good.index(False) if False in good else len(good)
        assert all(isinstance(outcome, Skipped) for outcome in ended[first_bad + 1 :])


@given(PLANS, OPTIONS)
def test_without_faults_everything_succeeds_whatever_waits_for_whatever(plan: Plan, options: ApplyOptions) -> None:
    world = World(FakePlatform(*EXISTING))
    world.platform.tags.add("t9")
    execution = execute(plan, world, options)
    assert {kind for kind in execution.kinds() if kind not in ("Done", "AlreadySatisfied")} == set()


@given(PLANS, st.integers(0, 20), OPTIONS)
def test_a_stop_at_any_time_leaves_finished_and_skipped_steps_only(
    plan: Plan, writes: int, options: ApplyOptions
) -> None:
    class Stopping(FakePlatform):
        async def perform(self, action: a.Action, deployment_id: str | None, permit: Permit = unconditional) -> object:
            if len(self.writes) == writes:
                options.stop.ask()
            return await super().perform(action, deployment_id, permit)

    world = World(Stopping(*EXISTING))
    world.platform.tags.add("t9")
    execution = execute(plan, world, options)
    assert set(execution.kinds()) <= {"Done", "AlreadySatisfied", "Skipped"}
    assert len(world.platform.writes) <= writes + options.concurrency
