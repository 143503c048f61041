"""One document in, a manifest out, or everything that is wrong with it; and what other manifests must know of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.canonical import API_VERSION, KIND
from reconciler.core.manifest.catalog import Manifest
from reconciler.core.manifest.checks.drafting import draft_of
from reconciler.core.manifest.checks.expectations import closest, fields
from reconciler.core.manifest.checks.findings import Finding, located
from reconciler.core.manifest.checks.kin import Kin, kin_of
from reconciler.core.manifest.checks.places import origins_of
from reconciler.core.manifest.checks.rules import RULES
from reconciler.core.manifest.checks.translation import missing, shown, unknown
from reconciler.core.manifest.diagnostics import Diagnostic, Severity
from reconciler.core.manifest.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.core.manifest.checks.draft import Draft
    from reconciler.core.manifest.nodes import Document

MAX_FINDINGS: Final = 100
"""Problems of one document that are told; more would only hide the first."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one document.

    The nodes are not kept: ten thousand trees would cost more time to keep than to build.

    Attributes:
        manifest: The result, where there is no error.
        kin: What other manifests must know of it; None where it has no name, or is not a Deployment at all.
        diagnostics: Everything found in this document alone.
    """

    manifest: Manifest | None
    kin: Kin | None
    diagnostics: tuple[Diagnostic, ...]


def read(document: Document) -> Reading:
    """Judge one document by itself; problems between manifests are found by `relations`."""
    root = document.root
    refusal = _refuse(root)
    if refusal is not None or not isinstance(root, Mapping):
        return Reading(None, None, _located(document, [refusal] if refusal else []))
    draft, found = draft_of(root)
    judged = (finding for rule in RULES for finding in rule(draft))
    diagnostics = _located(document, chain(_shape(root), found, judged))
    return Reading(_manifest(document, draft, diagnostics), kin_of(document), diagnostics)


def _manifest(document: Document, draft: Draft, diagnostics: tuple[Diagnostic, ...]) -> Manifest | None:
    if draft.metadata is None or draft.spec is None:
        return None
    if any(each.severity is Severity.ERROR for each in diagnostics):
        return None
    return Manifest(draft.metadata, draft.spec, origins_of(document, draft.root))


def _located(document: Document, findings: Iterable[Finding]) -> tuple[Diagnostic, ...]:
    return tuple(located(document, finding) for finding in islice(findings, MAX_FINDINGS))


def _refuse(root: object) -> Finding | None:
    """Return why a document is none of ours, if so."""
    if not isinstance(root, Mapping):
        message = "this document is not a manifest: it has no apiVersion, kind, metadata and spec"
        return Finding("not-a-manifest", (), message, "start from an example in manifests/")
    return _unlike(root, "apiVersion", API_VERSION) or _unlike(root, "kind", KIND)


def _unlike(root: Mapping, key: str, wanted: str) -> Finding | None:
    node = root.get(key)
    if node is None:
        near = closest(key, root.entries)
        hint = f'did you mean "{key}" where it says "{near}"?' if near else f"add `{key}: {wanted}`"
        return Finding("not-a-manifest", (), f'this document is not a manifest: it has no "{key}"', hint)
    if isinstance(node, Scalar) and node.text == wanted:
        return None
    code, hint = f"unknown-{'api-version' if key == 'apiVersion' else 'kind'}", f"write `{key}: {wanted}`"
    if key == "apiVersion" and isinstance(node, Scalar) and "/" in node.text and "reconciler" not in node.text:
        hint = "keep objects of other tools out of the manifests folder"
    return Finding(code, (key,), f"{key} must be {wanted}, not {shown(node)}", hint)


def _shape(root: Mapping) -> Iterator[Finding]:
    known = fields(())
    for key in root.entries:
        if key not in known:
            yield unknown((key,))
    if "status" in root.entries:
        message = "status is owned by machines and never read from files"
        yield Finding("status-ignored", ("status",), message, "delete it", Severity.WARNING, at_key=True)
    for key in ("metadata", "spec"):
        if key not in root.entries:
            yield missing((key,))
