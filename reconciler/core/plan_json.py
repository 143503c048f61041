"""The Plan as versioned JSON, and the digest over its body: what was reviewed is what runs.

The body holds everything that decides what happens; time, request counts and the tool's version stay outside it, so two
plans of the same worlds have the same digest.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from reconciler.core.actions import CreateDeployment, CreateTag, DeleteDeployment
from reconciler.core.codec.actions import action_to_json
from reconciler.core.diff import Decision
from reconciler.core.inverse import inverse
from reconciler.core.live import canonical_json, live_to_json
from reconciler.core.plan import Intent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.core.diff import FieldChange
    from reconciler.core.live import Json, LiveDeployment
    from reconciler.core.origin import Origin
    from reconciler.core.plan import Chain, Plan, Step
    from reconciler.core.refusal import Refusal

FORMAT_VERSION: Final = "1.0"
"""A minor version adds keys and readers ignore what they do not know; a major version is refused."""


def plan_to_json(
    plan: Plan,
    *,
    tool: str,
    created_at: str,
    describe: Callable[[Step, Chain | None], Mapping[str, Json]] | None = None,
) -> dict[str, Json]:
    """Return the whole document.

    Args:
        plan: The plan.
        tool: Name and version of the program, such as `reconciler 0.1.0`.
        created_at: RFC 3339 time.
        describe: Adds method, path and payload to each step.
    """
    body, digest = body_of(plan, describe), digest_of(plan)
    observed: dict[str, Json] = {
        "complete": plan.observed.complete,
        "at": plan.observed.at,
        "requests": dict(plan.observed.requests),
        "fingerprints": {chain.address: fingerprint(chain.live) for chain in plan.chains if chain.live is not None},
    }
    return {
        "format_version": FORMAT_VERSION,
        "id": digest.removeprefix("sha256:")[:16],
        "digest": digest,
        "tool": tool,
        "created_at": created_at,
        "observed": observed,
        **body,
    }


def digest_of(plan: Plan) -> str:
    """Return `sha256:…` over the canonical JSON of the plan's body."""
    return digest_of_body(body_of(plan, None))


def digest_of_body(body: Mapping[str, Json]) -> str:
    """Return the digest of a plan by its body, as a document holds it without what describes its steps."""
    return _sha256(body)


def fingerprint(live: LiveDeployment) -> str:
    """Return `sha256:…` over what was observed of one deployment."""
    return _sha256(live_to_json(live))


def _sha256(value: Mapping[str, Json]) -> str:
    return "sha256:" + hashlib.sha256(canonical_json(value).encode()).hexdigest()


def body_of(plan: Plan, describe: Callable[[Step, Chain | None], Mapping[str, Json]] | None) -> dict[str, Json]:
    """Return the part of the document that the digest covers (without what `describe` adds)."""
    chains = {chain.address: chain for chain in plan.chains}
    return {
        "catalog": plan.catalog,
        "source": _source(plan),
        "options": {
            "targets": list(plan.options.targets),
            "excludes": list(plan.options.excludes),
            "reassert": list(plan.options.reassert),
            "prune": plan.options.prune,
            "force": plan.options.force,
        },
        "target": _target(plan),
        "changes": [_change(chain, plan) for chain in plan.chains if chain.has_news],
        "steps": [
            {**_step(step, chains.get(step.address)), **(describe(step, chains.get(step.address)) if describe else {})}
            for step in plan.steps
        ],
        "drift": _drift(plan),
        "unmanaged": [
            {
                "address": item.address,
                "remote_id": item.id,
                "name": item.name,
                "on_removal": item.on_removal,
                "kept": item.kept.value,
                "why": item.why,
            }
            for item in plan.orphans
        ],
        "refusals": [_refusal(refusal) for refusal in plan.all_refusals],
        "risks": [
            {"code": risk.code, "address": risk.address, "path": risk.path, "message": risk.message}
            for risk in plan.risks
        ],
        "summary": _summary(plan),
        "applyable": plan.applyable,
    }


