"""One live deployment, field by field, in the words of a manifest.

A field is known and has a spelling; or it is known to be nothing that a manifest could spell (`NOTHING`); or it has no
spelling because nobody reported it or because manifests cannot say it (`UNKNOWN`, with the reason).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from reconciler.core.export.lexicon import Unnameable, is_name
from reconciler.core.manifest.spec import parameters_of
from reconciler.core.references import ReferenceKind
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.core.export.lexicon import Lexicon
    from reconciler.core.live import Alias, Json, LiveDeployment, TrainingConfiguration
    from reconciler.core.references import Ref


class Unsaid(enum.Enum):
    """Why a field has no spelling. UNKNOWN: what a manifest says of it stays. NOTHING: there is nothing to declare."""

    UNKNOWN = "unknown"
    NOTHING = "nothing"


UNKNOWN: Final = Unsaid.UNKNOWN
NOTHING: Final = Unsaid.NOTHING

Said: TypeAlias = "Json | Unsaid"

UNITS: Final = (
    "serving",
    "threshold",
    "datalake",
    "sampleRate",
    "tags",
    "models.champion",
    "models.shadow",
    "trainingData",
    "feedbackLoop.active",
    "feedbackLoop.datasets",
    "continuousTraining.active",
    "continuousTraining.project",
    "continuousTraining.trigger",
    "continuousTraining.datasets",
    "continuousTraining.experimentParameters",
    "continuousTraining.scanConfig",
    "continuousDeployment.active",
    "continuousDeployment.policy",
)
"""What an export writes or leaves as a whole, by its path below `spec`, in the order of our manifests."""

BLOCKS: Final = ("feedbackLoop", "continuousTraining", "continuousDeployment")
"""Where the switch is declared whenever anything is."""

_MOST_IMAGES: Final = 2_147_483_647

NOT_REPORTED: Final = "the platform does not report it"


class _Inexpressible(Exception):
    """A field that manifests have no words for; the message says why."""


@dataclass(frozen=True, slots=True)
class Speller:
    """Says what one deployment is, unit by unit, in the words of manifests."""

    live: LiveDeployment
    lexicon: Lexicon

    def say(self, unit: str) -> Said:
        """Return the spelling of a unit. Raises Unnameable where it holds something that no manifest could name."""
        try:
            return _SPELLINGS[unit](_Words(self.live, self.lexicon))
        except _Inexpressible:
            return UNKNOWN

    @property
    def unknown(self) -> Mapping[str, str]:
        """Every unit that has no spelling, and why; a whole block where its switch is one of them."""
        why = {unit: reason for unit in UNITS if (reason := self._why(unit))}
        told: dict[str, str] = {}
        for unit, reason in why.items():
            block = unit.partition(".")[0]
            told.setdefault(block if f"{block}.active" in why else unit, reason)
        return told

    @property
    def unsayable(self) -> Mapping[str, str]:
        """What is unknown although it was reported: manifests have no words for it."""
        return {path: why for path, why in self.unknown.items() if why != NOT_REPORTED}

    def _why(self, unit: str) -> str:
        try:
            _SPELLINGS[unit](_Words(self.live, self.lexicon))
        except _Inexpressible as reason:
            return str(reason)
        except Unnameable:
            pass
        return ""


@dataclass(frozen=True, slots=True)
class _Words:
    live: LiveDeployment
    lexicon: Lexicon

    def scalar(self, attribute: str) -> Json:
        return cast("Json", self.value(attribute))

    def value(self, attribute: str) -> object:
        value: object = getattr(self.live, attribute)
        if value is UNREPORTED:
            raise _Inexpressible(NOT_REPORTED)
        return value

    def object_name(self, attribute: str, kind: ReferenceKind) -> Json:
        return self.lexicon.name(cast("Ref", self.value(attribute)), kind).version

    def model_version(self, ref: Ref) -> Json:
        found = self.lexicon.name(ref, ReferenceKind.MODEL_VERSION)
        return {"model": found.container, "version": int(found.version) if found.numbered else found.version}

    def dataset_version(self, ref: Ref) -> Json:
        found = self.lexicon.name(ref, ReferenceKind.DATASET_VERSION)
        return {"dataset": found.container, "version": found.version}

    def tags(self) -> Json:
        tags = sorted(cast("frozenset[str]", self.value("tags")))
        for tag in tags:
            if not is_name(tag):
                raise _Inexpressible(f"the tag {tag!r} is no name that a manifest takes")
        return list(tags)

    def champion(self) -> Json:
        return self.model_version(cast("Ref", self.value("champion")))

    def shadow(self) -> Json:
        shadow = cast("Ref | None", self.value("shadow"))
        if shadow is not None and shadow == self.live.champion:
            raise _Inexpressible("it is the champion too, which a manifest must not say")
        return "None" if shadow is None else self.model_version(shadow)

    def training_data(self) -> Json:
        reference = cast("Ref | None", self.value("training_data"))
        return "Disabled" if reference is None else self.dataset_version(reference)

    def feedback_datasets(self) -> Json:
        datasets = cast("frozenset[Ref]", self.value("feedback_datasets"))
        return sorted((self.dataset_version(ref) for ref in datasets), key=str)

    def aliases(self) -> Json:
        # What is trained on comes first: that is how people tell it.
        found = cast("frozenset[Alias]", self.value("training_datasets"))
        aliases = sorted(found, key=lambda alias: (alias.name != "train", alias.name))
        first: dict[str, str] = {}
        for alias in aliases:
            if not is_name(alias.name):
                raise _Inexpressible(f"the alias {alias.name!r} is no name that a manifest takes")
            if first.setdefault(alias.dataset.id, alias.name) != alias.name:
                both = f"{first[alias.dataset.id]!r} and {alias.name!r}"
                raise _Inexpressible(f"{both} are one dataset version, which a manifest must not say")
        return {alias.name: self.dataset_version(alias.dataset) for alias in aliases}

    def configuration(self) -> TrainingConfiguration | None:
        # Project, trigger and parameters are declared together or not at all, so each must have a spelling.
        found = cast("TrainingConfiguration | None", self.value("training_configuration"))
        if found is not None:
            _check_configuration(found)
        return found

    def project(self) -> Said:
        found = self.configuration()
        return NOTHING if found is None else self.lexicon.name(found.project, ReferenceKind.PROJECT).version

    def trigger(self) -> Said:
        found = self.configuration()
        if found is None:
            return NOTHING
        event: Json = found.event.value
        return {"event": event, "threshold": found.threshold} if found.can_trigger else {"event": event}

    def parameters(self, *, scan: bool) -> Said:
        found = self.configuration()
        return NOTHING if found is None or found.scan is not scan else cast("Json", parameters_of(found.parameters))

    def policy(self) -> Said:
        policy = self.value("deployment_policy")
        return NOTHING if policy is None else str(policy)


def _check_configuration(found: TrainingConfiguration) -> None:
    parameters = parameters_of(found.parameters)
    if not parameters:
        raise _Inexpressible("its parameters are empty, which a manifest cannot say")
    if not found.scan and "from" in parameters:
        raise _Inexpressible("one of its parameters is called `from`, which means something else in a manifest")
    if found.can_trigger and not 1 <= (found.threshold or 0) <= _MOST_IMAGES:
        raise _Inexpressible(f"it fires after {found.threshold} images, which a manifest cannot say")


_SPELLINGS: Final[Mapping[str, Callable[[_Words], Said]]] = {
    "serving": lambda it: str(it.value("serving")),
    "threshold": lambda it: it.scalar("threshold"),
    "datalake": lambda it: it.object_name("datalake", ReferenceKind.DATALAKE),
    "sampleRate": lambda it: it.scalar("sample_rate"),
    "tags": _Words.tags,
    "models.champion": _Words.champion,
    "models.shadow": _Words.shadow,
    "trainingData": _Words.training_data,
    "feedbackLoop.active": lambda it: it.scalar("feedback_active"),
    "feedbackLoop.datasets": _Words.feedback_datasets,
    "continuousTraining.active": lambda it: it.scalar("training_active"),
    "continuousTraining.project": _Words.project,
    "continuousTraining.trigger": _Words.trigger,
    "continuousTraining.datasets": _Words.aliases,
    "continuousTraining.experimentParameters": lambda it: it.parameters(scan=False),
    "continuousTraining.scanConfig": lambda it: it.parameters(scan=True),
    "continuousDeployment.active": lambda it: it.scalar("deployment_active"),
    "continuousDeployment.policy": _Words.policy,
}
