"""Whole plans on the embedded platform, over the wire: what `effect` foretells is what the platform becomes."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adapters.picsellia.connect import Tuning
from reconciler.core import actions as a
from reconciler.core.live import BLANK, FIELDS, LiveDeployment
from reconciler.core.outcome import AlreadySatisfied, Done
from reconciler.core.unreported import UNREPORTED
from reconciler.engine.pipeline import apply, drift, make_plan
from reconciler.engine.request import ApplyOptions, PlanRequest
from reconciler.engine.tools import Tools
from reconciler.platform.app import open_platform
from reconciler.platform.settings import PlatformSettings
from reconciler.platform.store import datalakes, datasets, models, projects
from reconciler.platform.store.words import Framework, InferenceType
from tests.adapters.picsellia.world import World
from tests.fakes.announcer import Recorder
from tests.fakes.clock import FakeClock
from tests.fakes.journal import JournalLedger
from tests.strategies.manifests import (
    DATASET_VERSIONS,
    DATASETS,
    MODEL_VERSIONS,
    MODELS,
    PROJECTS,
    catalog_of,
    manifests,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.adapters.picsellia.connect import Connection
    from reconciler.core.manifest.catalog import Catalog
    from reconciler.core.outcome import Report
    from reconciler.core.plan import Chain, Plan
    from reconciler.platform.settings import Report as Profile

PLANS = 25
"""Whole plans per profile; each is a creation and a change, so twice as many applies."""

CATALOGS = st.tuples(manifests("alpha"), manifests("bravo")).map(catalog_of)
WRITELESS = Tuning(forbid_writes=True)


@contextmanager
def organisation(folder: Path, profile: Profile) -> Iterator[World]:
    """A platform that has every object the generated manifests can name."""
    platform = open_platform(PlatformSettings(data_dir=folder, report=profile))
    try:
        with platform.store.write(platform.owner) as unit:
            owner = platform.owner.organization_id
            lake = datalakes.default(unit, owner)
            datalakes.create(unit.session, owner, "lake2", connector_id=lake.connector_id)
            for name in PROJECTS:
                projects.create(unit, owner, name)
            for name in DATASETS:
                dataset = datasets.create(unit, owner, name)
                for version in DATASET_VERSIONS:
                    datasets.create_version(unit, dataset, version, type=InferenceType.CLASSIFICATION)
            for name in MODELS:
                model = models.create(unit, owner, name)
                for version in MODEL_VERSIONS:
                    release = models.Release(
                        name=version, type=InferenceType.CLASSIFICATION, framework=Framework.ONNX, labels={"0": "a"}
                    )
                    made = models.create_version(unit, model, release)
                    models.record_context(unit, made, versions={}, parameters={"epochs": 50})
        yield World(platform)
    finally:
        platform.close()


async def _yes(_: Plan) -> bool:
    return True


def _tools(connection: Connection, ledger: JournalLedger) -> Tools:
    return Tools(connection.observer, connection.actuator, ledger, FakeClock(), Recorder())


async def _apply(world: World, catalog: Catalog, ledger: JournalLedger) -> tuple[Report, int]:
    async with world.connected() as connection:
        report = await apply(_tools(connection, ledger), catalog, PlanRequest(), ApplyOptions(), _yes)
        return report, connection.counts.writes


async def _look(world: World, catalog: Catalog, ledger: JournalLedger) -> Plan:
    """Plan and look for drift on a connection that cannot write."""
    async with world.connected(WRITELESS) as connection:
        tools = _tools(connection, ledger)
        planned = await make_plan(tools, catalog, PlanRequest())
        await drift(tools, catalog, PlanRequest(command="drift"))
        assert connection.counts.writes == 0
        return planned


def _foretold(report: Report, chain: Chain) -> LiveDeployment:
    state = chain.live or BLANK
    for step in report.plan.steps:
        if step.number in chain.steps and not isinstance(step.action, a.CreateTag):
            after = step.action.effect(state)
            assert after is not None
            state = after
    return state


def _agrees(foretold: LiveDeployment, seen: LiveDeployment) -> None:
    for item in FIELDS:
        expected, found = item.of(foretold), item.of(seen)
        assert UNREPORTED in (expected, found) or expected == found, item.path


async def _carry_out(world: World, catalog: Catalog, ledger: JournalLedger) -> None:
    report, _ = await _apply(world, catalog, ledger)
    assert all(isinstance(outcome, Done | AlreadySatisfied) for outcome in report.outcomes.values())
    again = await _look(world, catalog, ledger)
    assert again.steps == ()
    for chain in report.plan.chains:
        seen = again.chain(chain.address).live
        if chain.steps:
            assert seen is not None
            _agrees(_foretold(report, chain), seen)
    _, writes = await _apply(world, catalog, ledger)
    assert writes == 0, "a second apply of an unchanged catalog writes"


async def _clean_up(world: World, ledger: JournalLedger) -> None:
    async with world.connected() as connection:
        for memory in ledger.memory().values():
            await connection.actuator.perform(a.DeleteDeployment(force=True), memory.values.id)


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["full", "sdk-only"])
def test_whole_plans_come_true_and_a_second_apply_is_silent(
    profile: Profile, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with organisation(tmp_path_factory.mktemp("platform"), profile) as world:

        @settings(max_examples=PLANS)
        @given(CATALOGS, CATALOGS)
        def check(first: Catalog, second: Catalog) -> None:
            async def story() -> None:
                ledger = JournalLedger()
                try:
                    await _carry_out(world, first, ledger)
                    await _carry_out(world, second, ledger)
                finally:
                    await _clean_up(world, ledger)

            asyncio.run(story())

        check()
