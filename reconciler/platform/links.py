"""Presigned URLs: what somebody without a token may do with one stored object, for a while."""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlencode
from uuid import UUID

from reconciler.platform.context import Context
from reconciler.platform.store.faults import Forbidden

Deed = Literal["get", "post", "put"]

# Seconds. Vendor: a download URL lives one hour (SDK docstring); an upload may be retried for as long.
LIFETIME = 3600
PREFIX = "/storage"


@dataclass(frozen=True)
class Link:
    """What a URL allows: one deed on one object, or on one part of an upload."""

    deed: Deed
    connector_id: UUID
    object_name: str
    content_type: str = ""
    upload_id: UUID | None = None
    part_no: int = 0


def sign(context: Context, origin: str, link: Link, *, clock: Callable[[], float] = time.time) -> str:
    """Return the URL of a link under `origin`, valid for `LIFETIME` seconds."""
    expires = int(clock()) + LIFETIME
    facts = {"expires": expires, "signature": _signature(context, link, expires)}
    extra = {"content_type": link.content_type, "upload_id": link.upload_id, "part_no": link.part_no or None}
    query = urlencode({**{key: value for key, value in extra.items() if value}, **facts})
    return f"{origin.rstrip('/')}{PREFIX}/{link.connector_id}/{quote(link.object_name)}?{query}"


def check(
    context: Context, link: Link, *, expires: int, signature: str, clock: Callable[[], float] = time.time
) -> None:
    """Raise Forbidden unless this platform signed that link and it has not expired."""
    genuine = hmac.compare_digest(_signature(context, link, expires).encode(), signature.encode())
    if not genuine:
        raise Forbidden("The signature of this URL is not valid.")
    if expires < clock():
        raise Forbidden("This URL has expired.")


def _signature(context: Context, link: Link, expires: int) -> str:
    # A length before each fact: no two links can read the same.
    facts = [*(str(fact) for fact in vars(link).values()), str(expires)]
    text = "".join(f"{len(fact)}:{fact}" for fact in facts)
    return hmac.new(context.keys.derive("links"), text.encode(), hashlib.sha256).hexdigest()
