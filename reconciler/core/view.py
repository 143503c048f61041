"""What an aspect may look at, and the one judgement all aspects share: in sync, to be written, told, or held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reconciler.core.applied import Standing
from reconciler.core.diff import Decision, DriftClass, FieldChange, classify
from reconciler.core.gap import NO_GAP, Assumption, Gap
from reconciler.core.live import FIELD
from reconciler.core.manifest.ownership import ownership_of
from reconciler.core.manifest.spec import Ownership
from reconciler.core.references import Missing, Resolved
from reconciler.core.refusal import Refusal, Scope
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.core.applied import AppliedDeployment, Belief
    from reconciler.core.live import Json, LiveDeployment, Management
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.references import Reference

Explain: TypeAlias = "Callable[[Json, Json], tuple[tuple[str, Json, Json], ...]]"
"""Splits a composite field into (path, before, after) for people."""


@dataclass(frozen=True, slots=True)
class View:
    """One deployment as an aspect sees it.

    Attributes:
        manifest: What is desired, in names.
        live: What the API said, `None` when this plan creates the deployment.
        belief: The best knowledge; for a creation, the effect of the creating call.
        applied: Our memory of it, if any.
        references: Every reference of the catalog, resolved or missing.
        capabilities: What the platform can do beyond the SDK.
        claim: Who manages it, as the platform should say.
        reassert: Paths to write even though they are held or assumed.
    """

    manifest: Manifest
    live: LiveDeployment | None
    belief: Belief
    applied: AppliedDeployment | None
    references: Mapping[Reference, Resolved | Missing]
    capabilities: frozenset[str]
    claim: Management
    reassert: frozenset[str] = frozenset()

    @property
    def creating(self) -> bool:
        """Tell whether this plan creates the deployment."""
        return self.live is None

    @property
    def address(self) -> str:
        """The deployment's name in the catalog."""
        return self.manifest.address

    def value(self, path: str) -> object:
        """Return the believed value of a field, possibly `UNREPORTED`."""
        return FIELD[path].of(self.belief.state)

    def standing(self, path: str) -> Standing:
        """Return how that value is known."""
        return self.belief.standings[path]

    def mode(self, path: str) -> Ownership:
        """Return who may move a field."""
        return ownership_of(self.manifest, path)

    def writable(self, path: str) -> bool:
        """Tell whether our ownership allows writing a field at all."""
        return self.mode(path) in (Ownership.MANAGED, Ownership.ON_CHANGE)

    def reasserted(self, path: str) -> bool:
        """Tell whether the user asked for this field, or for its block, to be written on purpose."""
        return any(path == wanted or path.startswith(f"{wanted}.") for wanted in self.reassert)

    def ours(self, path: str) -> bool:
        """Tell whether this plan may move a field: owned, and known or meant to be written."""
        held = self.standing(path) is Standing.HELD and not self.creating and not self.reasserted(path)
        return self.writable(path) and not held

    def resolve(self, reference: Reference, path: str) -> Resolved | Refusal:
        """Return what a reference stands for, or why the deployment cannot be planned without it."""
        found = self.references.get(reference, Missing("it was not looked up"))
        if isinstance(found, Resolved):
            return found
        near = f"did you mean {', '.join(found.candidates)}? " if found.candidates else ""
        return self.refuse(
            "missing-reference",
            path,
            f"{reference.kind} {reference.label} does not exist: {found.reason}",
            f"{near}Create it on the platform, or mend the reference.".strip().capitalize(),
        )

    def refuse(self, code: str, path: str, message: str, hint: str, *, scope: Scope = Scope.DEPLOYMENT) -> Refusal:
        """Return a refusal at the place of a field."""
        return Refusal(code, scope, self.address, message, hint, path, self.manifest.origin(path))


