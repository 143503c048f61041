"""The JSON form of a baseline: it takes the place of entries, so every version reads what earlier ones wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.codec.journal import entry_from_json, entry_to_json
from reconciler.core.codec.memory import kept_memory_from_json, memory_to_json
from reconciler.core.codec.reading import Reader, unknown
from reconciler.core.journal import RunStarted, RunSummary
from reconciler.core.retention import Baseline

if TYPE_CHECKING:
    from reconciler.core.live import Json

BASELINE_FORMAT: Final = 1
"""The format that is written; a reader takes this one and earlier ones."""


def baseline_to_json(baseline: Baseline) -> dict[str, Json]:
    """Return the JSON form of a baseline."""
    return {
        "format": BASELINE_FORMAT,
        "sequence": baseline.sequence,
        "memory": memory_to_json(baseline.memory),
        "runs": baseline.runs,
        "until": baseline.until,
        "at": baseline.at,
        "actor": baseline.actor,
        "kept": [_summary_to_json(each) for each in baseline.kept],
    }


def baseline_from_json(data: Json) -> Baseline:
    """Return the baseline that `baseline_to_json` wrote.

    Raises:
        LedgerError: for a format this version does not know, or a value of the wrong type.
    """
    reader = Reader.of(data, "a baseline")
    if not 1 <= reader.whole("format") <= BASELINE_FORMAT:
        raise unknown("a baseline of format", reader.data["format"])
    return Baseline(
        sequence=reader.whole("sequence"),
        memory=kept_memory_from_json(reader.data.get("memory")),
        runs=reader.whole("runs"),
        until=reader.text("until"),
        at=reader.text("at"),
        actor=reader.text("actor", ""),
        kept=tuple(_summary(Reader.of(item, "a run of a baseline")) for item in reader.listed("kept")),
    )


def _summary_to_json(summary: RunSummary) -> Json:
    return {
        "started": entry_to_json(RunStarted(summary.header)),
        "finished_at": summary.finished_at,
        "exit_code": summary.exit_code,
        "outcomes": dict(summary.outcomes),
        "addresses": list(summary.addresses),
    }


def _summary(reader: Reader) -> RunSummary:
    started = entry_from_json(reader.data.get("started"))
    if not isinstance(started, RunStarted):
        raise reader.complaint("started", "the start of a run")
    outcomes = reader.child("outcomes")
    return RunSummary(
        header=started.header,
        finished_at=reader.optional("finished_at", reader.text),
        exit_code=reader.optional("exit_code", reader.whole),
        outcomes={kind: outcomes.whole(kind) for kind in outcomes.data},
        addresses=reader.texts("addresses"),
    )
