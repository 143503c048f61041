"""One file written whole or not at all: beside it, through to the disk, then put in its place by one rename."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NEW: Final = 0o666
"""What a new file may be read and written by, before the process's umask takes its part away."""


def replace_file(path: Path, data: bytes) -> None:
    """Give an existing file other contents; it keeps its mode, and links to it stay links. Raises OSError."""
    target = path.resolve()
    temporary = _beside(target, data, stat.S_IMODE(target.stat().st_mode))
    with _no_litter(temporary):
        temporary.replace(target)
    _settle(target.parent)


def create_file(path: Path, data: bytes) -> None:
    """Make a file that must not be there yet, and the folders above it. Raises OSError, FileExistsError for one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(path, data, None)
    with _no_litter(temporary):
        try:
            # Unlike a rename, a link never takes the place of something that came in between.
            path.hardlink_to(temporary)
        except FileExistsError:
            raise
        except OSError:  # some file systems have no links
            if os.path.lexists(path):
                raise FileExistsError(path) from None
            temporary.replace(path)
    _settle(path.parent)


def _beside(path: Path, data: bytes, mode: int | None) -> Path:
    # Hidden, and no `.yaml`: who walks the folder meanwhile does not take it for a manifest.
    temporary = path.with_name(f".reconciler-{os.getpid()}-{os.urandom(4).hex()}.tmp")
    with contextlib.ExitStack() as stack:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _NEW)
        stack.callback(temporary.unlink, missing_ok=True)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        stack.pop_all()
    return temporary


@contextlib.contextmanager
def _no_litter(temporary: Path) -> Iterator[None]:
    try:
        yield
    finally:
        temporary.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Let the folder reach the disk too: the rename is in it. Not every file system can, and none needs to."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
