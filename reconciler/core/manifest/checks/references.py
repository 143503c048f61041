"""The five places where a manifest names a version of a model or a dataset, and how each version must be written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.checks.findings import Finding
from reconciler.core.manifest.diagnostics import clip
from reconciler.core.manifest.nodes import Mapping, Scalar, descend, entries_of, show
from reconciler.core.manifest.scalars import is_plain_number, misreading

if TYPE_CHECKING:
    from collections.abc import Iterator

from reconciler.core.manifest.nodes import Path

_SINGLE: Final = (
    (("spec", "models", "champion"), "model"),
    (("spec", "models", "shadow"), "model"),
    (("spec", "trainingData"), "dataset"),
)
_MANY: Final = (("spec", "feedbackLoop", "datasets"), ("spec", "continuousTraining", "datasets"))


@dataclass(frozen=True, slots=True)
class Reference:
    """A mapping that names a version, as far as it can be read; `of` is "model" or "dataset"."""

    path: Path
    of: str
    container: str | None
    version: Scalar | None

    @property
    def key(self) -> tuple[str, str, bool] | None:
        """What makes two references the same, or None where one cannot be read."""
        if self.container is None or self.version is None:
            return None
        return self.container, self.version.text, self.of == "model" and is_plain_number(self.version)


def references(root: Mapping) -> Iterator[Reference]:
    """Walk every reference of a document, whether valid or not."""
    for path, of in _SINGLE:
        yield from _reference(root, path, of)
    for path in _MANY:
        for step, _ in entries_of(descend(root, path)):
            yield from _reference(root, (*path, step), "dataset")


def _reference(root: Mapping, path: Path, of: str) -> Iterator[Reference]:
    node = descend(root, path)
    if isinstance(node, Mapping):
        container, version = node.get(of), node.get("version")
        name = container.text if isinstance(container, Scalar) else None
        yield Reference(path, of, name, version if isinstance(version, Scalar) else None)


def check_version(reference: Reference, version: Scalar) -> Finding | None:
    """Return what is wrong with the way the version of a reference is written, if anything."""
    path = (*reference.path, "version")
    if reference.of == "dataset" and version.text == "latest":
        hint = "name the version, so that the plan says which data are used"
        return Finding("dataset-latest", path, f'{show(path)} cannot be "latest": datasets have no such version', hint)
    if misreading(version) is not None and not (reference.of == "model" and is_plain_number(version)):
        return _unquoted(reference.of, version, path)
    return None


def _unquoted(of: str, version: Scalar, path: Path) -> Finding:
    text = clip(version.text)
    message = f"{show(path)} is written without quotes, and {text} is {misreading(version)} to YAML tools"
    numbers = "; a model's number is plain digits" if of == "model" else ""
    return Finding("quote-version", path, message, f'quote it: "{text}"{numbers}')
