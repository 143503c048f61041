"""What manifests name and the platform knows by id: references, and the table that resolves them.

Manifests speak in names (`surface-defects@v7`), the API in ids. The observer resolves every distinct reference once;
everything after that compares ids and shows labels.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.core.manifest.spec import DatasetVersionReference, ModelVersionReference


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """An object of the platform: its id decides equality, its label is for people."""

    id: str
    label: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.label or self.id


@dataclass(frozen=True, slots=True)
class Title:
    """What the platform calls an object, in the parts that a manifest writes.

    Attributes:
        container: The model or dataset that a version belongs to; empty for anything else.
        name: The name of the version, or of the object itself.
        number: A model version's number; `None` for anything else.
    """

    container: str
    name: str
    number: int | None = None

    def __str__(self) -> str:
        return f"{self.container}@{self.name}" if self.container else self.name


class ReferenceKind(enum.StrEnum):
    """The kinds of object a manifest can name."""

    MODEL_VERSION = "model version"
    DATASET_VERSION = "dataset version"
    DATALAKE = "datalake"
    PROJECT = "project"
    TAG = "tag"
    SOURCE_PARAMETERS = "source parameters"


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """One name in a manifest: a kind, a container (model or dataset, else empty) and a version or name.

    `version` holds the text; `numbered` says that a model version was asked for by number, not by name.
    """

    kind: ReferenceKind
    container: str
    version: str
    numbered: bool = False

    @property
    def label(self) -> str:
        """`container@version`, or the plain name."""
        return f"{self.container}@{self.version}" if self.container else self.version


def model_version(reference: ModelVersionReference) -> Reference:
    """Return the reference to a model version."""
    numbered = isinstance(reference.version, int)
    return Reference(ReferenceKind.MODEL_VERSION, reference.model, str(reference.version), numbered)


def source_parameters(reference: ModelVersionReference) -> Reference:
    """Return the reference to the parameters of the experiment that produced a model version."""
    numbered = isinstance(reference.version, int)
    return Reference(ReferenceKind.SOURCE_PARAMETERS, reference.model, str(reference.version), numbered)


def dataset_version(reference: DatasetVersionReference) -> Reference:
    """Return the reference to a dataset version."""
    return Reference(ReferenceKind.DATASET_VERSION, reference.dataset, reference.version)


def datalake(name: str) -> Reference:
    """Return the reference to a datalake."""
    return Reference(ReferenceKind.DATALAKE, "", name)


def project(name: str) -> Reference:
    """Return the reference to a project."""
    return Reference(ReferenceKind.PROJECT, "", name)


def tag(name: str) -> Reference:
    """Return the reference to a deployment tag."""
    return Reference(ReferenceKind.TAG, "", name)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a reference stands for, and what preflight wants to know about it.

    Attributes:
        ref: Id and label.
        inference_type: Upper-case wire word such as `CLASSIFICATION`; `None` where the kind has none.
        labels: Label names of a model version, in index order; `None` where the platform did not tell.
        trained_on: Ids of the dataset versions a model version was trained on; `None` where not asked or not told.
        parameters: Canonical JSON of the source experiment's parameters (kind SOURCE_PARAMETERS only).
    """

    ref: Ref
    inference_type: str | None = None
    labels: tuple[str, ...] | None = None
    trained_on: frozenset[str] | None = None
    parameters: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A reference that leads nowhere.

    Attributes:
        reason: What was looked for and not found, as a clause: `dataset "x" has no version "y"`.
        candidates: Names that do exist and look alike, best first.
    """

    reason: str
    candidates: tuple[str, ...] = ()
