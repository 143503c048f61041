"""Where the value of a setting comes from: a manifest, continuous deployment, or a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from reconciler.platform.dashboard.ownership import Owner
from reconciler.platform.store.tables.deployments import ModelChange, SettingEdit
from reconciler.platform.store.words import ModelCause, ModelRole

Kind = Literal["manifest", "policy", "person", "unknown"]

SLOTS = {"models.champion": ModelRole.CHAMPION, "models.shadow": ModelRole.SHADOW}


@dataclass(frozen=True)
class Origin:
    """Where a value comes from.

    Attributes:
        text: who or what, in a few words.
        at: when, where that is known.
        is_drift: whether a manifest declares the field, and something else moved it since.
    """

    kind: Kind
    text: str
    at: datetime | None = None
    is_drift: bool = False


@dataclass(frozen=True)
class Traces:
    """What is known of a deployment's settings.

    Attributes:
        owner: the manifest that manages it; None where none said so.
        managed_at: when that was last said.
        edits: the last change of each field on a page.
        changes: the newest change of each slot.
    """

    owner: Owner | None
    managed_at: datetime | None
    edits: Mapping[str, SettingEdit]
    changes: Mapping[ModelRole, ModelChange]

    def manages(self, field: str) -> bool:
        """Whether a manifest declares a field."""
        return self.owner is not None and self.owner.manages(field)

    def managed(self, fields: Sequence[str]) -> Sequence[str]:
        """Return those of some fields that a manifest declares."""
        return [field for field in fields if self.manages(field)]

    def origin(self, field: str) -> Origin:
        """Return where the value of a field comes from; fields are named as manifests name them."""
        change = self.changes.get(SLOTS[field]) if field in SLOTS else None
        if change is not None and change.cause is not ModelCause.USER:
            return self._moved(field, change)
        edit = self.edits.get(field)
        if edit is not None and (self.managed_at is None or edit.at > self.managed_at or not self.manages(field)):
            return Origin("person", f"changed here by {edit.actor}", edit.at, is_drift=self.manages(field))
        if self.owner is not None and self.manages(field):
            return Origin("manifest", self.owner.told)
        if change is not None:
            return Origin("person", f"set by {change.actor}", change.created_at)
        return Origin("unknown", "set by a person or a script")

    def _moved(self, field: str, change: ModelChange) -> Origin:
        # What the policy moves is what the policy is for: the manifest that declares the slot knows it.
        if change.cause is ModelCause.CONTINUOUS_DEPLOYMENT:
            return Origin("policy", "moved by continuous deployment", change.created_at)
        return Origin("person", f"promoted by {change.actor}", change.created_at, is_drift=self.manages(field))
