"""A project on disk: its manifests, its `reconciler.yaml`, the commit they are from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.adapters.files.loading import Loaded, LoadOptions, load_catalog
from reconciler.adapters.git.facts import actor, facts_of
from reconciler.core.manifest.catalog import Revision
from reconciler.errors import ManifestError, SettingsError
from reconciler.render.amounts import counted
from reconciler.settings.configuration import Configuration
from reconciler.settings.discovery import MANIFESTS, find_configuration, project_folder
from reconciler.settings.reading import read_configuration
from reconciler.settings.resolution import Settings, resolve
from reconciler.settings.sources import Flags, Sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.core.manifest.diagnostics import Diagnostic

STDIN: Final = "-"


@dataclass(frozen=True, slots=True)
class Project:
    """What one run works on.

    Attributes:
        paths: Manifests as given; `-` is standard input.
        folder: What relative settings and the default ledger are relative to.
        configuration: `reconciler.yaml`, or its defaults.
        diagnostics: What is wrong with `reconciler.yaml`.
        variables: The process environment.
    """

    paths: tuple[Path, ...]
    folder: Path
    configuration: Configuration
    diagnostics: tuple[Diagnostic, ...]
    variables: Mapping[str, str]

    @property
    def is_whole(self) -> bool:
        """Tell whether the paths hold the whole catalog: one folder, and not a part of the project's `manifests/`."""
        if len(self.paths) != 1 or not self.paths[0].is_dir():
            return False
        return (self.folder / MANIFESTS).resolve() not in self.paths[0].resolve().parents

    @property
    def names(self) -> list[str]:
        """The paths as people write them: folders with a slash at the end."""
        return [f"{path.as_posix()}/" if path.is_dir() else path.as_posix() for path in self.paths]

    @property
    def actor(self) -> str:
        """Who runs this, for history; empty where nobody knows."""
        return actor(self.variables, self.folder)

    def load(self, *, allow_empty: bool = False) -> Loaded:
        """Load the catalog, which may only be without any manifest where that is expected. Raises ManifestError."""
        files = [path for path in self.paths if str(path) != STDIN]
        facts = facts_of(files)
        revision = Revision(facts.repository, facts.revision, facts.dirty) if facts.revision else None
        name = self.variables.get("RECONCILER_CATALOG") or self.configuration.catalog
        options = LoadOptions(allow_empty=allow_empty, whole=self.is_whole)
        return load_catalog(self.names, name=name, revision=revision, options=options)

    def settings(self, flags: Flags) -> Settings:
        """Resolve the settings. Raises ManifestError for an invalid file, SettingsError, NotAuthenticated."""
        return resolve(self.sources(flags))

    def sources(self, flags: Flags) -> Sources:
        """Return where settings come from. Raises ManifestError for an invalid `reconciler.yaml`."""
        if self.diagnostics:
            told = counted(len(self.diagnostics), "problem")
            raise ManifestError(f"the settings are not valid: {told}", diagnostics=self.diagnostics)
        return Sources(flags, self.variables, self.configuration, self.folder)


def open_project(paths: Sequence[Path] = (), variables: Mapping[str, str] = os.environ) -> Project:
    """Find the project that some paths belong to; by default `manifests/`.

    Raises:
        SettingsError: `reconciler.yaml` is there and cannot be opened.
    """
    given = tuple(paths) or (Path(MANIFESTS),)
    files = [path for path in given if str(path) != STDIN]
    file = find_configuration(files)
    folder = project_folder(files, file)
    if file is None:
        return Project(given, folder, Configuration(), (), variables)
    read = read_configuration(_shown(file), _bytes_of(file))
    return Project(given, folder, read.configuration, read.diagnostics, variables)


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f"the settings cannot be read: {error.strerror or error}", where=str(file)) from None


def _shown(file: Path) -> str:
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)
