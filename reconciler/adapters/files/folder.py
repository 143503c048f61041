"""The manifest files below a folder with everything that a change of them has to know: bytes, text, what each means."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adapters.files.decoding import decode
from reconciler.adapters.files.trees import parse
from reconciler.adapters.files.walking import about, contents, shown
from reconciler.core.manifest.checks.document import read
from reconciler.core.manifest.checks.relations import relate
from reconciler.core.manifest.diagnostics import Diagnostic, Severity, SourceFile, in_order, without_echoes
from reconciler.errors import ManifestError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.adapters.files.trees import EventSource
    from reconciler.adapters.files.walking import Content
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.manifest.checks.document import Reading


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One file of valid manifests.

    Attributes:
        name: What messages call it.
        data: Its bytes.
        text: What they say.
        readings: Its documents that are not empty, in order.
    """

    name: str
    data: bytes
    text: str
    readings: tuple[Reading, ...]

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """What its documents declare, in order: a valid file has one manifest in each."""
        return tuple(reading.manifest for reading in self.readings if reading.manifest is not None)


def open_files(folder: Path, events: EventSource) -> tuple[ManifestFile, ...]:
    """Read every manifest file below a folder, which need not be there yet.

    Raises:
        ManifestError: Some file cannot be read or is not valid; what it declares is not known, so nothing is written.
        SettingsError: The folder is something else.
    """
    if not folder.is_dir():
        if os.path.lexists(folder):
            raise SettingsError(f"{shown(folder)} is no folder", hint="Name a folder with --out.")
        return ()
    diagnostics: list[Diagnostic] = []
    files = []
    for content in contents([folder], io.BytesIO()):
        file = content if isinstance(content, Diagnostic) else _opened(content, events, diagnostics)
        if isinstance(file, Diagnostic):
            diagnostics.append(file)
        else:
            files.append(file)
    check(diagnostics, files, "the manifests in this folder must be valid, so that none is written a second time")
    return tuple(files)


def _opened(content: Content, events: EventSource, diagnostics: list[Diagnostic]) -> ManifestFile | Diagnostic:
    if not Path(content.name).exists():
        return about(content.name, "unreadable", "the name of this file is no text", "rename it")
    source = decode(content.name, content.data)
    if isinstance(source, Diagnostic):
        return source
    readings, found = judged(source, events)
    diagnostics += found
    return ManifestFile(content.name, content.data, source.text, readings)


def judged(source: SourceFile, events: EventSource) -> tuple[tuple[Reading, ...], list[Diagnostic]]:
    """Return what the documents of a text mean, and everything that is wrong with them one by one."""
    parsed = parse(source, events=events)
    diagnostics = list(parsed.problems)
    readings = tuple(read(document) for document in parsed.documents)
    for reading in readings:
        diagnostics += without_echoes(reading.diagnostics, parsed.problems)
    return readings, diagnostics


def check(diagnostics: Iterable[Diagnostic], files: Sequence[ManifestFile], otherwise: str) -> None:
    """Let files pass only if they are valid one by one and together. Raises ManifestError, which says `otherwise`."""
    kin = [reading.kin for file in files for reading in file.readings if reading.kin is not None]
    # Dependencies may lead to manifests in other folders.
    found = in_order([*errors(diagnostics), *errors(relate(kin, whole=False))])
    if found:
        hint = "Mend the places listed, or name another folder with --out."
        raise ManifestError(f"nothing is exported: {otherwise}", diagnostics=found, hint=hint)


def errors(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Leave out the warnings."""
    return (each for each in diagnostics if each.severity is Severity.ERROR)
