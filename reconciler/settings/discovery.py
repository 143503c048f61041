"""Where things are by default: `reconciler.yaml` above the manifests, and the folder that the ledger belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.settings.configuration import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEDGER: Final = Path(".reconciler") / "ledger.db"
"""The default ledger, relative to the project folder."""

MANIFESTS: Final = "manifests"
"""The folder of manifests by default."""

_MOST_LEVELS: Final = 16


def find_configuration(paths: Sequence[Path]) -> Path | None:
    """Return the nearest `reconciler.yaml` at or above the first path, but not above its git repository."""
    for folder in _upwards(_folder(paths)):
        candidate = folder / FILE_NAME
        if candidate.is_file():
            return candidate
    return None


def project_folder(paths: Sequence[Path], configuration: Path | None) -> Path:
    """Return the folder that relative defaults belong to: that of `reconciler.yaml`, else the manifests' parent.

    A part of `manifests/` belongs to the project of the whole: it must not get a memory of its own.
    """
    if configuration is not None:
        return configuration.parent
    folder, here = _folder(paths), Path.cwd()
    for each in [folder, *folder.parents]:
        if each.name == MANIFESTS:
            return each.parent
    # `plan .` inside the project must not put its memory beside the project.
    return folder if here.is_relative_to(folder) else folder.parent


def _folder(paths: Sequence[Path]) -> Path:
    first = (paths[0] if paths else Path()).absolute()
    return first.parent if first.is_file() else first


def _upwards(folder: Path) -> Iterator[Path]:
    above = [folder, *folder.parents][:_MOST_LEVELS]
    root = next((index for index, each in enumerate(above) if (each / ".git").exists()), None)
    # Outside a repository nothing says where a project ends, and folders further up may be anybody's.
    return iter(above[:2] if root is None else above[: root + 1])
