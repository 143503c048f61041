"""The image of a prediction: checked by its header before anything decodes it, and where its bytes are."""

import base64
import binascii
import io
import warnings
from dataclasses import dataclass
from uuid import UUID

from reconciler.platform.settings import Limits
from reconciler.platform.store.faults import Invalid, TooLarge

# What Pillow may open: a file cannot choose among its rarer readers.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP")


@dataclass(frozen=True)
class Header:
    """What an image file says of itself: its size in pixels and its content type."""

    width: int
    height: int
    content_type: str


@dataclass(frozen=True)
class Sent:
    """An image that came with the request.

    Attributes:
        content: the whole file.
        filename: its base name.
        content_type: such as `image/png`.
        folder: where the object's name begins; None for nowhere in particular.
    """

    content: bytes
    filename: str
    content_type: str
    folder: str | None = None


@dataclass(frozen=True)
class Kept:
    """An image that is in the storage already: an object of a connector."""

    connector_id: UUID
    object_name: str


Picture = Sent | Kept


def decode_base64(text: str) -> bytes:
    """Return the bytes of base64 text; anything else raises Invalid."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("The image is not base64.") from error


def header(content: bytes, limits: Limits) -> Header | None:
    """Return what an image file says of itself without decoding it, or None when it is none that can be read.

    Raises:
        TooLarge: for more bytes, or more announced pixels, than the limits allow.
    """
    if len(content) > limits.image_bytes:
        raise TooLarge(f"The image has {len(content)} bytes; at most {limits.image_bytes} are taken.")
    found = _read(content)
    if found is not None and found.width * found.height > limits.image_pixels:
        size = f"{found.width} x {found.height}"
        raise TooLarge(f"The image has {size} pixels; at most {limits.image_pixels} are taken.")
    return found


def _read(content: bytes) -> Header | None:
    from PIL import Image, UnidentifiedImageError

    try:
        # Our own limit is checked on what the header says, and it is the stricter one.
        with (
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            Image.open(io.BytesIO(content), formats=FORMATS) as image,
        ):
            return Header(image.width, image.height, Image.MIME[image.format or "PNG"])
    except Image.DecompressionBombError as error:
        raise TooLarge("The image has far too many pixels.") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
