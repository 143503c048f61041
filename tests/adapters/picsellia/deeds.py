"""Actions on the small organisation, and doing one while watching what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.core import actions as a
from reconciler.core.actions import Phase, Repeat, Verdict
from reconciler.core.live import FIELD, LiveDeployment, Management, TrainingConfiguration, canonical_json
from reconciler.core.manifest.spec import Policy, TriggerEvent
from reconciler.core.unreported import UNREPORTED
from reconciler.errors import Conflict, NotFound, Rejected
from reconciler.ports import Subject

if TYPE_CHECKING:
    from reconciler.adapters.picsellia.connect import Connection
    from tests.adapters.picsellia.world import World

ALL_PATHS = frozenset(FIELD)
TAGS = ("night", "day")


def configuration(
    world: World, event: TriggerEvent, threshold: int | None, *, scan: bool = False
) -> TrainingConfiguration:
    parameters = canonical_json({"epochs": 50, "rate": 0.1, "nested": {"a": [1, "é", None, True]}})
    return TrainingConfiguration(world.projects["surface"], event, threshold, scan, parameters)


def switches() -> list[a.Action]:
    return [
        kind(active=active, phase=Phase.ARM if active else Phase.DISARM)
        for active in (True, False)
        for kind in (a.ToggleFeedbackLoop, a.ToggleContinuousTraining, a.ToggleContinuousDeployment)
    ]


def deeds(world: World, renamed: str) -> list[a.Action]:
    """Return actions on one existing deployment, every kind but deletion, with differing values."""
    data, versions = world.datasets, world.versions
    armed = configuration(world, TriggerEvent.FEEDBACK_LOOP, 150)
    idle = configuration(world, TriggerEvent.NONE, None)
    search = configuration(world, TriggerEvent.FEEDBACK_LOOP, 3, scan=True)
    return [
        a.RenameDeployment(renamed),
        a.UpdateSettings(threshold=0.25),
        a.UpdateSettings(sample_rate=0.0, datalake=world.lakes["cold"]),
        a.UpdateSettings(threshold=1.0, sample_rate=1.0, datalake=world.lakes["default"]),
        *(a.SetChampion(versions[f"surface@{name}"]) for name in ("v6", "v7")),
        *(a.SetShadow(versions[f"surface@{name}"]) for name in ("v7", "v8")),
        a.ClearShadow(),
        *(a.CreateTag(name) for name in TAGS),
        *(a.AttachTag(name) for name in TAGS),
        *(a.DetachTag(name) for name in TAGS),
        a.SetTrainingData(data["surface@2026-06"]),
        a.SetTrainingData(data["surface@production"]),
        a.DisableTrainingData(),
        a.SetUpFeedbackLoop(),
        *(a.AttachFeedbackDataset(data[f"surface@{name}"]) for name in ("production", "holdout")),
        *(a.DetachFeedbackDataset(data[f"surface@{name}"]) for name in ("production", "holdout")),
        a.PrepareContinuousTraining(armed),
        *(a.ConfigureContinuousTraining(item) for item in (armed, idle, search)),
        a.AttachTrainingDataset("train", data["surface@2026-06"]),
        a.AttachTrainingDataset("test", data["surface@holdout"]),
        *(a.DetachTrainingDataset(data[f"surface@{name}"]) for name in ("2026-06", "holdout")),
        *(a.ConfigureContinuousDeployment(policy) for policy in Policy),
        *switches(),
        a.RecordManagement(Management("lyon", "1a2b3c4", "manifests/surface.yaml", 1, ("name", "threshold"))),
        a.RecordManagement(Management("paris", None, "é.yaml", 2**31 - 1, ())),
    ]


@dataclass
class Witness:
    """Does actions to one deployment and compares what happens with what `effect` says."""

    connection: Connection
    deployment_id: str

    @property
    def subject(self) -> Subject:
        return Subject("witnessed", (), self.deployment_id, ALL_PATHS)

    async def look(self) -> LiveDeployment:
        live = await self.connection.observer.look_up(self.subject)
        assert live is not None
        return live

    async def see(self, action: a.Action) -> LiveDeployment:
        """Do `action`; its effect is what `effect` says, or it was refused and nothing changed."""
        before = await self.look()
        try:
            await self.connection.actuator.perform(action, self.deployment_id)
        except Rejected as error:
            refusal: Rejected | None = error
        else:
            refusal = None
        after = await self.look()
        _judge(action, refusal, before, after)
        return after


def _judge(action: a.Action, refusal: Rejected | None, before: LiveDeployment, after: LiveDeployment) -> None:
    wanted = before if refusal is not None else action.effect(before)
    assert wanted is not None
    assert not disagreements(wanted, after), f"{action} ({refusal})"
    # What the union says about refusals is so: some mean that it is already done.
    absent = isinstance(refusal, NotFound) and action.absent_means_done
    present = isinstance(refusal, Conflict) and action.repeat is Repeat.CONFLICT_MEANS_DONE
    if refusal is None or absent or present:
        assert action.satisfied_by(after) is not Verdict.UNSATISFIED, f"{action} ({refusal})"


def disagreements(wanted: LiveDeployment, seen: LiveDeployment) -> list[str]:
    """Return every field that both know and disagree about."""
    pairs = {item.path: (item.of(wanted), item.of(seen)) for item in FIELD.values()}
    return [
        f"{path}: effect says {want}, the platform {got}"
        for path, (want, got) in pairs.items()
        if UNREPORTED not in (want, got) and want != got
    ]


def reported(live: LiveDeployment) -> set[str]:
    """Return the paths that the platform tells."""
    return {path for path in ALL_PATHS if FIELD[path].of(live) is not UNREPORTED}
