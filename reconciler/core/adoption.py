"""What adopting a deployment records, and what forgetting one drops.

Adopting takes what the manifest declares of fields that nobody can read, and what is seen as declared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from reconciler.core.diff import Decision
from reconciler.core.explain import configuration_of
from reconciler.core.live import FIELD
from reconciler.core.manifest.ownership import ownership_of
from reconciler.core.manifest.spec import Ownership
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.diff import FieldChange
    from reconciler.core.live import LiveDeployment
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.plan import Chain

_CONFIGURATION = "continuousTraining.configuration"
_LOOP_ACTIVE, _LOOP_CONFIGURED = "feedbackLoop.active", "feedbackLoop.configured"


@dataclass(frozen=True, slots=True)
class Adoption:
    """What adopting one deployment comes to.

    Attributes:
        chain: What was planned for it.
        live: What was observed, completed by the declared values of `taken`.
        taken: Paths that the platform does not report: from now on assumed to be as declared.
        seen: Paths that are reported as declared and were not recorded so.
        left: Owned fields that differ: no record makes them equal, so they stay what they are.
        owner: The path of who manages it, where that was another catalog or nobody: from now on it is this catalog.
    """

    chain: Chain
    live: LiveDeployment
    taken: tuple[str, ...]
    seen: tuple[str, ...]
    left: tuple[FieldChange, ...]
    owner: tuple[str, ...] = ()

    @property
    def recorded(self) -> Chain:
        """The chain as if all of it had been seen as declared."""
        return replace(self.chain, live=self.live, settled=self.seen + self.taken + self.owner)


def adoption(chain: Chain, live: LiveDeployment, manifest: Manifest) -> Adoption:
    """Return what adopting a live deployment comes to.

    Only held fields are taken from the manifest. A field that differs by report is drift or pending, and one that our
    own record knows, even in doubt, is ours already: apply writes it.

    Args:
        chain: Its part of a plan.
        live: What was observed of it.
        manifest: What it declares.
    """
    ours = [change for change in chain.changes if _is_owned(manifest, change.field)]
    held = [change for change in ours if change.decision is Decision.HOLD]
    values = {field: _value(field, tuple(parts)) for field, parts in groupby(held, key=lambda change: change.field)}
    if values.get(_LOOP_ACTIVE) is True and FIELD[_LOOP_CONFIGURED].of(live) is UNREPORTED:
        # No manifest spells it, and no loop that is on lacks it.
        values[_LOOP_CONFIGURED] = True
    completed = live
    for path, value in values.items():
        completed = FIELD[path].put(completed, value)
    left = tuple(change for change in ours if change.decision is not Decision.HOLD)
    return Adoption(chain, completed, tuple(values), chain.settled, left)


def _is_owned(manifest: Manifest, path: str) -> bool:
    return ownership_of(manifest, path) in (Ownership.MANAGED, Ownership.ON_CHANGE)


def _value(field: str, parts: Iterable[FieldChange]) -> object:
    """Return the desired value whose parts a plan shows; nothing was known before, so it shows all of them."""
    shown = {change.path: change.after for change in parts}
    return configuration_of(shown) if field == _CONFIGURATION else FIELD[field].decode(shown[field])


@dataclass(frozen=True, slots=True)
class Forgot:
    """A deployment that is ours no more.

    Attributes:
        address: Its address.
        id: Its id on the platform, if it was ever known.
        name: Its last certain platform name, or its address.
        fields: How many fields were recorded.
        declared: Whether a manifest still declares it, so that an apply finds it again by name.
    """

    address: str
    id: str | None
    name: str
    fields: int
    declared: bool


def forgot(memory: AppliedDeployment, *, declared: bool) -> Forgot:
    """Return what is dropped with our memory of a deployment."""
    name = str(memory.values.name) if memory.certain("name") else memory.address
    return Forgot(memory.address, memory.values.id, name, len(memory.fields), declared)
