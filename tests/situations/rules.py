"""Situations of plans and rules: what was reviewed is not what would run, or a guard says no."""

from __future__ import annotations

import json
import threading
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.situations.stage import SECONDS, Situation, situation
from tests.situations.weather import Answer, weather

if TYPE_CHECKING:
    from tests.situations.stage import Ended, Stage
    from tests.situations.weather import Fate, Passing

TABLE: Final[list[Situation]] = []
bad = partial(situation, among=TABLE)


@bad(6, "threshold", "Plan again")
def a_plan_that_is_stale(stage: Stage) -> Ended:
    """Somebody changed the platform after the plan was reviewed."""
    stage.applied().write(threshold=0.5)
    stage.run("plan", "--out", "reviewed.json")
    stage.api("PATCH", f"/api/deployment/{stage.deployment()['id']}", json={"min_threshold": 0.1})
    return stage.run("apply", "reviewed.json")


@bad(3, "reviewed.json", "hint:")
def a_plan_that_was_edited(stage: Stage) -> Ended:
    """Somebody edited the plan file."""
    stage.applied().write(threshold=0.5)
    stage.run("plan", "--out", "reviewed.json")
    file = stage.folder / "reviewed.json"
    file.write_text(file.read_text().replace("0.5", "0.9"))
    return stage.run("apply", "reviewed.json")


@bad(3, "reviewed.json", "hint:")
def a_plan_that_breaks_off(stage: Stage) -> Ended:
    """The plan file is cut off."""
    stage.write()
    stage.run("plan", "--out", "reviewed.json")
    file = stage.folder / "reviewed.json"
    file.write_text(file.read_text()[:500])
    return stage.run("apply", "reviewed.json")


@bad(5, "was made for", "environment")
def a_plan_for_another_place(stage: Stage) -> Ended:
    """The plan was made for another environment."""
    stage.write()
    both = "".join(f"  {name}:\n    host: {stage.served.url}\n" for name in ("staging", "production"))
    stage.text("reconciler.yaml", f"catalog: demo\nenvironments:\n{both}")
    stage.run("plan", "--env", "staging", "--out", "reviewed.json", PICSELLIA_HOST=None)
    return stage.run("apply", "reviewed.json", "--env", "production", PICSELLIA_HOST=None)


@bad(5, "are live")
def a_name_change_that_is_ambiguous(stage: Stage) -> Ended:
    """A rename finds both the name it leaves and the name it takes."""
    stage.applied()
    other = f"{stage.name}-next"
    stage.write(name=other)
    assert stage.run("apply", "--yes", "--target", other).code == 0
    (stage.folder / ".reconciler" / "ledger.db").unlink()
    (stage.folder / "manifests" / f"{stage.name}.yaml").unlink()
    stage.write(name=other, more=f"  renamedFrom: {stage.name}\n")
    return stage.run("apply", "--yes")


@bad(2, "threshold", "drifted")
def a_hand_on_the_platform(stage: Stage) -> Ended:
    """Somebody changed a setting by hand."""
    stage.applied()
    stage.api("PATCH", f"/api/deployment/{stage.deployment()['id']}", json={"min_threshold": 0.1})
    return stage.run("drift")


@bad(2, "to create")
def changes_where_none_are_expected(stage: Stage) -> Ended:
    """A job wants to know whether there is anything to do, and there is."""
    stage.write()
    return stage.run("plan", "--detailed-exitcode")


@bad(3, "other.json:1:1", "hint:")
def a_document_of_another_kind(stage: Stage) -> Ended:
    """The file given to apply is JSON and no plan."""
    stage.write()
    stage.text("other.json", json.dumps({"kind": "nobody-knows-it"}))
    return stage.run("apply", "other.json", "--yes")


@bad(6, "a-deployment-that-somebody-else-writes", "run", "hint:")
def a_deployment_that_somebody_else_writes(stage: Stage) -> Ended:
    """Another run holds the lease of the deployment."""
    reached, over = threading.Event(), threading.Event()

    def held_up(passing: Passing) -> Fate:
        if passing.writes:
            reached.set()
            over.wait(SECONDS)
        return None

    stage.write()
    with weather(stage.served.url, held_up) as url:
        first = stage.start("apply", "--yes", PICSELLIA_HOST=url)
        first.wait_for(reached)
        second = stage.run("apply", "--yes")
        over.set()
        assert first.end().code == 0
    return second


_DELETE = "  lifecycle: {preventDestroy: false, onRemoval: Delete}\n"


def _removed(stage: Stage, policy: str = "") -> None:
    """Apply two deployments and take the manifest of one away."""
    stage.text("reconciler.yaml", f"catalog: demo\n{policy}")
    stage.write(name=f"{stage.name}-stays")
    gone = stage.write(more=_DELETE)
    assert stage.run("apply", "--yes").code == 0
    gone.unlink()


@bad(5, "a-deletion-that-the-platform-refuses", "forceDelete")
def a_deletion_that_the_platform_refuses(stage: Stage) -> Ended:
    """The platform does not delete a deployment that has predictions."""
    _removed(stage)
    no = Answer(409, b'{"message": "it has 12 predictions"}')
    with weather(stage.served.url, lambda passing: no if passing.method == "DELETE" else None) as url:
        return stage.run("apply", "--prune", "--yes", PICSELLIA_HOST=url)


@bad(5, "owned deployments", "--force")
def a_plan_that_takes_too_much_away(stage: Stage) -> Ended:
    """One plan would delete half of what is owned."""
    _removed(stage, "policy: {ownedFrom: 2}\n")
    return stage.run("apply", "--prune", "--yes")


@bad(5, "--prune", "--target", "Next:")
def a_removal_of_a_part(stage: Stage) -> Ended:
    """Something is to be pruned, and only a part of the manifests is looked at."""
    _removed(stage)
    return stage.run("apply", "--prune", "--yes", "--target", f"{stage.name}-stays")


@bad(5, "two-names-that-change-places-one", "two-names-that-change-places-other", "Next:")
def two_names_that_change_places(stage: Stage) -> Ended:
    """Two deployments are to swap their names."""
    one, other = f"{stage.name}-one", f"{stage.name}-other"
    stage.write(name=one)
    stage.write(name=other)
    assert stage.run("apply", "--yes").code == 0
    stage.write(name=one, more=f"  name: {other}\n")
    stage.write(name=other, more=f"  name: {one}\n")
    return stage.run("apply", "--yes")
