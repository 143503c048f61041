"""The one canonical form of a manifest, and the digest over a whole set of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import rfc8785

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import JsonValue

    from reconciler.core.manifest.catalog import Manifest

API_VERSION: Final = "reconciler.dev/v1"
KIND: Final = "Deployment"


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
    canonical = rfc8785.dumps([document_of(each) for each in sorted(manifests, key=lambda each: each.address)])
    return f"sha256:{hashlib.sha256(canonical).hexdigest()}"
