"""The image of a prediction: checked by its header before anything decodes it, and where its bytes are."""

import base64
import binascii
import io
import warnings
from dataclasses import dataclass, field
from uuid import UUID

from reconciler.platform.settings import Limits
from reconciler.platform.store import objects
from reconciler.platform.store.database import Store
from reconciler.platform.store.faults import Invalid, NotFound, TooLarge
from reconciler.platform.store.images import FORMATS
from reconciler.platform.store.tables.data import Connector
from reconciler.platform.store.unit import Actor


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

    content: bytes = field(repr=False)
    filename: str
    content_type: str
    folder: str | None = None


@dataclass(frozen=True)
class Kept:
    """An image that is in the storage already: an object of a connector, and its bytes."""

    connector_id: UUID
    object_name: str
    content: bytes = field(repr=False)


Picture = Sent | Kept


def decode_base64(text: str) -> bytes:
    """Return the bytes of base64 text; anything else raises Invalid."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("The image is not base64.") from error


def fetch(store: Store, actor: Actor, *, place: tuple[UUID, str], limits: Limits) -> Kept:
    """Return the image that is stored at a place: a connector and an object name.

    Raises:
        NotFound: when it is not there, or out of the actor's reach.
        TooLarge: for more bytes than the limits allow.
    """
    connector_id, object_name = place
    with store.read(actor) as unit:
        stored = objects.get(unit, unit.find(Connector, connector_id).id, object_name)
        blob, size = stored.blob, stored.size
    _require_bytes(size, limits)
    try:
        return Kept(connector_id, object_name, b"".join(store.blobs.read(blob)))
    except OSError as error:
        raise NotFound(f"The object '{object_name}' is gone.") from error


def header(content: bytes, limits: Limits) -> Header | None:
    """Return what an image file says of itself without decoding it, or None when it is none that can be read.

    Raises:
        TooLarge: for more bytes, or more announced pixels, than the limits allow.
    """
    _require_bytes(len(content), limits)
    found = _read(content)
    if found is not None and found.width * found.height > limits.image_pixels:
        size = f"{found.width} x {found.height}"
        raise TooLarge(f"The image has {size} pixels; at most {limits.image_pixels} are taken.")
    return found


def _require_bytes(size: int, limits: Limits) -> None:
    if size > limits.image_bytes:
        raise TooLarge(f"The image has {size} bytes; at most {limits.image_bytes} are taken.")


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
