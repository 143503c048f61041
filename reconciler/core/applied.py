"""What the ledger says we last wrote, field by field: a fold of action effects over the outcomes of past runs.

no record    never written by us, never adopted               → Unreported fields are Held
certain      an outcome, an adoption or a proof says so       → Unreported fields are Assumed to be so
in doubt     ours, but an intent has no outcome (a crash), or the platform's default is not known
                                                              → never assumed; written again when declared
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from reconciler.core.actions import CreateDeployment, CreateTag, DeleteDeployment
from reconciler.core.live import BLANK, FIELD, FIELDS, MANAGEMENT, LiveDeployment
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.core.actions import Action


@dataclass(frozen=True, slots=True)
class Record:
    """When and by which run a field was last written.

    Attributes:
        at: RFC 3339 time.
        run: Id of the run.
        revision: Commit id of the manifests, or empty.
        in_doubt: Whether the value may or may not have landed.
    """

    at: str
    run: str
    revision: str = ""
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class AppliedDeployment:
    """Our memory of one deployment.

    Attributes:
        address: Its name in the catalog.
        values: The last certain value of each recorded field; `UNREPORTED` where there is none. `values.id` is the
            platform's id, `None` while a creation is in doubt.
        records: Field path to when and how it was recorded.
        on_removal: What its last manifest wanted to happen on removal.
        prevent_destroy: Whether its last manifest forbade deletion.
        force_delete: Whether its last manifest wanted it deleted even while the platform objects.
        depends_on: Addresses that its last manifest depended on, sorted.
    """

    address: str
    values: LiveDeployment = BLANK
    records: Mapping[str, Record] = field(default_factory=dict)
    on_removal: str = "Orphan"
    prevent_destroy: bool = True
    force_delete: bool = False
    depends_on: tuple[str, ...] = ()

    @property
    def fields(self) -> Mapping[str, Record]:
        """The records of fields that manifests declare: all but who manages it."""
        return {path: record for path, record in self.records.items() if path != MANAGEMENT.path}

    @property
    def owned(self) -> bool:
        """Tell whether the ledger says for certain which deployment this is, and that we have applied it."""
        return self.values.id is not None and any(map(self.certain, self.records))

    def certain(self, path: str) -> bool:
        """Tell whether this field's value is known to have landed."""
        record = self.records.get(path)
        return record is not None and not record.in_doubt and FIELD[path].of(self.values) is not UNREPORTED


class Standing(enum.Enum):
    """How we know a field.

    REPORTED: the API said so. ASSUMED: the API is silent, our record is certain. DOUBTFUL: the API is silent and our
    record is in doubt. HELD: the API is silent and we have no record.
    """

    REPORTED = "reported"
    ASSUMED = "assumed"
    DOUBTFUL = "doubtful"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Belief:
    """The best knowledge of one deployment: what the API reports, completed by what we remember.

    Attributes:
        state: The values; `UNREPORTED` where the standing is DOUBTFUL or HELD.
        standings: Field path to how it is known.
    """

    state: LiveDeployment
    standings: Mapping[str, Standing]


def standing(path: str, live: LiveDeployment, applied: AppliedDeployment | None) -> Standing:
    """Return how the field at `path` is known."""
    if FIELD[path].of(live) is not UNREPORTED:
        return Standing.REPORTED
    if applied is None or path not in applied.records:
        return Standing.HELD
    return Standing.ASSUMED if applied.certain(path) else Standing.DOUBTFUL


def believe(live: LiveDeployment, applied: AppliedDeployment | None) -> Belief:
    """Complete `live` by the certain part of `applied`."""
    standings = {item.path: standing(item.path, live, applied) for item in FIELDS}
    state = live
    for item in FIELDS:
        if applied is not None and standings[item.path] is Standing.ASSUMED:
            state = item.put(state, item.of(applied.values))
    return Belief(state, standings)


def fold(applied: AppliedDeployment, action: Action, record: Record) -> AppliedDeployment | None:
    """Return the memory after an action is known to have landed; `None` after a deletion."""
    if isinstance(action, CreateTag):
        return applied
    if isinstance(action, DeleteDeployment):
        return None
    created = isinstance(action, CreateDeployment)
    values = action.effect(BLANK if created else applied.values)
    unknown = replace(record, in_doubt=True)
    touched = {
        path: unknown if FIELD[path].of(values) is UNREPORTED else _settled(applied, path, record, created=created)
        for path in action.touches
    }
    return replace(applied, values=values, records={**({} if created else applied.records), **touched})


_GROWING: Final = frozenset({"tags", "feedbackLoop.datasets", "continuousTraining.datasets"})
"""Fields of which one action decides only a part, so that one certain step does not lift an earlier doubt."""


def _settled(applied: AppliedDeployment, path: str, record: Record, *, created: bool) -> Record:
    before = applied.records.get(path)
    doubtful = before is not None and before.in_doubt and path in _GROWING and not created
    return replace(record, in_doubt=doubtful)


def doubt(applied: AppliedDeployment, action: Action, record: Record) -> AppliedDeployment:
    """Return the memory while it is unknown whether an action landed: its fields keep their last certain value.

    A creation in doubt keeps nothing, not even the id: whatever was there before it is known to be gone.
    """
    created = isinstance(action, CreateDeployment)
    before = replace(applied, values=BLANK, records={}) if created else applied
    unknown = replace(record, in_doubt=True)
    return replace(before, records={**before.records, **dict.fromkeys(action.touches, unknown)})


def keeping(before: AppliedDeployment, after: AppliedDeployment, paths: Iterable[str]) -> AppliedDeployment:
    """Return `after` with these paths as they were remembered before: they were moved, but not decided."""
    values, records = after.values, dict(after.records)
    for path in paths:
        if path in FIELD:
            values = FIELD[path].put(values, FIELD[path].of(before.values))
            records.pop(path, None)
            records |= {path: before.records[path]} if path in before.records else {}
    return replace(after, values=values, records=records)


def same_life(applied: AppliedDeployment, live_id: str | None) -> bool:
    """Tell whether a memory is of the deployment with this id, as far as both ids are known."""
    return applied.values.id is None or live_id in (None, applied.values.id)


def remember(
    applied: AppliedDeployment, live: LiveDeployment, paths: Iterable[str], record: Record
) -> AppliedDeployment:
    """Return the memory after `paths` were seen (or adopted) with the values of `live`.

    What `live` does not report was not seen: those fields stay as they were, as do paths this version does not know.
    """
    values, records = applied.values, dict(applied.records)
    for path in paths:
        if path in FIELD and FIELD[path].of(live) is not UNREPORTED:
            values = FIELD[path].put(values, FIELD[path].of(live))
            records[path] = record
    kind = values.inference_type if live.inference_type is UNREPORTED else live.inference_type
    values = replace(values, id=live.id or values.id, inference_type=kind)
    return replace(applied, values=values, records=records)
