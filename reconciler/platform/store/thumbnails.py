"""Small pictures of kept images: made once, kept in a folder of bounded size, the longest unused ones removed first."""

import hashlib
import io
import os
import tempfile
import threading
import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.platform.settings import Limits
from reconciler.platform.store.blobs import Blobs
from reconciler.platform.store.gallery import StoredPicture
from reconciler.platform.store.images import FORMATS

if TYPE_CHECKING:
    from PIL import Image

# Pixels of the longest side; smaller images stay as they are.
LONGEST: Final = 320
_QUALITY: Final = 80
CONTENT_TYPE: Final = "image/jpeg"
MOST_BYTES: Final = 256 * 1024 * 1024
# Once the folder is full, so much of it is freed at once: not every new thumbnail should look through all others.
_FREED: Final = 0.2


@dataclass(frozen=True)
class Thumbnail:
    """A small picture, and the ETag that stands for its content."""

    content: bytes = field(repr=False)
    content_type: str
    etag: str


def etag_of(stored: StoredPicture) -> str:
    """Return the ETag of an image's thumbnail, quoted, without making it."""
    return f'"{_key(stored)}"'


class Thumbnails:
    """Thumbnails of the images in a store's blobs, kept in a folder that may be removed at any time."""

    def __init__(self, folder: Path, blobs: Blobs, limits: Limits, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._blobs = blobs
        self._limits = limits
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        # Known once the first thumbnail is kept.
        self._held: int | None = None

    def of(self, stored: StoredPicture) -> Thumbnail | None:
        """Return an image's thumbnail, or None where the file is no image that can, or may, be decoded."""
        place = self._place(stored)
        try:
            content = place.read_bytes()
            # Its age is that of its last use.
            os.utime(place)
        except FileNotFoundError:
            made = self._made(stored)
            if made is None:
                return None
            self._keep(place, made)
            content = made
        return Thumbnail(content, CONTENT_TYPE, etag_of(stored))

    def _place(self, stored: StoredPicture) -> Path:
        key = _key(stored)
        return self._folder / key[:2] / f"{key}.jpg"

    def _made(self, stored: StoredPicture) -> bytes | None:
        from PIL import Image, UnidentifiedImageError

        if stored.size > self._limits.image_bytes:
            return None
        try:
            # Our own limit is checked on what the header says, and it is the stricter one.
            with (
                warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
                Image.open(self._blobs.path(stored.blob), formats=FORMATS) as image,
            ):
                if image.width * image.height > self._limits.image_pixels:
                    return None
                return _small(image)
        except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
            return None

    def _keep(self, place: Path, content: bytes) -> None:
        # What is not kept is made again: a full disk must not cost anybody the picture.
        with suppress(OSError), self._lock:
            place.parent.mkdir(parents=True, exist_ok=True)
            descriptor, landing = tempfile.mkstemp(dir=place.parent)
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(content)
            Path(landing).replace(place)
            self._held = (self._held if self._held is not None else self._measured()) + len(content)
            if self._held > self._most_bytes:
                self._held = self._freed()

    def _measured(self) -> int:
        return sum(size for _, size, _ in self._files())

    def _freed(self) -> int:
        """Remove the thumbnails that were not used for longest, and return how many bytes are left."""
        files = sorted(self._files())
        left = sum(size for _, size, _ in files)
        for _, size, path in files:
            if left <= self._most_bytes * (1 - _FREED):
                break
            path.unlink(missing_ok=True)
            left -= size
        return left

    def _files(self) -> list[tuple[float, int, Path]]:
        found = [(path, path.stat()) for path in self._folder.glob("*/*")]
        return [(status.st_mtime, status.st_size, path) for path, status in found]


def _key(stored: StoredPicture) -> str:
    """Return the digest of an image's content and of how it is made small."""
    made = f"{stored.etag} {stored.size} {LONGEST} {_QUALITY}"
    return hashlib.sha256(made.encode()).hexdigest()[:40]


def _small(image: "Image.Image") -> bytes:
    # JPEG files are decoded at a fraction of their size where that is enough.
    image.draft("RGB", (LONGEST, LONGEST))
    buffer, small = io.BytesIO(), image.convert("RGB")
    # Not turned as a camera may ask for: shapes are where they are on the pixels as they lie.
    small.thumbnail((LONGEST, LONGEST))
    small.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
