"""The least a manifest has to say for everything that is set on a live deployment to be owned.

What the language of manifests gives by default (`active: true`, `serving: Managed`), and what is not there (no shadow,
no tags, a loop that was never set up), is left out. What is set on the platform is written, defaults of the platform
included: they are not ours, and a change of them is drift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from reconciler.core.export.lexicon import Unnameable, is_name
from reconciler.core.export.spelling import BLOCKS, UNITS, UNKNOWN, Unsaid
from reconciler.core.manifest.canonical import API_VERSION, KIND
from reconciler.core.manifest.spec import Serving
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.export.spelling import Said, Speller
    from reconciler.core.live import Json

_SILENT: Final[Mapping[str, Said]] = {
    "serving": Serving.MANAGED.value,
    "tags": [],
    "models.shadow": "None",
    "trainingData": "Disabled",
    "feedbackLoop.active": True,
    "feedbackLoop.datasets": [],
    "continuousTraining.active": True,
    "continuousTraining.datasets": {},
    "continuousDeployment.active": True,
}
"""What goes without saying."""


INHERENT: Final = frozenset({"serving", "threshold", "datalake", "sampleRate"})
"""What every deployment has at any time, so that a manifest without it was meant to be without it."""


def document(speller: Speller, address: str) -> dict[str, Json]:
    """Return a whole new manifest. Raises Unnameable."""
    if speller.say("models.champion") is UNKNOWN:
        raise Unnameable("its champion is not reported")
    name = platform_name(speller)
    spec: dict[str, Json] = {} if name == address else {"name": name}
    for unit in UNITS:
        block, _, key = unit.rpartition(".")
        value = None if block in BLOCKS else worth_saying(speller, unit)
        if value is not None:
            _put(spec, block, key, value)
    for block in BLOCKS:
        declared = block_of(speller, block)
        if declared:
            spec[block] = declared
    return {"apiVersion": API_VERSION, "kind": KIND, "metadata": {"name": address}, "spec": spec}


def platform_name(speller: Speller) -> str:
    """Return the platform's name. Raises Unnameable."""
    name = speller.live.name
    if not isinstance(name, str) or not is_name(name):
        raise Unnameable(f"{name!r} is no name that a manifest takes")
    return name


def worth_saying(speller: Speller, unit: str) -> Json:
    """Return what a manifest has to say of a unit, or null where it goes without saying. Raises Unnameable."""
    said = speller.say(unit)
    silent = isinstance(said, Unsaid) or (unit in _SILENT and said == _SILENT[unit])
    return None if silent else cast("Json", said)


def block_of(speller: Speller, block: str) -> dict[str, Json]:
    """Return what a manifest has to say of a block: nothing where it was never set up. Raises Unnameable."""
    active = speller.say(f"{block}.active")
    if active is UNKNOWN:
        return {}
    units = [unit for unit in UNITS if unit.startswith(f"{block}.")]
    said: dict[str, Json] = {}
    for unit in units:
        value = worth_saying(speller, unit)
        if value is not None:
            said[unit.removeprefix(f"{block}.")] = value
    if active is True or said.keys() - {"active"} or _is_set_up(speller, block):
        return said or {"active": True}
    return {}


def _is_set_up(speller: Speller, block: str) -> bool:
    live = speller.live
    match block:
        case "feedbackLoop":
            return live.feedback_configured is True
        case "continuousTraining":
            return live.training_configuration not in (None, UNREPORTED)
        case _:
            return live.deployment_policy not in (None, UNREPORTED)


def _put(spec: dict[str, Json], block: str, key: str, value: Json) -> None:
    inside = cast("dict[str, Json]", spec.setdefault(block, {})) if block else spec
    inside[key] = value
