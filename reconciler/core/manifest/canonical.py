"""The one canonical form of a manifest, and the digest over a whole set of them."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Final

import rfc8785

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import JsonValue

    from reconciler.core.manifest.catalog import Manifest

API_VERSION: Final = "reconciler.dev/v1"
KIND: Final = "Deployment"

# Finds too much, such as "v1.0" in a name; that only costs time.
_ODD_NUMBER: Final = re.compile(r"[0-9]\.0(?![0-9])|[0-9][eE][-+]?[0-9]|[0-9]{16}")


def document_of(manifest: Manifest) -> dict[str, JsonValue]:
    """Return the document as JSON values: defaults spelled out, undeclared fields left out, sets sorted."""
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": manifest.metadata.model_dump(mode="json", by_alias=True),
        "spec": manifest.spec.model_dump(mode="json", by_alias=True, exclude_none=True),
    }


def digest_of(manifests: Iterable[Manifest]) -> str:
    """Return `sha256:…` over the canonical JSON (RFC 8785) of all manifests, whatever their order and their files."""
    ordered = sorted(manifests, key=lambda each: each.address)
    canonical = b"[" + b",".join(canonical_json(document_of(each)) for each in ordered) + b"]"
    return f"sha256:{hashlib.sha256(canonical).hexdigest()}"


def canonical_json(value: JsonValue) -> bytes:
    """Return the bytes of RFC 8785.

    The standard library writes the same bytes ten times faster where all text is ASCII (the standard sorts by UTF-16,
    Python by code point) and no number needs an exponent or ends in `.0` (the standard writes them as JavaScript does).
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode() if text.isascii() and not _ODD_NUMBER.search(text) else rfc8785.dumps(value)
