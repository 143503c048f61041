"""What is to be written about each deployment, what that comes to in files, and what became of an export."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.errors import Incomplete, strongest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.export.edits import Edit
    from reconciler.core.live import Json
    from reconciler.core.manifest.catalog import Manifest


class Change(enum.StrEnum):
    """What happens to the document of a deployment."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Writing:
    """What shall be written about one deployment.

    Attributes:
        address: Its `metadata.name`.
        document: A whole new manifest; `None` where there is one already.
        edits: What changes in the one that is there.
        remarks: Sentences to put above a new manifest.
    """

    address: str
    document: Mapping[str, Json] | None = None
    edits: tuple[Edit, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writing comes to: a manifest that was read back from the text that will be in its file.

    Attributes:
        path: The file, as messages name it.
        change: What happens to the document.
        fields: Paths below `spec` that change in one that was there.
        manifest: What the loader makes of it.
    """

    path: str
    change: Change
    fields: tuple[str, ...]
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a writing cannot be made: a clause, and the next step where there is a better one than to look."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileDraft:
    """A file as it was read (`None` for a new one) and as it shall be."""

    path: str
    before: bytes | None
    after: bytes


@dataclass(frozen=True, slots=True)
class Drafts:
    """What some writings come to, nothing of it written yet."""

    drafts: tuple[Draft, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[FileDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class Exported:
    """A deployment that has its manifest.

    Attributes:
        name: The platform's name.
        address: Its `metadata.name`.
        path, change, fields: As in its draft.
        undeclared: What could not be declared, by path or block, and why.
    """

    name: str
    address: str
    path: str
    change: Change
    fields: tuple[str, ...] = ()
    undeclared: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotExported:
    """A deployment that has none; `reason` is a clause, `exit_code` that of a run with nothing worse in it."""

    name: str
    id: str
    reason: str
    exit_code: int = Incomplete.exit_code


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What became of an export, sorted by the platform's names."""

    exported: tuple[Exported, ...] = ()
    failed: tuple[NotExported, ...] = ()

    @property
    def exit_code(self) -> int:
        """The exit code: 0 where every deployment has its manifest."""
        return strongest(each.exit_code for each in self.failed)
