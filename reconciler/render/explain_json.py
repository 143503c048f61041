"""An explanation as JSON; `explanation_schema` says what readers may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.explanation.advice import advice
from reconciler.render.actions import action_text

if TYPE_CHECKING:
    from reconciler.core.applied import Record
    from reconciler.core.explanation.story import FieldStory, Known
    from reconciler.core.explanation.whole import Explanation
    from reconciler.core.live import Json
    from reconciler.core.origin import Origin
    from reconciler.core.refusal import Refusal

EXPLANATION_FORMAT: Final = "1.0"
"""A minor version adds keys; a major version changes or removes some."""


def explanation_to_json(explained: Explanation) -> dict[str, Json]:
    """Return the whole document."""
    live, orphan, computation = explained.live, explained.orphan, explained.around.computation
    return {
        "format_version": EXPLANATION_FORMAT,
        "address": explained.address,
        "remote_id": live.id if live is not None else (orphan.id if orphan is not None else None),
        "source_range": None if explained.manifest is None else _place(explained.manifest.origin("")),
        "observed_at": explained.plan.observed.at,
        "conditions": [each.value for each in explained.conditions],
        "fields": [_field(explained, story) for story in explained.fields],
        "refusals": [_refusal(each) for each in explained.refusals],
        "dependencies": [
            {"address": each.address, "actions": each.steps, "refusal": _code(each.refusal)}
            for each in explained.dependencies
        ],
        "training_data": None
        if computation is None
        else {"stage": computation.stage.value, "status": computation.word},
        "lease": _lease(explained),
        "orphan": None if orphan is None else {"kept": orphan.kept.value, "why": orphan.why},
        "actions": [{"n": step.number, "description": action_text(step.action)} for step in explained.steps],
        "next": [{"purpose": each.purpose, "command": each.command or None} for each in advice(explained)],
    }


def _field(explained: Explanation, story: FieldStory) -> Json:
    return {
        "path": story.path,
        "state": story.state.value,
        "ownership": story.mode.value,
        "desired": _known(story.desired),
        "live": _known(story.live),
        "applied": _known(story.applied),
        "record": None if story.record is None else _record(explained, story.record),
        "decision": story.decision and story.decision.value,
        "why": story.why,
        "moved_by": story.moved_by or None,
        "refusal": _code(story.refusal),
        "actions": list(story.steps),
        "source_range": _place(story.origin),
    }


def _known(known: Known) -> Json:
    return {"known": known.known, "value": known.value}


def _record(explained: Explanation, record: Record) -> Json:
    header = explained.around.runs.get(record.run)
    return {
        "at": record.at,
        "run": record.run,
        "command": header.command if header else None,
        "actor": header.actor if header else None,
        "revision": record.revision or None,
        "in_doubt": record.in_doubt,
    }


def _lease(explained: Explanation) -> Json:
    lease = explained.around.lease
    if lease is None:
        return None
    return {"holder": lease.holder, "run": lease.run, "expires_at": lease.expires_at.isoformat()}


def _refusal(refusal: Refusal) -> Json:
    return {
        "code": refusal.code,
        "scope": refusal.scope.value,
        "address": refusal.address,
        "path": refusal.path,
        "message": refusal.message,
        "hint": refusal.hint,
        "source_range": _place(refusal.origin),
    }


def _code(refusal: Refusal | None) -> str | None:
    return None if refusal is None else refusal.code


def _place(origin: Origin | None) -> Json:
    return None if origin is None else {"file": origin.file, "line": origin.line, "column": origin.column}
