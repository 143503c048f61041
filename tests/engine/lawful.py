"""What the laws of applying have in common: worlds to start from, and what must hold of a world afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from reconciler.core import actions as a
from reconciler.core.journal import IntentRecorded, OutcomeRecorded, RunFinished, RunStarted
from reconciler.core.live import FIELDS
from reconciler.core.wants import declared_paths
from tests.engine.worlds import World
from tests.fakes.platform import FakePlatform, Profile
from tests.strategies.actions import FULL
from tests.strategies.manifests import catalogs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.live import Field, LiveDeployment
    from reconciler.core.manifest.catalog import Catalog
    from reconciler.core.outcome import Report

PROFILES = st.sampled_from(Profile)

CATALOGS = catalogs(renames=False)
"""Catalogs of up to four deployments, with dependencies."""

RENAMING = catalogs()
"""The same with renames and chains of renames."""

LIVES: st.SearchStrategy[list[LiveDeployment]] = st.lists(FULL, max_size=2, unique_by=lambda live: live.name)
"""Deployments that are there before the first apply, made by somebody else."""


def world_of(lives: Iterable[LiveDeployment], profile: Profile) -> World:
    """Return a world in which these deployments are live and nothing is remembered."""
    return World(FakePlatform(*lives, profile=profile))


def truth(world: World) -> dict[object, dict[str, Any]]:
    """Return everything about every deployment, by name, but its id."""
    return {live.name: {item.path: item.of(live) for item in FIELDS} for live in world.platform.deployments.values()}


def declared_truth(world: World, catalog: Catalog) -> dict[object, dict[str, Any]]:
    """Return the same for what the catalog declares, by name."""
    declared = {manifest.platform_name: declared_paths(manifest) for manifest in catalog}
    return {
        name: {path: value for path, value in fields.items() if path in declared.get(str(name), ())}
        for name, fields in truth(world).items()
    }


def every_step_has_one_outcome(report: Report) -> bool:
    """Tell whether no step was forgotten and none invented."""
    return set(report.outcomes) == {step.number for step in report.plan.steps}


def false_memories(world: World) -> list[str]:
    """Return every field that our memory holds for certain and that is not so on the platform."""
    return [
        f"{address} {item.path}: {item.of(memory.values)}"
        for address, memory in world.ledger.memory().items()
        for item in FIELDS
        if memory.certain(item.path) and not _is_so(world, memory, item)
    ]


def _is_so(world: World, memory: AppliedDeployment, item: Field) -> bool:
    live = world.platform.deployments.get(memory.values.id or "")
    return live is not None and item.of(live) == item.of(memory.values)


def creations(world: World) -> list[str]:
    """Return the names of the deployments that were sent for creation, in order."""
    return [write.action.name for write in world.platform.writes if isinstance(write.action, a.CreateDeployment)]


def journal_is_whole(world: World) -> bool:
    """Tell whether every run has begun and ended, and every intent between has an outcome."""
    entries = world.ledger.of()
    runs = [entry.header.run for entry in entries if isinstance(entry, RunStarted)]
    ended = [entry.run for entry in entries if isinstance(entry, RunFinished)]
    intents = {(entry.run, entry.number) for entry in entries if isinstance(entry, IntentRecorded)}
    outcomes = {(entry.run, entry.number) for entry in entries if isinstance(entry, OutcomeRecorded)}
    last = not entries or isinstance(entries[-1], RunFinished)
    return runs == ended and intents == outcomes and last
