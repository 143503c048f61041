"""Plans and reports built by hand, each showing one thing that a renderer has to say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.actions import (
    AttachTag,
    ClearShadow,
    ConfigureContinuousTraining,
    CreateDeployment,
    CreateTag,
    DeleteDeployment,
    Phase,
    RenameDeployment,
    SetChampion,
    SetTrainingData,
    ToggleContinuousDeployment,
    UpdateSettings,
)
from reconciler.core.diff import Decision, DriftClass, FieldChange
from reconciler.core.gap import Assumption
from reconciler.core.live import LiveDeployment, TrainingConfiguration
from reconciler.core.manifest.catalog import Source
from reconciler.core.manifest.spec import TriggerEvent
from reconciler.core.origin import Origin
from reconciler.core.plan import Chain, Intent, Observed, Orphan, Plan, Risk, Step, Target
from reconciler.core.references import Ref
from reconciler.core.refusal import Refusal, Scope

if TYPE_CHECKING:
    from reconciler.core.actions import Action
    from reconciler.core.live import Json

V7, V8 = Ref("0d7e", "surface-defects@v7"), Ref("1e8f", "surface-defects@v8")
SOURCE = Source(("manifests/",), "sha256:5f70bf18a086007016e948b04aed3b82", None, "1a2b3c4d5e6f7a8b9c0d")
TARGET = Target("production", "https://platform.example", "a0-1", "acme")
OBSERVED = Observed(
    complete=True, at="2026-11-21T20:36:00Z", requests={"GET /api/organization/{organization}/deployments": 2}
)


def ref(reference: Ref) -> Json:
    return {"id": reference.id, "label": reference.label}


def origin(line: int, file: str = "manifests/surface-defects.yaml") -> Origin:
    return Origin(file, line, 3)


def change(path: str, before: Json, after: Json, drift: DriftClass, **more: object) -> FieldChange:
    made = FieldChange(path, path, before, after, drift, Decision.WRITE, origin=origin(9))
    return replace(made, **more)  # type: ignore[arg-type]  # the keywords of FieldChange


def chain(address: str, intent: Intent, **more: object) -> Chain:
    live = None if intent is Intent.CREATE else LiveDeployment(id=f"id-{address}", name=address)
    made = Chain(address, address, intent, live, Origin(f"manifests/{address}.yaml", 2, 1))
    return replace(made, **more)  # type: ignore[arg-type]  # the keywords of Chain


def steps(*parts: tuple[str, Action, tuple[str, ...]]) -> tuple[Step, ...]:
    return tuple(Step(number, *part) for number, part in enumerate(parts, 1))


def plan(*chains: Chain, **more: object) -> Plan:
    made = Plan("vision", SOURCE, TARGET, OBSERVED, chains, ())
    return replace(made, **more)  # type: ignore[arg-type]  # the keywords of Plan


def quiet(number: int) -> tuple[Chain, ...]:
    return tuple(chain(f"quiet-{index}", Intent.NONE, unchanged=3) for index in range(number))


def clean() -> Plan:
    return plan(*quiet(120))


def creation() -> Plan:
    created = chain(
        "surface-defects",
        Intent.CREATE,
        name="Surface defects",
        changes=(
            change("name", None, "Surface defects", DriftClass.CREATED),
            change("threshold", None, 0.4, DriftClass.CREATED),
            change("tags", None, ["line-3", "production"], DriftClass.CREATED),
            change("models.champion", None, ref(V7), DriftClass.CREATED),
        ),
        steps=(2, 3, 4),
    )
    made = steps(
        ("", CreateTag("line-3"), ("tags",)),
        ("surface-defects", CreateDeployment("Surface defects", V7, threshold=0.4), ("name", "threshold")),
        ("surface-defects", AttachTag("line-3"), ("tags",)),
        ("surface-defects", AttachTag("production"), ("tags",)),
    )
    return plan(created, *quiet(2), steps=made)


def changes() -> Plan:
    trained = TrainingConfiguration(Ref("p", "line 3"), TriggerEvent.FEEDBACK_LOOP, 150, scan=False, parameters="{}")
    configuration = "continuousTraining.configuration"
    moved = chain(
        "surface-defects",
        Intent.CHANGE,
        changes=(
            change("threshold", 0.9, 0.4, DriftClass.DRIFTED, moved_by="ada@example.org"),
            change("sampleRate", 0.5, 1.0, DriftClass.CONFLICT),
            change("models.champion", ref(V7), ref(V8), DriftClass.PENDING),
            change("models.shadow", ref(V8), None, DriftClass.UNRECORDED),
            change("continuousTraining.trigger.threshold", 50, 150, DriftClass.PENDING, field=configuration),
            change("continuousTraining.experimentParameters.epochs", None, 50, DriftClass.PENDING, field=configuration),
        ),
        unchanged=7,
        assumed=(Assumption("trainingData", "2026-11-18T20:36:00Z"), Assumption("serving", "2026-11-20T20:36:00Z")),
        steps=(1, 2, 3, 4, 5, 6),
    )
    name = moved.address
    made = steps(
        (name, ToggleContinuousDeployment(active=False, phase=Phase.DISARM), ("models.champion",)),
        (name, UpdateSettings(threshold=0.4, sample_rate=1.0), ("threshold", "sampleRate")),
        (name, ClearShadow(), ("models.shadow",)),
        (name, SetChampion(V8), ("models.champion",)),
        (name, ConfigureContinuousTraining(trained), (configuration,)),
        (name, ToggleContinuousDeployment(active=True, phase=Phase.ARM), ("continuousDeployment.active",)),
    )
    risk = Risk("guardrail-lowered", name, "threshold", "the confidence threshold falls from 0.9 to 0.4")
    return plan(moved, *quiet(119), steps=made, risks=(risk,))


def told() -> Plan:
    platform = change(
        "models.shadow",
        ref(V8),
        ref(V7),
        DriftClass.DRIFTED,
        decision=Decision.REPORT,
        moved_by="continuous deployment",
    )
    assumed = change(
        "threshold", 0.5, 0.4, DriftClass.PENDING, decision=Decision.REPORT, assumed_since="2026-11-20T20:36:00Z"
    )
    return plan(chain("surface-defects", Intent.NONE, changes=(platform, assumed), settled=("tags",)), *quiet(1))


def insisted() -> Plan:
    again = change("trainingData", ref(V7), ref(V7), DriftClass.IN_SYNC, assumed_since="2026-11-20T20:36:00Z")
    gone = change("datalake", ref(Ref("l", "cold")), None, DriftClass.CONFLICT)
    silent = tuple(Assumption(f"field{number}", "never") for number in range(8))
    written = chain("surface-defects", Intent.CHANGE, changes=(again, gone), assumed=silent, unchanged=8, steps=(1, 2))
    name = written.address
    made = steps((name, SetTrainingData(V7), ("trainingData",)), (name, UpdateSettings(datalake=V7), ()))
    return plan(written, chain("lost", Intent.FORGET), steps=made)


def armed() -> Plan:
    """A switch that moves only because something else does."""
    name = "surface-defects"
    made = steps((name, ToggleContinuousDeployment(active=False, phase=Phase.DISARM), ()))
    return plan(chain(name, Intent.CHANGE, steps=(1,)), steps=made)


def held() -> Plan:
    unknown = {"decision": Decision.HOLD, "known": False}
    waiting = chain(
        "surface-defects",
        Intent.NONE,
        changes=(
            change("threshold", None, 0.4, DriftClass.UNRECORDED, **unknown),
            change("trainingData", None, ref(Ref("d", "defects@2026-06")), DriftClass.UNRECORDED, **unknown),
        ),
        unchanged=4,
    )
    return plan(waiting, *quiet(2))


def refused() -> Plan:
    missing = Refusal(
        "missing-reference",
        Scope.DEPLOYMENT,
        "surface-defects",
        'model version surface-defects@v9 does not exist: model "surface-defects" has no version "v9"',
        "Did you mean v8? Create it on the platform, or mend the reference.",
        "models.champion",
        origin(12),
    )
    too_many = Refusal(
        "too-many-deletions",
        Scope.PLAN,
        "",
        "4 of 10 owned deployments would be deleted, more than 30 %",
        "Prune fewer at once, or say `--force REASON`.",
    )
    orphan = Orphan("old-line", "id-old", "Old line", "Orphan")
    gone = chain("scrap", Intent.DELETE, steps=(1,))
    return plan(
        gone,
        chain("surface-defects", Intent.NONE, refusals=(missing,)),
        *quiet(8),
        steps=steps(("scrap", DeleteDeployment(force=True), ())),
        refusals=(too_many,),
        orphans=(orphan,),
    )


def hostile() -> Plan:
    evil = "\x1b[31mred\x1b[0m\r\n\u202egnp.exe\u200b" + "x" * 5000
    return plan(
        chain(
            "surface-defects",
            Intent.CHANGE,
            name=evil,
            changes=(
                change("name", evil, "Surface defects", DriftClass.DRIFTED, moved_by=evil),
                change(
                    f"continuousTraining.experimentParameters.{evil}", [evil] * 50, {evil: [evil]}, DriftClass.DRIFTED
                ),
            ),
            refusals=(Refusal("odd", Scope.STEP, "surface-defects", evil, evil, evil, origin(1, evil)),),
        ),
        steps=steps(("surface-defects", AttachTag(evil), ("name",))),
        orphans=(Orphan("old", "id", evil, "Orphan"),),
        risks=(Risk("odd", "surface-defects", "name", evil),),
        target=Target(evil, evil, evil, evil),
    )


def renamed() -> Plan:
    moved = chain(
        "surface-defects",
        Intent.CHANGE,
        previous_name="defects",
        changes=(change("name", "defects", "surface-defects", DriftClass.PENDING),),
        note="`renamedFrom: defects` has done its work and can be removed",
        steps=(1,),
    )
    return plan(moved, steps=steps(("surface-defects", RenameDeployment("surface-defects"), ("name",))))


def namesakes() -> Plan:
    twin = {"id": "ffff", "label": V7.label}
    return plan(chain("a", Intent.CHANGE, changes=(change("models.champion", ref(V7), twin, DriftClass.DRIFTED),)))


def long_set() -> Plan:
    before: list[Json] = [f"tag-{number}" for number in range(30)]
    after: list[Json] = [*before[1:], "tag-new"]
    return plan(chain("a", Intent.CHANGE, changes=(change("tags", before, after, DriftClass.PENDING),)))


def unversioned() -> Source:
    return replace(SOURCE, revision=None)


def dirty() -> Source:
    return replace(SOURCE, dirty=True)
