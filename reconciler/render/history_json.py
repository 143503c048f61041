"""History and memory as JSON; readers ignore members that they do not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.codec.memory import applied_to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.live import Json
    from reconciler.core.retention import Baseline
    from reconciler.render.chronicle import Chapter, Deed

HISTORY_FORMAT: Final = "1.0"


def chapter_to_json(chapter: Chapter) -> dict[str, Json]:
    """Return a run with what it did."""
    header = chapter.header
    return {
        "run": header.run,
        "command": header.command,
        "at": header.at,
        "finished_at": chapter.finished_at,
        "exit_code": chapter.exit_code,
        "actor": header.actor,
        "revision": header.revision,
        "repository": header.repository,
        "plan_digest": header.plan_digest,
        "reason": header.reason,
        "deeds": [_deed(deed) for deed in chapter.deeds],
    }


def pruned_to_json(baseline: Baseline | None) -> Json:
    """Return what stands for pruned entries: how much, until when; null where nothing was pruned."""
    if baseline is None:
        return None
    return {
        "entries": baseline.sequence,
        "runs": baseline.runs,
        "until": baseline.until,
        "at": baseline.at,
        "actor": baseline.actor,
    }


def _deed(deed: Deed) -> Json:
    return {
        "at": deed.at,
        "address": deed.address,
        "what": deed.what,
        "outcome": deed.outcome or None,
        "why": deed.why or None,
    }


def memory_to_json(applied: Mapping[str, AppliedDeployment]) -> list[Json]:
    """Return what is applied, a deployment an object, sorted by address."""
    return [_deployment(applied[address]) for address in sorted(applied)]


def _deployment(applied: AppliedDeployment) -> Json:
    stored = applied_to_json(applied)
    values = stored["values"]
    fields = values["fields"] if isinstance(values, dict) else {}
    known = fields if isinstance(fields, dict) else {}
    return {
        "address": applied.address,
        "id": applied.values.id,
        "fields": {
            path: {
                "value": known.get(path),
                "known": path in known,
                "at": record.at,
                "run": record.run,
                "revision": record.revision,
                "in_doubt": record.in_doubt,
            }
            for path, record in sorted(applied.records.items())
        },
        "on_removal": applied.on_removal,
        "prevent_destroy": applied.prevent_destroy,
        "force_delete": applied.force_delete,
        "depends_on": list(applied.depends_on),
    }