def _source(plan: Plan) -> dict[str, Json]:
    source = plan.source
    return {
        "paths": list(source.paths),
        "repo": source.repository,
        "revision": source.revision,
        "dirty": source.dirty,
        "manifest_digest": source.manifest_digest,
    }


def _target(plan: Plan) -> dict[str, Json]:
    target = plan.target
    return {
        "env": target.environment,
        "endpoint": target.endpoint,
        "organization": {"id": target.organization_id, "name": target.organization},
    }


def _change(chain: Chain, plan: Plan) -> dict[str, Json]:
    return {
        "address": chain.address,
        "name": chain.name,
        "previous_name": chain.previous_name or None,
        "remote_id": None if chain.live is None else chain.live.id,
        "source_range": _origin(chain.origin),
        "intent": chain.intent.value,
        "actions": list(chain.steps),
        "fields": [_field(change) for change in chain.changes],
        "assumed": [{"path": item.path, "since": item.since} for item in chain.assumed],
        "unchanged": chain.unchanged,
        "reason": reason_of(chain),
        "note": chain.note or None,
        "risk": [risk.code for risk in plan.risks if risk.address == chain.address],
    }


def reason_of(chain: Chain) -> str:
    """Return in a few words why a deployment is in the plan."""
    if chain.refusals and not chain.steps:
        return "refused"
    if chain.intent is Intent.CREATE:
        return "does not exist yet"
    if chain.intent in (Intent.DELETE, Intent.FORGET):
        return "no longer declared"
    if chain.owner_change:
        return chain.owner_change
    classes = sorted({change.drift.value for change in chain.changes if change.decision is Decision.WRITE})
    return ", ".join(classes) or ("held" if chain.held else "reported only")


def _field(change: FieldChange) -> dict[str, Json]:
    return {
        "path": change.path,
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "known": change.known,
        "class": change.drift.value,
        "decision": change.decision.value,
        "assumed_since": change.assumed_since or None,
        "moved_by": change.moved_by or None,
        "sensitive": False,
        "source_range": _origin(change.origin),
    }


def _origin(origin: Origin | None) -> Json:
    return None if origin is None else {"file": origin.file, "line": origin.line, "column": origin.column}


def _step(step: Step, chain: Chain | None) -> dict[str, Json]:
    undo = inverse(step.action, None if chain is None else chain.live)
    return {
        "n": step.number,
        "address": step.address,
        "action": action_to_json(step.action),
        "phase": step.action.phase.name.lower(),
        "waits_for": list(step.waits_for),
        "because": list(step.because),
        "inverse": None if undo is None else action_to_json(undo),
    }


def _drift(plan: Plan) -> list[Json]:
    return [
        {
            "address": chain.address,
            "path": change.path,
            "class": change.drift.value,
            "desired": change.after,
            "live": change.before,
            "moved_by": change.moved_by or None,
        }
        for chain in plan.chains
        for change in chain.changes
        if change.drift.is_drift
    ]


def _refusal(refusal: Refusal) -> dict[str, Json]:
    return {
        "code": refusal.code,
        "scope": refusal.scope.value,
        "address": refusal.address,
        "path": refusal.path,
        "message": refusal.message,
        "hint": refusal.hint,
        "source_range": _origin(refusal.origin),
    }


def _summary(plan: Plan) -> dict[str, Json]:
    summary = plan.summary
    destroys = sum(isinstance(step.action, DeleteDeployment) for step in plan.steps)
    creations = sum(isinstance(step.action, CreateDeployment | CreateTag) for step in plan.steps)
    return {
        "create": summary.create,
        "change": summary.change,
        "delete": summary.delete,
        "forget": summary.forget,
        "actions": summary.actions,
        "deployments": summary.deployments,
        "held": summary.held,
        "refused": summary.refused,
        "drifted": summary.drifted,
        "creating_actions": creations,
        "destroying_actions": destroys,
    }
