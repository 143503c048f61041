"""Bytes on disk: written whole or not at all, named by random identifiers so that no client chooses a path."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

_CHUNK = 1024 * 1024


class SupportsRead(Protocol):
    """An open file of bytes."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


@dataclass(frozen=True)
class Blob:
    """Stored bytes: their name on disk, size in bytes, and MD5 (what storage clients call an ETag)."""

    name: str
    size: int
    etag: str


class Blobs:
    """A folder of immutable byte sequences."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def sweep(self) -> None:
        """Remove what interrupted writes left behind; call only while nobody writes."""
        for leftover in self._incoming.iterdir():
            leftover.unlink()

    def path(self, name: str) -> Path:
        """Return where the blob of that name lies."""
        return self._folder / name[:2] / name

    def open(self, name: str) -> BinaryIO:
        """Open a blob for reading."""
        return self.path(name).open("rb")

    def write(self, chunks: Iterable[bytes]) -> Blob:
        """Store these bytes and return the blob; an exception leaves nothing behind."""
        with self._landing() as (handle, landing):
            size, digest = _copy(chunks, handle)
            return self._settle(landing, size, digest)

    def join(self, names: Iterable[str]) -> Blob:
        """Store the concatenation of existing blobs as a new one."""
        return self.write(chunk for name in names for chunk in self.read(name))

    def read(self, name: str) -> Iterator[bytes]:
        """Yield a blob's bytes in chunks."""
        with self.open(name) as handle:
            yield from chunks_of(handle)

    def remove(self, names: Iterable[str]) -> None:
        """Delete blobs; one that is already gone is fine."""
        for name in names:
            self.path(name).unlink(missing_ok=True)

    @contextmanager
    def _landing(self) -> Iterator[tuple[BinaryIO, Path]]:
        descriptor, landing = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(descriptor, "wb") as handle:
                yield handle, Path(landing)
        finally:
            Path(landing).unlink(missing_ok=True)

    def _settle(self, landing: Path, size: int, digest: str) -> Blob:
        name = uuid4().hex
        place = self.path(name)
        place.parent.mkdir(exist_ok=True)
        landing.rename(place)
        return Blob(name, size, digest)


def chunks_of(handle: SupportsRead) -> Iterator[bytes]:
    """Yield what is left of an open file, a mebibyte at a time."""
    while chunk := handle.read(_CHUNK):
        yield chunk


def _copy(chunks: Iterable[bytes], handle: BinaryIO) -> tuple[int, str]:
    size, digest = 0, hashlib.md5(usedforsecurity=False)
    for chunk in chunks:
        handle.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    handle.flush()
    os.fsync(handle.fileno())
    return size, digest.hexdigest()
