"""Manifests written: new ones to files of their own, changes to where the manifest is; drafted whole before any of it.

Every draft is read back by the loader's own rules, so what is written is what a plan will read.
"""

from __future__ import annotations

import codecs
import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ruamel.yaml.error import YAMLError

from reconciler.adapters.files.atomic import create_file, replace_file
from reconciler.adapters.files.changing import CannotRevise
from reconciler.adapters.files.composing import document_text
from reconciler.adapters.files.editing import edited
from reconciler.adapters.files.folder import ManifestFile, check, errors, judged, open_files
from reconciler.adapters.files.layout import lay_out
from reconciler.adapters.files.revising import revise
from reconciler.adapters.files.trees import fastest_events
from reconciler.core.export.drafts import Change, Draft, Drafts, FileDraft, Problem
from reconciler.core.manifest.canonical import digest_of
from reconciler.core.manifest.catalog import Catalog, Source
from reconciler.core.manifest.diagnostics import SourceFile
from reconciler.core.manifest.schema import SCHEMA_ID
from reconciler.errors import Contention, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.adapters.files.trees import EventSource
    from reconciler.core.export.drafts import Writing

_SUFFIX: Final = ".yaml"
_SCHEMA: Final = Path("schemas") / "deployment.schema.json"
_MOST_LEVELS: Final = 4

