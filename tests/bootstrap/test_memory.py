"""Each organisation has a memory of its own, and a memory that would be lost is not relied on."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings

from reconciler.adapters.ledger.open import open_ledger
from reconciler.bootstrap.ephemeral import check_memory, unreported
from reconciler.bootstrap.memory import ScopedLedger
from reconciler.core.journal import RunHeader, RunStarted
from reconciler.core.live import FIELD
from reconciler.core.unreported import UNREPORTED
from reconciler.core.wants import declared_paths
from reconciler.errors import SettingsError
from reconciler.settings.resolution import Embedded, LedgerChoice, Settings
from tests.strategies.actions import SDK_SILENT
from tests.strategies.worlds import World, worlds


def settings_of(*, in_ci: bool, is_default: bool) -> Settings:
    return Settings("c", "", Embedded(Path("d"), None), LedgerChoice("ledger.db", is_default), in_ci)


def test_two_organisations_share_a_ledger_and_no_memory(tmp_path: Path) -> None:
    async def play() -> tuple[int, int]:
        async with open_ledger(str(tmp_path / "ledger.db")) as ledger:
            one, other = ScopedLedger(ledger, "org-1"), ScopedLedger(ledger, "org-2")
            await one.append("vision", [RunStarted(RunHeader("run-1", "apply", "2026-11-21T20:36:00Z"))])
            assert await one.recall("vision") == {}
            return len(await one.runs("vision", 10)), len(await other.runs("vision", 10))

    assert asyncio.run(play()) == (1, 0)


@settings(max_examples=100)
@given(worlds())
def test_what_is_declared_and_not_reported_is_what_the_platform_keeps_silent_about(world: World) -> None:
    plan = world.plan()
    expected = set()
    for manifest in world.catalog:
        chain = plan.chain(manifest.address)
        if chain.live is not None:
            expected |= {path for path in declared_paths(manifest) if FIELD[path].of(chain.live) is UNREPORTED}
        elif not world.capabilities:
            expected |= declared_paths(manifest) & SDK_SILENT
    assert unreported(world.catalog, plan) == expected


@settings(max_examples=50)
@given(worlds())
def test_a_ci_job_with_the_default_ledger_stops_exactly_where_fields_are_silent(world: World) -> None:
    plan, silent = world.plan(), bool(unreported(world.catalog, world.plan()))
    for in_ci, is_default in ((False, True), (True, False), (False, False)):
        check_memory(settings_of(in_ci=in_ci, is_default=is_default), world.catalog, plan)
    if not silent:
        check_memory(settings_of(in_ci=True, is_default=True), world.catalog, plan)
        return
    with pytest.raises(SettingsError, match="does not report") as raised:
        check_memory(settings_of(in_ci=True, is_default=True), world.catalog, plan)
    assert raised.value.exit_code == 3
    assert "--ledger" in str(raised.value.hint)
