"""The embedded platform agrees with `effect`, action by action and in any order, in both reporting profiles."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core import actions as a
from reconciler.core.actions import ACTIONS
from reconciler.core.manifest.spec import Serving, TriggerEvent
from reconciler.core.unreported import UNREPORTED
from reconciler.errors import Conflict, NotFound
from tests.adapters.picsellia.deeds import ALL_PATHS, Witness, configuration, deeds, disagreements, reported, switches

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.adapters.picsellia.connect import Connection
    from reconciler.core.live import LiveDeployment
    from tests.adapters.picsellia.world import World

READ_BY_THE_SDK = {"name", "models.champion", "models.shadow", "tags", "feedbackLoop.datasets"}


async def created(connection: Connection, action: a.CreateDeployment) -> Witness:
    receipt = await connection.actuator.perform(action, None)
    assert receipt.id is not None
    return Witness(connection, receipt.id)


def simple(world: World, name: str) -> a.CreateDeployment:
    return a.CreateDeployment(name, world.versions["surface@v7"], threshold=0.4, datalake=world.lakes["default"])


@pytest.mark.parametrize("way", [1, -1], ids=["forwards", "backwards"])
def test_every_kind_of_action_does_what_its_effect_says(
    any_world: World, fresh_name: Callable[[], str], way: int
) -> None:
    async def main() -> None:
        async with any_world.connected() as connection:
            witness = await created(connection, simple(any_world, fresh_name()))
            # Twice through, so that each is also met in a state that it or its opposite left behind.
            for action in [*deeds(any_world, fresh_name()), *deeds(any_world, fresh_name())][::way]:
                await witness.see(action)

    kinds = {type(action) for action in deeds(any_world, "any")}
    assert kinds | {a.CreateDeployment, a.DeleteDeployment} == set(ACTIONS)
    asyncio.run(main())


@settings(max_examples=15)
@given(order=st.lists(st.integers(0, 10_000), min_size=1, max_size=14))
def test_any_sequence_of_actions_does_what_their_effects_say(
    any_world: World, fresh_name: Callable[[], str], order: list[int]
) -> None:
    async def main() -> None:
        async with any_world.connected() as connection:
            witness = await created(connection, simple(any_world, fresh_name()))
            choices = deeds(any_world, fresh_name())
            for number in order:
                await witness.see(choices[number % len(choices)])

    asyncio.run(main())


def test_a_creation_leaves_what_its_effect_says(any_world: World, fresh_name: Callable[[], str]) -> None:
    champion, shadow = any_world.versions["surface@v7"], any_world.versions["surface@v8"]
    creations = [
        a.CreateDeployment(fresh_name(), champion),
        a.CreateDeployment(fresh_name(), champion, shadow=shadow, threshold=0.0),
        a.CreateDeployment(fresh_name(), champion, threshold=1.0, datalake=any_world.lakes["cold"]),
        a.CreateDeployment(fresh_name(), any_world.versions["boxes@v1"], serving=Serving.OWN),
    ]

    async def main() -> None:
        async with any_world.connected() as connection:
            for action in creations:
                live = await (await created(connection, action)).look()
                assert not disagreements(action.effect(None), live)
                with pytest.raises(Conflict):
                    await connection.actuator.perform(action, None)

    asyncio.run(main())


def test_a_deletion_leaves_nothing_and_needs_force_where_something_runs(
    any_world: World, fresh_name: Callable[[], str]
) -> None:
    async def main() -> None:
        async with any_world.connected() as connection:
            act = connection.actuator.perform
            idle = await created(connection, simple(any_world, fresh_name()))
            await act(a.DeleteDeployment(), idle.deployment_id)
            assert await connection.observer.look_up(idle.subject) is None
            with pytest.raises(NotFound):
                await act(a.DeleteDeployment(), idle.deployment_id)

            busy = await created(connection, simple(any_world, fresh_name()))
            armed = configuration(any_world, TriggerEvent.FEEDBACK_LOOP, 150)
            await act(a.ConfigureContinuousTraining(armed), busy.deployment_id)
            with pytest.raises(Conflict):
                await act(a.DeleteDeployment(), busy.deployment_id)
            await act(a.DeleteDeployment(force=True), busy.deployment_id)
            assert await connection.observer.look_up(busy.subject) is None

    asyncio.run(main())


def test_before_anything_is_set_up_switching_on_is_refused_and_off_is_done(
    any_world: World, fresh_name: Callable[[], str]
) -> None:
    async def main() -> None:
        async with any_world.connected() as connection:
            witness = await created(connection, simple(any_world, fresh_name()))
            for switch in switches():
                with pytest.raises(NotFound):
                    await connection.actuator.perform(switch, witness.deployment_id)

    asyncio.run(main())


def test_an_alias_that_is_taken_is_a_conflict_and_changes_nothing(
    any_world: World, fresh_name: Callable[[], str]
) -> None:
    data = any_world.datasets

    async def main() -> None:
        async with any_world.connected() as connection:
            witness = await created(connection, simple(any_world, fresh_name()))
            idle = configuration(any_world, TriggerEvent.NONE, None)
            for action in (
                a.PrepareContinuousTraining(idle),
                a.AttachTrainingDataset("train", data["surface@2026-06"]),
            ):
                await witness.see(action)
            before = await witness.look()
            for clash in (("train", "surface@holdout"), ("other", "surface@2026-06")):
                with pytest.raises(Conflict):
                    await connection.actuator.perform(
                        a.AttachTrainingDataset(clash[0], data[clash[1]]), witness.deployment_id
                    )
            assert await witness.look() == before

    asyncio.run(main())


def test_what_is_reported_is_everything_or_what_the_sdk_reads(
    full_world: World, quiet_world: World, fresh_name: Callable[[], str]
) -> None:
    async def look(world: World) -> LiveDeployment:
        async with world.connected() as connection:
            return await (await created(connection, simple(world, fresh_name()))).look()

    assert reported(asyncio.run(look(full_world))) == ALL_PATHS
    quiet = asyncio.run(look(quiet_world))
    assert reported(quiet) == READ_BY_THE_SDK
    assert quiet.serving is UNREPORTED