def switch_not_ours(view: View, path: str, switch: str) -> Refusal:
    """Return why a call that may move a switch is not made: the switch is held, or not ours to move."""
    block = path.partition(".")[0]
    if not view.writable(switch):
        return view.refuse(
            "switch-not-ours",
            path,
            f"writing it may move the switch {switch}, which is {view.mode(switch)} and so not ours to move",
            f"Let `{switch}` be Managed, or make this change by hand.",
            scope=Scope.STEP,
        )
    return view.refuse(
        "switch-held",
        path,
        f"writing it may move the switch {switch}, and neither the platform nor our record says how that stands",
        f"Run `reconciler adopt {view.address}`, or plan with `--reassert {block}` to write the block on purpose.",
        scope=Scope.STEP,
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to tell about one field, and whether to write it."""

    gap: Gap
    write: bool


SILENT = Judgement(NO_GAP, write=False)
"""Nothing to tell, nothing to write."""


def judge(view: View, path: str, desired: object, explain: Explain | None = None) -> Judgement:
    """Compare one declared field with what is believed, by ownership and standing.

    Args:
        view: The deployment.
        path: A path of `core.live.FIELDS`.
        desired: The desired value in the API's terms.
        explain: How to split a composite field for people; by default it is shown whole.
    """
    if view.mode(path) is Ownership.IGNORED:
        return SILENT
    teller = _Teller(view, path, desired, explain)
    standing = view.standing(path)
    if view.creating:
        return _created(teller)
    if standing in (Standing.HELD, Standing.DOUBTFUL) and not view.writable(path):
        # Observed: nobody knows it, and nobody here may write it, so there is nothing to tell either.
        return SILENT
    if standing is Standing.HELD:
        asked = view.reasserted(path)
        return teller.tell(DriftClass.UNRECORDED, Decision.WRITE if asked else Decision.HOLD)
    if standing is Standing.DOUBTFUL:
        return teller.tell(DriftClass.PENDING, Decision.WRITE)
    if view.value(path) == desired:
        return _in_sync(teller)
    drift = _drift(view, path, desired)
    return teller.tell(drift, _decision(view, path, drift))


@dataclass(frozen=True, slots=True)
class _Teller:
    view: View
    path: str
    desired: object
    explain: Explain | None

    def tell(self, drift: DriftClass, decision: Decision) -> Judgement:
        changes = tuple(self._change(item, drift, decision) for item in self._parts())
        return Judgement(Gap(changes=changes), write=decision is Decision.WRITE)

    def _parts(self) -> tuple[tuple[str, Json, Json], ...]:
        item, value = FIELD[self.path], self.view.value(self.path)
        before = None if value is UNREPORTED else item.encode(value)
        after = item.encode(self.desired)
        return ((self.path, before, after),) if self.explain is None else self.explain(before, after)

    def _change(self, part: tuple[str, Json, Json], drift: DriftClass, decision: Decision) -> FieldChange:
        path, before, after = part
        view = self.view
        assumed = view.standing(self.path) is Standing.ASSUMED and not view.creating
        return FieldChange(
            path=path,
            field=self.path,
            before=None if view.creating else before,
            after=after,
            drift=drift,
            decision=decision,
            known=view.creating or view.value(self.path) is not UNREPORTED,
            assumed_since=view.applied.records[self.path].at if assumed and view.applied is not None else "",
            origin=view.manifest.origin(path),
        )


def _created(teller: _Teller) -> Judgement:
    view, value = teller.view, teller.view.value(teller.path)
    if not view.writable(teller.path):
        return SILENT
    told = teller.tell(DriftClass.CREATED, Decision.WRITE)
    return Judgement(told.gap, write=value is UNREPORTED or value != teller.desired)


def _in_sync(teller: _Teller) -> Judgement:
    view, path = teller.view, teller.path
    if view.standing(path) is Standing.ASSUMED:
        if view.reasserted(path) and view.writable(path):
            return teller.tell(DriftClass.IN_SYNC, Decision.WRITE)
        since = view.applied.records[path].at if view.applied is not None else ""
        return Judgement(Gap(assumed=(Assumption(path, since),), unchanged=1), write=False)
    settled = () if _recorded_as(view, path, teller.desired) or not view.writable(path) else (path,)
    return Judgement(Gap(settled=settled, unchanged=1), write=False)


def _recorded_as(view: View, path: str, desired: object) -> bool:
    applied = view.applied
    return applied is not None and applied.certain(path) and FIELD[path].of(applied.values) == desired


def _drift(view: View, path: str, desired: object) -> DriftClass:
    applied = view.applied
    if applied is not None and path in applied.records and not applied.certain(path):
        return DriftClass.PENDING
    recorded = applied is not None and applied.certain(path)
    last = FIELD[path].of(applied.values) if applied is not None else UNREPORTED
    return classify(desired=desired, live=view.value(path), applied=last, recorded=recorded)


def _decision(view: View, path: str, drift: DriftClass) -> Decision:
    if not view.writable(path):
        return Decision.REPORT
    if view.mode(path) is Ownership.MANAGED or view.reasserted(path):
        return Decision.WRITE
    if drift is DriftClass.UNRECORDED:
        nothing_there = view.value(path) in (None, frozenset(), False)
        return Decision.WRITE if nothing_there else Decision.REPORT
    return Decision.REPORT if drift is DriftClass.DRIFTED else Decision.WRITE
