"""Rules on ownership: which paths can be owned, and what an active policy leaves to be owned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.manifest.checks.expectations import closest
from reconciler.core.manifest.checks.findings import Finding
from reconciler.core.manifest.diagnostics import Severity, clip
from reconciler.core.manifest.nodes import Mapping
from reconciler.core.manifest.ownership import OWNABLE_PATHS, policy_slot
from reconciler.core.manifest.spec import Ownership

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.manifest.checks.draft import Draft

_BLOCK: Final = ("spec", "ownership")
_POLICY: Final = ("spec", "continuousDeployment", "policy")


def unknown_path(draft: Draft) -> Iterator[Finding]:
    """A key that is no ownable path."""
    block = draft.node(*_BLOCK)
    if isinstance(block, Mapping):
        yield from (_unownable(key) for key in block.entries if key not in OWNABLE_PATHS)


def _unownable(key: str) -> Finding:
    path = (*_BLOCK, key)
    block, _, inside = key.partition(".")
    if inside and block in ("continuousTraining", "continuousDeployment") and closest(inside, ("datasets",)) is None:
        message = f'"{clip(key)}" cannot be owned by itself: the API replaces and activates {block} as one'
        return Finding("ownership-too-fine", path, message, f'own "{block}" as a whole', at_key=True)
    likely = closest(key, OWNABLE_PATHS)
    hint = f'did you mean "{likely}"?' if likely else f"what can be owned is {', '.join(OWNABLE_PATHS)}"
    return Finding("unknown-ownership-path", path, f'"{clip(key)}" is no field that can be owned', hint, at_key=True)


def managed_policy_slot(draft: Draft) -> Iterator[Finding]:
    """Managed on the slot that an active policy writes: reconciler and platform would undo each other for ever."""
    if draft.spec is None or not draft.is_sound("spec", "continuousDeployment"):
        return
    slot = policy_slot(draft.spec)
    if slot is None or draft.spec.ownership.get(slot) is not Ownership.MANAGED:
        return
    policy = draft.spec.continuous_deployment.policy if draft.spec.continuous_deployment else None
    message = f"{slot} cannot be Managed while {policy} is active: the platform writes it after each training"
    hint = "write OnChange: git still sets it when it changes in git; or choose DeployManual"
    path = (*_BLOCK, slot)
    yield Finding(
        "policy-slot-managed", path, message, hint, at_key=True, beside=(_POLICY, "the policy that writes it")
    )


def ownership_without_field(draft: Draft) -> Iterator[Finding]:
    """Ownership of something that the manifest does not declare, so does not manage anyway."""
    block = draft.node(*_BLOCK)
    for key in block.entries if isinstance(block, Mapping) else ():
        if key in OWNABLE_PATHS and draft.spec is not None and not draft.has("spec", *key.split(".")):
            message = f'"{key}" is not declared in this manifest, so owning it changes nothing'
            hint = f"declare {key}, or delete the line"
            yield Finding("ownership-without-field", (*_BLOCK, key), message, hint, Severity.WARNING, at_key=True)


RULES: Final = (unknown_path, managed_policy_slot, ownership_without_field)
