"""The tags of a deployment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from reconciler.core.actions.base import FixedAction, Phase, Repeat, Verdict
from reconciler.core.unreported import Unreported

if TYPE_CHECKING:
    from reconciler.core.live import LiveDeployment


@dataclass(frozen=True, slots=True)
class CreateTag:
    """Create a deployment tag in the organisation; once per plan, before any deployment needs it."""

    phase: ClassVar[Phase] = Phase.EXIST
    repeat: ClassVar[Repeat] = Repeat.CONFLICT_MEANS_DONE
    absent_means_done: ClassVar[bool] = False
    touches: ClassVar[frozenset[str]] = frozenset()
    name: str

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live`: a tag by itself changes no deployment."""
        return live

    def satisfied_by(self, live: LiveDeployment | None) -> Verdict:  # noqa: ARG002  # the union's signature
        """Return UNKNOWN: no deployment shows whether a tag exists."""
        return Verdict.UNKNOWN


@dataclass(frozen=True, slots=True)
class AttachTag(FixedAction):
    """Attach an existing tag, by name; the id is looked up when it is sent."""

    decides: ClassVar[tuple[str, ...]] = ("tags",)
    name: str

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` with the tag among its tags."""
        return replace(live, tags=live.tags if isinstance(live.tags, Unreported) else live.tags | {self.name})


@dataclass(frozen=True, slots=True)
class DetachTag(FixedAction):
    """Detach a tag, by name."""

    decides: ClassVar[tuple[str, ...]] = ("tags",)
    absent_means_done: ClassVar[bool] = True
    name: str

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` without the tag."""
        return replace(live, tags=live.tags if isinstance(live.tags, Unreported) else live.tags - {self.name})
