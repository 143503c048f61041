"""Thumbnails are small, made once, never too many, and never the end of a process that is shown a bomb."""

from __future__ import annotations

import io
import os
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from reconciler.platform.settings import Limits
from reconciler.platform.store.blobs import Blobs
from reconciler.platform.store.gallery import StoredPicture
from reconciler.platform.store.thumbnails import LONGEST, Thumbnails, etag_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "objects")


def stored(blobs: Blobs, content: bytes) -> StoredPicture:
    blob = blobs.write([content])
    return StoredPicture(blob.name, blob.etag, blob.size, "image/png")


def drawn(size: tuple[int, int], *, mode: str = "RGB", form: str = "PNG", shade: int = 90) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, shade if mode == "L" else (shade,) * len(mode)).save(buffer, form)
    return buffer.getvalue()


def small(thumbnails: Thumbnails, picture: StoredPicture) -> Image.Image:
    made = thumbnails.of(picture)
    assert made is not None
    assert made.content_type == "image/jpeg"
    assert made.etag == etag_of(picture)
    return Image.open(io.BytesIO(made.content))


@pytest.mark.parametrize(
    ("size", "expected"), [((1600, 800), (320, 160)), ((40, 20), (40, 20)), ((10, 3200), (1, 320)), ((1, 1), (1, 1))]
)
@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP", "WEBP"])
def test_a_thumbnail_keeps_the_shape_and_never_grows(
    tmp_path: Path, blobs: Blobs, size: tuple[int, int], expected: tuple[int, int], form: str
) -> None:
    thumbnails = Thumbnails(tmp_path / "small", blobs, Limits())
    made = small(thumbnails, stored(blobs, drawn(size, form=form)))
    assert max(made.size) <= LONGEST
    assert made.size == expected


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK"])
def test_any_mode_becomes_colour(tmp_path: Path, blobs: Blobs, mode: str) -> None:
    form = "TIFF" if mode == "CMYK" else "PNG"
    thumbnails = Thumbnails(tmp_path / "small", blobs, Limits())
    assert small(thumbnails, stored(blobs, drawn((8, 8), mode=mode, form=form))).mode == "RGB"


def test_a_thumbnail_is_made_once(tmp_path: Path, blobs: Blobs) -> None:
    picture = stored(blobs, drawn((500, 500)))
    first = Thumbnails(tmp_path / "small", blobs, Limits()).of(picture)
    blobs.remove([picture.blob])
    assert first is not None
    assert Thumbnails(tmp_path / "small", blobs, Limits()).of(picture) == first


def bomb(width: int, height: int) -> bytes:
    """Return a PNG file of few bytes that claims so many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [b"", b"no image", drawn((64, 64))[:60], bomb(60_000, 60_000), bomb(9_000, 9_000), b"<svg onload='x'/>"],
    ids=["empty", "text", "torn", "bomb", "large", "script"],
)
def test_what_cannot_or_may_not_be_decoded_has_no_thumbnail(tmp_path: Path, blobs: Blobs, content: bytes) -> None:
    thumbnails = Thumbnails(tmp_path / "small", blobs, Limits())
    assert thumbnails.of(stored(blobs, content)) is None


def test_a_file_beyond_the_limit_of_bytes_is_not_opened(tmp_path: Path, blobs: Blobs) -> None:
    content = drawn((8, 8))
    picture = stored(blobs, content)
    assert Thumbnails(tmp_path / "small", blobs, Limits(image_bytes=len(content) - 1)).of(picture) is None
    assert Thumbnails(tmp_path / "small", blobs, Limits(image_bytes=len(content))).of(picture) is not None


def test_an_image_that_is_gone_has_no_thumbnail(tmp_path: Path, blobs: Blobs) -> None:
    picture = stored(blobs, drawn((8, 8)))
    blobs.remove([picture.blob])
    assert Thumbnails(tmp_path / "small", blobs, Limits()).of(picture) is None


def test_the_folder_stays_within_its_bound_and_keeps_what_was_used_last(tmp_path: Path, blobs: Blobs) -> None:
    pictures = [stored(blobs, drawn((64, 64), shade=shade)) for shade in range(0, 200, 10)]
    each = len(small_bytes(tmp_path, blobs, pictures[0]))
    most = each * 8
    thumbnails = Thumbnails(tmp_path / "bound", blobs, Limits(), most_bytes=most)
    for age, picture in enumerate(pictures):
        thumbnails.of(picture)
        for place in (tmp_path / "bound").rglob(etag_of(picture).strip('"') + ".jpg"):
            os.utime(place, (age, age))
    kept = {place.stem for place in (tmp_path / "bound").rglob("*.jpg")}
    assert sum(place.stat().st_size for place in (tmp_path / "bound").rglob("*.jpg")) <= most
    assert etag_of(pictures[-2]).strip('"') in kept
    assert etag_of(pictures[0]).strip('"') not in kept


def small_bytes(tmp_path: Path, blobs: Blobs, picture: StoredPicture) -> bytes:
    made = Thumbnails(tmp_path / "measure", blobs, Limits()).of(picture)
    assert made is not None
    return made.content
