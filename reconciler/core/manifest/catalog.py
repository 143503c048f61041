"""One manifest with the places of its values, and the Catalog: the named set that owns its deployments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.manifest.spec import DeploymentSpec, Metadata
    from reconciler.core.origin import Origin

ROOT = ""
"""The field path of the document itself."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A valid `Deployment` document.

    Attributes:
        metadata: Our name for it and its labels.
        spec: What it declares.
        origins: Field path (dotted, as in the file and relative to `spec`, `""` for the document) to its place. Items
            of sets are known by what they name: `tags.production`, `feedbackLoop.datasets.digits@production`.
    """

    metadata: Metadata
    spec: DeploymentSpec
    origins: Mapping[str, Origin] = field(compare=False)

    @property
    def address(self) -> str:
        """The name that is unique in the catalog."""
        return self.metadata.name

    @property
    def platform_name(self) -> str:
        """The name the platform knows it by."""
        return self.spec.name or self.metadata.name

    def origin(self, path: str) -> Origin:
        """Return the place of a field, or of its nearest declared ancestor."""
        while path and path not in self.origins:
            path = path.rpartition(".")[0]
        return self.origins[path]


@dataclass(frozen=True, slots=True)
class Revision:
    """The git commit that manifests were read at; `dirty` says that the files differ from it."""

    repository: str | None
    commit: str
    dirty: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where a catalog was read from; every part but the digest is for people.

    Attributes:
        paths: The paths as given, such as `manifests/`.
        repository: Remote URL of the git repository without credentials, if there is one.
        revision: Full commit id, if there is one.
        dirty: Whether the files differ from that commit.
        manifest_digest: `sha256:…` over the canonical form of all manifests.
    """

    paths: tuple[str, ...]
    manifest_digest: str
    repository: str | None = None
    revision: str | None = None
    dirty: bool = False

    def at(self, revision: Revision) -> Source:
        """Return the same source with the commit that it belongs to."""
        return replace(self, repository=revision.repository, revision=revision.commit, dirty=revision.dirty)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The named set of manifests that owns deployments, sorted by address."""

    name: str
    manifests: tuple[Manifest, ...]
    source: Source

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.manifests, key=lambda manifest: manifest.address))
        object.__setattr__(self, "manifests", ordered)

    def __iter__(self) -> Iterator[Manifest]:
        return iter(self.manifests)

    def __len__(self) -> int:
        return len(self.manifests)
