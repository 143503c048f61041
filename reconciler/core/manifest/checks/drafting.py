"""Nodes to spec models; where parts are broken, the rest is kept so that its rules can still be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import ValidationError

from reconciler.core.manifest.checks.draft import Draft
from reconciler.core.manifest.checks.plain import Plainer
from reconciler.core.manifest.checks.references import references
from reconciler.core.manifest.checks.translation import describe, faults
from reconciler.core.manifest.nodes import Mapping
from reconciler.core.manifest.spec import DeploymentSpec, Metadata, SpecModel

if TYPE_CHECKING:
    from reconciler.core.manifest.checks.findings import Finding
    from reconciler.core.manifest.checks.plain import Plain
    from reconciler.core.manifest.nodes import Path

Model = TypeVar("Model", bound=SpecModel)

# Blocks that can lose one field and stay valid; elsewhere the whole field of the spec goes.
_LOOSE: Final = frozenset(("feedbackLoop", "continuousTraining", "continuousDeployment", "lifecycle", "ownership"))
# Rules that look at models stay silent when this stands in for them, since the real ones are broken.
_STAND_IN: Final[Plain] = {"champion": {"model": "-", "version": "-"}}


def draft_of(root: Mapping) -> tuple[Draft, list[Finding]]:
    """Return what could be made of a document, and what is wrong with its types, names and values."""
    found = tuple(references(root))
    plainer = Plainer(found)
    blocks = {key: entry for key, entry in root.entries.items() if key in ("metadata", "spec")}
    plain = plainer.value(Mapping(blocks, root.place), ())
    whole = plain if isinstance(plain, dict) else {}
    metadata, wrong_metadata = _attempt(Metadata, root, "metadata", whole)
    spec, wrong_spec = _attempt(DeploymentSpec, root, "spec", whole)
    wrong = {path: code for path, code in (wrong_metadata | wrong_spec).items() if path not in plainer.broken}
    if spec is None:
        spec = _remainder(whole.get("spec"), wrong_spec)
    draft = Draft(root, metadata, spec, frozenset((*plainer.broken, *wrong)), found)
    return draft, [*plainer.findings, *(describe(root, path, code) for path, code in wrong.items())]


def _attempt(
    model: type[Model], root: Mapping, key: str, whole: dict[str, Plain]
) -> tuple[Model | None, dict[Path, str]]:
    if key not in whole:
        return None, {}
    try:
        return model.model_validate(whole[key]), {}
    except ValidationError as error:
        return None, faults(root, (key,), error)


def _remainder(plain: Plain, wrong: dict[Path, str]) -> DeploymentSpec | None:
    if not isinstance(plain, dict):
        return None
    for path, code in wrong.items():
        _cut(plain, path[1:] if code == "unknown-field" else _part(path[1:]))
    plain.setdefault("models", _STAND_IN)
    try:
        return DeploymentSpec.model_validate(plain)
    except ValidationError:  # pragma: no cover - no fault is known that outlives the cut; rules then stay silent
        return None


def _part(path: Path) -> Path:
    """Return the smallest part around a fault that a spec can do without."""
    return path[:2] if path[0] in _LOOSE or path[:2] == ("models", "shadow") else path[:1]


def _cut(plain: Plain, path: Path) -> None:
    for step in path[:-1]:
        plain = _below(plain, step)
    if isinstance(plain, dict):
        plain.pop(str(path[-1]), None)


def _below(plain: Plain, step: str | int) -> Plain:
    if isinstance(plain, list) and isinstance(step, int):
        return plain[step]
    return plain.get(str(step)) if isinstance(plain, dict) else None
