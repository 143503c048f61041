"""The planner alone: a thousand deployments, beside copying and writing out the snapshot that it looks at.

Times are of the processor, the fastest of some rounds. Nothing is read, sent or awaited.
"""

from __future__ import annotations

import copy
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from benchmarks.catalogs import FULL, catalog_of
from reconciler.core.actions import CreateDeployment, CreateTag
from reconciler.core.applied import AppliedDeployment
from reconciler.core.live import BLANK, FIELDS, LiveDeployment, Snapshot, live_to_json
from reconciler.core.planner import PlanPolicy, plan
from reconciler.core.references import Ref, Reference, ReferenceKind, Resolved
from reconciler.core.unreported import UNREPORTED
from reconciler.core.wants import references_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.core.plan import Plan

SIZE: Final = 1_000
ROUNDS: Final = 3

CAPABILITIES: Final = frozenset({"settings", "clear-shadow", "ct-datasets", "model-history"})
TYPED: Final = (ReferenceKind.MODEL_VERSION, ReferenceKind.DATASET_VERSION)
ABSENT: Final = {"feedback_configured": False, "feedback_active": False, "tags": frozenset(), "sample_rate": 1.0}
"""What a platform that reports everything tells of a field that was never set, where that is not null."""


def run() -> None:
    """Measure and print."""
    catalog, policy = catalog_of(FULL, SIZE), PlanPolicy()
    empty = Snapshot((), resolved(references_of(catalog)), CAPABILITIES, Ref("org", "bench"), "http://bench")
    creation = plan(catalog, empty, {}, policy)
    live = replace(empty, deployments=carried_out(creation))
    moved = replace(live, deployments=tuple(replace(each, threshold=0.9) for each in live.deployments))
    applied = {manifest.address: AppliedDeployment(manifest.address) for manifest in catalog}
    assert plan(catalog, live, applied, policy).is_empty, "what was just carried out is in sync"

    print(f"{SIZE:,} deployments that declare every aspect, {len(FIELDS)} fields each:")
    copied = seconds(lambda: copy.deepcopy(live.deployments))
    tell("copy the snapshot deeply", copied, copied)
    tell("write it as JSON", seconds(lambda: json.dumps([live_to_json(each) for each in live.deployments])), copied)
    tell("plan, in sync", seconds(lambda: plan(catalog, live, applied, policy)), copied)
    tell("plan, one field moved each", seconds(lambda: plan(catalog, moved, applied, policy)), copied)
    tell(f"plan, {len(creation.steps):,} steps", seconds(lambda: plan(catalog, empty, {}, policy)), copied)


def resolved(references: frozenset[Reference]) -> dict[Reference, Resolved]:
    """Return every reference resolved to an object of its own."""
    return {
        reference: Resolved(
            Ref(f"id-{reference.kind}-{reference.label}", reference.label),
            inference_type="CLASSIFICATION" if reference.kind in TYPED else None,
        )
        for reference in references
    }


def carried_out(creation: Plan) -> tuple[LiveDeployment, ...]:
    """Return what the actions of a plan leave behind, by their own effects, on a platform that reports everything."""
    states: dict[str, LiveDeployment] = {}
    for step in creation.steps:
        if not isinstance(step.action, CreateTag):
            before = BLANK if isinstance(step.action, CreateDeployment) else states[step.address]
            after = step.action.effect(before)
            assert after is not None, "nothing is deleted here"
            states[step.address] = replace(after, id=f"id-{step.address}")
    return tuple(_reported(state) for state in states.values())


def _reported(state: LiveDeployment) -> LiveDeployment:
    for item in FIELDS:
        if item.of(state) is UNREPORTED:
            state = item.put(state, ABSENT.get(item.attribute))
    return state


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of the fastest round."""
    return min(_round(work) for _ in range(ROUNDS))


def _round(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def tell(name: str, taken: float, yardstick: float) -> None:
    """Print one row."""
    print(f"  {name:<34}{taken:>8.2f} s {taken / SIZE * 1000:>9.2f} ms each {taken / yardstick:>7.1f} x")


if __name__ == "__main__":
    run()