# Names that a file must not have: `reconciler.yaml` is the settings, the others are devices on Windows.
_RESERVED: Final = frozenset(
    ("reconciler", "con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)))
)


class FolderOfManifests:
    """The manifests below one folder; fulfils `ports.ManifestFolder`.

    Args:
        folder: The folder; made with the first file that is written.
        catalog: Name of the catalog that its manifests are.
        events: The YAML parser; the fastest one installed unless given.
    """

    def __init__(self, folder: Path, catalog: str, *, events: EventSource | None = None) -> None:
        self._folder = folder
        self._name = catalog
        self._events = events or fastest_events()
        self._files: dict[str, ManifestFile] = {}

    def catalog(self) -> Catalog:
        """Read the folder and return what it declares. Raises ManifestError, SettingsError."""
        self._files = {file.name: file for file in open_files(self._folder, self._events)}
        manifests = tuple(manifest for file in self._files.values() for manifest in file.manifests)
        source = Source(paths=(self._folder.as_posix(),), manifest_digest=digest_of(manifests))
        return Catalog(self._name, manifests, source)

    def draft(self, writings: Sequence[Writing]) -> Drafts:
        """Return what some writings come to. Raises ManifestError if they do not go together."""
        desk = _Desk(self._folder, self._files, self._events)
        for writing in sorted(writings, key=lambda each: each.address):
            desk.take(writing)
        return desk.drafts()

    def write(self, file: FileDraft) -> None:
        """Write one file.

        Raises:
            Contention: Somebody else wrote to it meanwhile.
            SettingsError: It cannot be written.
        """
        path = Path(file.path)
        try:
            if file.before is None:
                create_file(path, file.after)
            elif path.read_bytes() == file.before:
                replace_file(path, file.after)
            else:
                raise _taken(file)
        except FileExistsError:
            raise _taken(file) from None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            hint = "Mend it, or name another folder with --out."
            raise SettingsError(f"the manifest cannot be written: {reason}", where=file.path, hint=hint) from None


def _taken(file: FileDraft) -> Contention:
    return Contention(
        "somebody else changed this file while it was exported", where=file.path, hint="Run the export again."
    )


class _Desk:
    """Drafts in the making: the files as they will be."""

    def __init__(self, folder: Path, files: dict[str, ManifestFile], events: EventSource) -> None:
        self._folder = folder
        self._events = events
        self._before = files
        self._after = dict(files)
        self._drafts: list[Draft] = []
        self._problems: list[Problem] = []

    def take(self, writing: Writing) -> None:
        """Draft one more."""
        try:
            draft = self._updated(writing) if writing.document is None else self._created(writing)
        except _CannotDraft as reason:
            self._problems.append(Problem(writing.address, str(reason)))
        else:
            self._drafts.append(draft)

    def drafts(self) -> Drafts:
        """Return everything drafted, and the files that differ for it. Raises ManifestError."""
        check(
            (), list(self._after.values()), "what is live would make the manifests of this folder contradict each other"
        )
        changed = [file for name, file in self._after.items() if file is not self._before.get(name)]
        files = (FileDraft(file.name, self._bytes_before(file.name), _bytes_of(file)) for file in changed)
        return Drafts(tuple(self._drafts), tuple(self._problems), tuple(files))

    def _bytes_before(self, name: str) -> bytes | None:
        return self._before[name].data if name in self._before else None

    def _created(self, writing: Writing) -> Draft:
        path = self._free(writing.address)
        editor = f"yaml-language-server: $schema={schema_for(self._folder)}"
        text = document_text(writing.document or {}, (editor, *writing.remarks))
        self._after[path] = self._judged(ManifestFile(path, b"", text, ()), 0)
        return Draft(path, Change.CREATED, (), self._after[path].manifests[0])

    def _free(self, address: str) -> str:
        """Return a path for a new file: nothing is there, and no file system takes its name for something else."""
        stem = f"deployment-{address}" if address.partition(".")[0] in _RESERVED else address
        stems = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
        paths = (self._folder / f"{each}{_SUFFIX}" for each in stems)
        return next(
            path.as_posix() for path in paths if not os.path.lexists(path) and path.as_posix() not in self._after
        )

    def _updated(self, writing: Writing) -> Draft:
        file, index = self._place_of(writing.address)
        changed = self._judged(self._revised(file, index, writing), index) if writing.edits else file
        self._after[file.name] = changed
        if changed is file:
            return Draft(file.name, Change.UNCHANGED, (), file.manifests[index])
        paths = tuple(".".join(edit.path[1:]) for edit in writing.edits)
        return Draft(file.name, Change.UPDATED, paths, changed.manifests[index])

    def _place_of(self, address: str) -> tuple[ManifestFile, int]:
        places = (
            (file, index, manifest.address)
            for file in self._after.values()
            for index, manifest in enumerate(file.manifests)
        )
        return next((file, index) for file, index, each in places if each == address)

    def _revised(self, file: ManifestFile, index: int, writing: Writing) -> ManifestFile:
        try:
            value = lay_out(file.text, self._events).documents[index].value
            wanted = edited(value if isinstance(value, dict) else {}, writing.edits)
            text = revise(file.text, index, wanted, self._events)
        except (CannotRevise, YAMLError) as error:
            paths = ", ".join(".".join(edit.path) for edit in writing.edits)
            raise _CannotDraft(f"{file.name} cannot be changed in place ({error}); change {paths} by hand") from None
        return file if text == file.text else ManifestFile(file.name, file.data, text, ())

    def _judged(self, file: ManifestFile, index: int) -> ManifestFile:
        if file.readings:
            return file
        readings, diagnostics = judged(SourceFile(file.name, file.text), self._events)
        found = next(errors(diagnostics), None)
        if found is not None or len(readings) <= index:
            reason = "it is no YAML" if found is None else found.message
            raise _CannotDraft(f"what is live would be no valid manifest: {reason}")
        return ManifestFile(file.name, file.data, file.text, readings)


class _CannotDraft(Exception):
    """A writing that comes to nothing; the message is a clause that says why."""


def _bytes_of(file: ManifestFile) -> bytes:
    mark = codecs.BOM_UTF8 if file.data.startswith(codecs.BOM_UTF8) else b""
    return mark + file.text.encode()


def schema_for(folder: Path) -> str:
    """Return what an editor finds the schema by: a path relative to the folder where there is one, else its address."""
    above = folder.absolute()
    for level, each in enumerate([above, *above.parents][:_MOST_LEVELS]):
        if (each / _SCHEMA).is_file():
            return "/".join([".."] * level + [_SCHEMA.as_posix()])
    return SCHEMA_ID
