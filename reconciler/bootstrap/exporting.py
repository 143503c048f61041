"""The folder that an export writes to, as the engine wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.adapters.files.writing import FolderOfManifests

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.bootstrap.project import Project
    from reconciler.ports import ManifestFolder


def open_folder(folder: Path, project: Project) -> ManifestFolder:
    """Return the manifests below a folder, named as the catalog of the project that the folder belongs to."""
    catalog = project.variables.get("RECONCILER_CATALOG") or project.configuration.catalog
    return FolderOfManifests(folder, catalog)
