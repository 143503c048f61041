"""Exports into a folder that lasts as long as an example, and what the files then come to."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adapters.files.loading import LoadOptions, load_catalog
from reconciler.adapters.files.writing import FolderOfManifests
from reconciler.core.planner import PlanPolicy, plan
from reconciler.core.wants import references_of
from reconciler.engine.exporting import ExportRequest, export
from reconciler.ports import Scope
from tests.fakes.clock import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.export.drafts import ExportReport
    from reconciler.core.manifest.catalog import Catalog
    from reconciler.core.plan import Plan
    from tests.fakes.registry import Registry


@dataclass(frozen=True)
class Place:
    """A folder to export to."""

    folder: Path

    def export(self, platform: Registry, *names: str, declared_only: bool = False) -> ExportReport:
        """Export what is live."""
        request = ExportRequest(names, declared_only=declared_only)
        return run(export(platform.tools, FolderOfManifests(self.folder, "demo"), request))

    def write(self, name: str, text: str) -> None:
        """Put a file there beforehand."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / name).write_bytes(text.encode())

    @property
    def files(self) -> dict[str, bytes]:
        """What is there now, by path below the folder."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    @property
    def times(self) -> dict[str, int]:
        """When each file was written."""
        return {path.name: path.stat().st_mtime_ns for path in self.folder.rglob("*") if path.is_file()}

    @property
    def catalog(self) -> Catalog:
        """What the loader makes of it."""
        self.folder.mkdir(exist_ok=True)
        return load_catalog([self.folder], name="demo", options=LoadOptions(allow_empty=True, whole=False)).catalog

    def plan(self, platform: Registry) -> Plan:
        """Plan it with nothing remembered."""
        catalog = self.catalog
        snapshot = run(platform.observe(Scope((), references_of(catalog))))
        return plan(catalog, snapshot, {}, PlanPolicy())


@contextmanager
def place() -> Iterator[Place]:
    """Make a folder that does not exist yet, and take everything away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield Place(Path(folder) / "manifests")
