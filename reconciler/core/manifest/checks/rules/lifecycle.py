"""Rules on names, removal and holds: what happens to the deployment as a whole."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.checks.expectations import closest
from reconciler.core.manifest.checks.findings import Finding
from reconciler.core.manifest.diagnostics import Severity, clip
from reconciler.core.manifest.spec import OnRemoval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.manifest.checks.draft import Draft

PREFIX: Final = "reconciler.dev/"
HOLD_UNTIL: Final = f"{PREFIX}hold-until"
HOLD_REASON: Final = f"{PREFIX}hold-reason"
RECONCILE_REQUESTED_AT: Final = f"{PREFIX}reconcile-requested-at"
_KNOWN: Final = (HOLD_UNTIL, HOLD_REASON, RECONCILE_REQUESTED_AT)

_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[-+]\d{2}:\d{2})", re.ASCII)
_BLOCK: Final = ("spec", "lifecycle")
_RENAMED: Final = ("spec", "renamedFrom")
_ANNOTATIONS: Final = ("metadata", "annotations")


def rename_to_itself(draft: Draft) -> Iterator[Finding]:
    """A rename from the name it has."""
    former = draft.value(*_RENAMED)
    if former is not None and former == draft.platform_name:
        message = f'spec.renamedFrom is "{clip(str(former))}", the name that this deployment already has'
        yield Finding("rename-to-itself", _RENAMED, message, "delete it, or name the former name")


def removal(draft: Draft) -> Iterator[Finding]:
    """Delete on removal and protection from deletion exclude each other."""
    lifecycle = draft.spec.lifecycle if draft.spec else None
    if lifecycle is None or not draft.is_sound(*_BLOCK):
        return
    path = (*_BLOCK, "onRemoval")
    if lifecycle.on_removal is OnRemoval.ORPHAN and lifecycle.force_delete:
        message = "spec.lifecycle.forceDelete has no effect: without `onRemoval: Delete` nothing is deleted"
        hint = "delete the line, or write `onRemoval: Delete`"
        yield Finding("removal-without-effect", (*_BLOCK, "forceDelete"), message, hint, Severity.WARNING, at_key=True)
    if lifecycle.on_removal is OnRemoval.DELETE and lifecycle.prevent_destroy:
        yield _protected(path, explicit=draft.has(*_BLOCK, "preventDestroy"))


def _protected(path: tuple[str, ...], *, explicit: bool) -> Finding:
    hint = "write `preventDestroy: false` to allow it, or `onRemoval: Orphan`"
    if explicit:
        message = "spec.lifecycle says both to delete the deployment on removal and never to delete it"
        other = (*_BLOCK, "preventDestroy")
        return Finding("removal-contradiction", path, message, hint, at_key=True, beside=(other, "the protection"))
    message = "spec.lifecycle.onRemoval: Delete has no effect: preventDestroy is true unless it is set to false"
    return Finding("removal-without-effect", path, message, hint, Severity.WARNING, at_key=True)


def annotated_holds(draft: Draft) -> Iterator[Finding]:
    """Our own annotations have known names, and times that can be read."""
    declared = draft.metadata.annotations if draft.metadata else {}
    for key, value in declared.items():
        path = (*_ANNOTATIONS, key)
        if key in (HOLD_UNTIL, RECONCILE_REQUESTED_AT) and not _is_instant(value):
            message = f'metadata.annotations.{key} must be a date and time with a time zone, not "{clip(value)}"'
            yield Finding("annotation-time", path, message, "write it as RFC 3339: 2026-07-01T08:00:00Z")
        if key.startswith(PREFIX) and key not in _KNOWN:
            yield _unknown_annotation(key)
    if HOLD_REASON in declared and HOLD_UNTIL not in declared:
        message = "a hold has a reason but no end, and a hold that nobody ends is forgotten"
        hint = f'add `{HOLD_UNTIL}: "2026-07-01T08:00:00Z"`'
        yield Finding("hold-without-end", (*_ANNOTATIONS, HOLD_REASON), message, hint, at_key=True)


def _unknown_annotation(key: str) -> Finding:
    likely = closest(key, _KNOWN)
    hint = f'did you mean "{likely}"?' if likely else f"what is known is {', '.join(_KNOWN)}"
    message = f'nothing reads the annotation "{clip(key)}"'
    return Finding("unknown-annotation", (*_ANNOTATIONS, key), message, hint, Severity.WARNING, at_key=True)


def _is_instant(text: str) -> bool:
    """Tell whether a text is an RFC 3339 instant: date, time and offset."""
    if not _INSTANT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


RULES: Final = (rename_to_itself, removal, annotated_holds)
