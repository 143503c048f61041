"""The JSON form of what is applied, and of the folded journal that a checkpoint keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.applied import AppliedDeployment, Record
from reconciler.core.codec.journal import entry_from_json, entry_to_json
from reconciler.core.codec.reading import Reader, unknown
from reconciler.core.codec.writing import members
from reconciler.core.journal import IntentRecorded, Memory
from reconciler.core.live import live_to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.live import Json

# 2: what a step keeps is not folded; another deployment at an address begins a life of its own.
MEMORY_FORMAT: Final = 2
"""Grows whenever this form, or the fold in `core.journal`, changes in meaning: a checkpoint of another format is not
used, and the journal is folded again from its start."""

KEPT_FORMATS: Final = frozenset({2, MEMORY_FORMAT})
"""Formats of a memory that takes the place of pruned entries: they cannot be folded again, so each stays readable."""


def applied_to_json(applied: AppliedDeployment) -> dict[str, Json]:
    """Return the JSON form of our memory of one deployment."""
    return {
        "address": applied.address,
        "values": live_to_json(applied.values),
        "records": _records_to_json(applied.records),
        "on_removal": applied.on_removal,
        "prevent_destroy": applied.prevent_destroy,
        "force_delete": applied.force_delete,
        "depends_on": list(applied.depends_on),
    }


def _records_to_json(records: Mapping[str, Record]) -> list[Json]:
    # One run mostly writes many fields, so what they share is written once: a tenth of the text.
    paths: dict[Record, list[Json]] = {}
    for path in sorted(records):
        paths.setdefault(records[path], []).append(path)
    return [{**members(record), "paths": shared} for record, shared in paths.items()]


def applied_from_json(data: Json) -> AppliedDeployment:
    """Return the memory that `applied_to_json` wrote. Raises LedgerError."""
    reader = Reader.of(data, "an applied deployment")
    groups = [Reader.of(item, "a record of an applied deployment") for item in reader.listed("records")]
    return AppliedDeployment(
        address=reader.text("address"),
        values=reader.live("values"),
        records={path: record for group in groups for record in [_record(group)] for path in group.texts("paths")},
        on_removal=reader.text("on_removal", "Orphan"),
        prevent_destroy=reader.flag("prevent_destroy", default=True),
        force_delete=reader.flag("force_delete", default=False),
        depends_on=reader.texts("depends_on"),
    )


def _record(r: Reader) -> Record:
    return Record(r.text("at"), r.text("run"), r.text("revision", ""), r.flag("in_doubt", default=False))


def memory_to_json(memory: Memory) -> dict[str, Json]:
    """Return the JSON form of a folded journal."""
    return {
        "format": MEMORY_FORMAT,
        "applied": [applied_to_json(memory.applied[address]) for address in sorted(memory.applied)],
        "waiting": [entry_to_json(intent) for intent in memory.waiting],
        "revisions": dict(memory.revisions),
    }


def memory_from_json(data: Json) -> Memory:
    """Return the memory that `memory_to_json` wrote.

    Raises:
        LedgerError: for another format, or a value of the wrong type.
    """
    reader = Reader.of(data, "a checkpoint")
    if reader.whole("format") != MEMORY_FORMAT:
        raise unknown("a checkpoint of format", reader.data["format"])
    return _memory(reader)


def kept_memory_from_json(data: Json) -> Memory:
    """Return a memory that nothing else could bring back, of this format or of an earlier one that means the same.

    Raises:
        LedgerError: for a format that this version does not know, or a value of the wrong type.
    """
    reader = Reader.of(data, "the memory of a baseline")
    if reader.whole("format") not in KEPT_FORMATS:
        raise unknown("the memory of a baseline of format", reader.data["format"])
    return _memory(reader)


def _memory(reader: Reader) -> Memory:
    applied = [applied_from_json(item) for item in reader.listed("applied")]
    revisions = reader.child("revisions")
    return Memory(
        applied={item.address: item for item in applied},
        waiting=tuple(_intent(reader, item) for item in reader.listed("waiting")),
        revisions={run: revisions.text(run) for run in revisions.data},
    )


def _intent(reader: Reader, data: Json) -> IntentRecorded:
    entry = entry_from_json(data)
    if not isinstance(entry, IntentRecorded):
        raise reader.complaint("waiting", "a list of intents")
    return entry
