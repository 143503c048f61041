"""JSON Schemas (2020-12) of the documents that are written: plans and reports; a minor version may add keys."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from reconciler.core.actions import ACTIONS
from reconciler.core.computation import Stage
from reconciler.core.diff import Decision, DriftClass
from reconciler.core.explanation.story import State
from reconciler.core.explanation.whole import Condition
from reconciler.core.manifest.spec import Ownership
from reconciler.core.outcome import Convergence
from reconciler.core.plan import Intent, Kept
from reconciler.core.refusal import Scope
from reconciler.render.report_json import OUTCOMES

Schema: TypeAlias = dict[str, Any]

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
PLAN_ID: Final = "https://reconciler.dev/schemas/plan.schema.json"
EXPLANATION_ID: Final = "https://reconciler.dev/schemas/explanation.schema.json"
REPORT_ID: Final = "https://reconciler.dev/schemas/report.schema.json"

_TEXT: Final[Schema] = {"type": "string"}
_FLAG: Final[Schema] = {"type": "boolean"}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_TIME: Final[Schema] = {"type": "string", "format": "date-time"}
_DIGEST: Final[Schema] = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_ANYTHING: Final[Schema] = {}
_VERSION: Final[Schema] = {"type": "string", "pattern": r"^1\.[0-9]+$"}


def _object(description: str, /, **properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "required": list(properties),
        "properties": properties,
    }


def _list(items: Schema, description: str) -> Schema:
    return {"type": "array", "items": items, "description": description}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(*words: str) -> Schema:
    return {"enum": list(words)}


def _counts(description: str) -> Schema:
    return {"type": "object", "additionalProperties": _COUNT, "description": description}


def _described(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


_PLACE: Final = _or_null(_object("A place in a manifest; all count from 1.", file=_TEXT, line=_COUNT, column=_COUNT))


def plan_schema() -> Schema:
    """Return the schema of a plan document."""
    return {"$schema": DRAFT, "$id": PLAN_ID, "title": "Reconciler plan", **_plan()}


def _plan() -> Schema:
    return _object(
        "What an apply would write and why. The digest covers everything but id, tool, times and request counts.",
        format_version=_VERSION,
        id=_TEXT,
        digest=_DIGEST,
        tool=_TEXT,
        created_at=_TIME,
        catalog=_TEXT,
        source=_source(),
        options=_options(),
        target=_target(),
        observed=_observed(),
        changes=_list(_change(), "Deployments with something to tell, by address."),
        steps=_list(_step(), "Every action, in order."),
        drift=_list(_drift(), "Fields that moved on the platform."),
        unmanaged=_list(_orphan(), "Deployments that the ledger owns and the manifests no longer declare."),
        refusals=_list(_refusal(), "What may not run, and why."),
        risks=_list(_risk(), "What a reviewer should look at first."),
        summary=_summary(),
        applyable=_described(_FLAG, "False where a refusal stops the whole plan."),
    )


def _source() -> Schema:
    return _object(
        "Where the manifests are from.",
        paths=_list(_TEXT, "As given."),
        repo=_or_null(_TEXT),
        revision=_or_null(_TEXT),
        dirty=_FLAG,
        manifest_digest=_TEXT,
    )


def _options() -> Schema:
    return _object(
        "What the user asked for.",
        targets=_list(_TEXT, "Addresses."),
        excludes=_list(_TEXT, "Addresses."),
        reassert=_list(_TEXT, "Field paths to write although nobody knows their live value."),
        prune=_described(_FLAG, "Whether to delete what is gone from the manifests."),
        force=_described(_TEXT, "Why the plan is meant although it takes much away at once; empty for no."),
    )


def _target() -> Schema:
    organization = _object("The organisation.", id=_TEXT, name=_TEXT)
    return _object("Where the plan applies.", env=_TEXT, endpoint=_TEXT, organization=organization)


def _observed() -> Schema:
    fingerprints = {"type": "object", "additionalProperties": _DIGEST, "description": "By address."}
    return _object(
        "How the platform was looked at.",
        complete=_described(_FLAG, "Whether the whole organisation was listed."),
        at=_TEXT,
        requests=_counts("Requests by route."),
        fingerprints=fingerprints,
    )


def _change() -> Schema:
    return _object(
        "One deployment.",
        address=_TEXT,
        name=_TEXT,
        previous_name=_or_null(_TEXT),
        remote_id=_or_null(_TEXT),
        source_range=_PLACE,
        intent=_one_of(*Intent),
        actions=_list(_COUNT, "Numbers of its steps."),
        fields=_list(_field(), "Fields that differ or are held."),
        assumed=_list(_object("A field in sync by our record only.", path=_TEXT, since=_TEXT), "Unreported fields."),
        unchanged=_COUNT,
        reason=_TEXT,
        note=_or_null(_TEXT),
        risk=_list(_TEXT, "Codes of its risks."),
    )


def _field() -> Schema:
    return _object(
        "One field.",
        path=_described(_TEXT, "As in the manifest, down to nested parameters."),
        field=_described(_TEXT, "The comparable field it belongs to."),
        before=_described(_ANYTHING, "Live value; null also where it is not known."),
        after=_described(_ANYTHING, "Desired value."),
        known=_described(_FLAG, "Whether `before` is known, by report or by record."),
        decision=_one_of(*Decision),
        assumed_since=_or_null(_TEXT),
        moved_by=_or_null(_TEXT),
        sensitive=_FLAG,
        source_range=_PLACE,
        **{"class": _one_of(*DriftClass)},
    )


def _action() -> Schema:
    kind = _one_of(*sorted(action.__name__ for action in ACTIONS))
    return {"type": "object", "required": ["kind"], "properties": {"kind": kind}}


def _step() -> Schema:
    return _object(
        "One API write.",
        n=_COUNT,
        address=_described(_TEXT, "Empty for the organisation."),
        action=_action(),
        phase=_one_of("exist", "disarm", "configure", "arm", "record", "remove"),
        waits_for=_list(_COUNT, "Steps that must have succeeded before."),
        because=_list(_TEXT, "Paths of the fields that caused it."),
        inverse=_or_null(_action()),
        method=_TEXT,
        path=_TEXT,
        payload=_described(_ANYTHING, "JSON body; null for none."),
    )


def _drift() -> Schema:
    return _object(
        "One field that moved.",
        address=_TEXT,
        path=_TEXT,
        desired=_ANYTHING,
        live=_ANYTHING,
        moved_by=_or_null(_TEXT),
        **{"class": _one_of(*DriftClass)},
    )


def _orphan() -> Schema:
    return _object(
        "One deployment left alone.",
        address=_TEXT,
        remote_id=_described(_or_null(_TEXT), "Null where its creation is in doubt."),
        name=_TEXT,
        on_removal=_TEXT,
        kept=_one_of(*Kept),
        why=_described(_TEXT, "The reason as a clause, with names."),
    )


def _refusal() -> Schema:
    return _object(
        "A reasoned no.",
        code=_TEXT,
        scope=_one_of(*Scope),
        address=_TEXT,
        path=_TEXT,
        message=_TEXT,
        hint=_TEXT,
        source_range=_PLACE,
    )


def _risk() -> Schema:
    return _object("It stops nothing.", code=_TEXT, address=_TEXT, path=_TEXT, message=_TEXT)


def _summary() -> Schema:
    names = ("create", "change", "delete", "forget", "actions", "deployments", "held", "refused", "drifted")
    more = ("creating_actions", "destroying_actions")
    return _object("The numbers of the last line.", **dict.fromkeys((*names, *more), _COUNT))


def report_schema() -> Schema:
    """Return the schema of a report document."""
    return {"$schema": DRAFT, "$id": REPORT_ID, "title": "Reconciler report", **_report()}


def _report() -> Schema:
    return _object(
        "What an apply did, and whether it converged.",
        format_version=_VERSION,
        started_at=_TIME,
        finished_at=_TIME,
        plan={"$ref": PLAN_ID},
        steps=_list(_outcome(), "One outcome per step."),
        fields=_list(_verdict(), "One verdict per declared field that is ours to write."),
        awaited=_list(_awaited(), "Training data that were waited for; empty without --wait."),
        requests=_counts("Requests by route."),
        writes=_described(_COUNT, "How many of them could change something."),
        notes=_list(_TEXT, "Sentences for people."),
        run=_described(_TEXT, "Id in the ledger; empty where nothing was recorded."),
        remaining=_described(_or_null(_COUNT), "Steps that planning again would take; null where nobody could look."),
        summary=_object(
            "Outcomes and verdicts in numbers.",
            outcomes=_object("By outcome.", **dict.fromkeys(OUTCOMES, _COUNT)),
            fields=_object("By verdict.", **dict.fromkeys(tuple(Convergence), _COUNT)),
        ),
        exit_code={"type": "integer", "minimum": 0, "maximum": 255},
    )


def _outcome() -> Schema:
    step = _object("How one step ended.", n=_COUNT, address=_TEXT, description=_TEXT, outcome=_one_of(*OUTCOMES))
    step["properties"] |= {
        "seconds": {"type": "number", "minimum": 0},
        "attempts": _COUNT,
        "reason": _TEXT,
        "hint": _TEXT,
    }
    return step


def _awaited() -> Schema:
    return _object(
        "The computation of one deployment's training data, as it was seen last.",
        address=_TEXT,
        stage=_one_of(*Stage),
        status=_described(_TEXT, "The platform's own word, or why it could not be asked."),
        seconds=_described({"type": "number", "minimum": 0}, "How long it was waited for."),
    )


def _verdict() -> Schema:
    return _object(
        "One field after the run.",
        address=_TEXT,
        path=_TEXT,
        convergence=_one_of(*Convergence),
        desired=_ANYTHING,
        live=_ANYTHING,
    )


def explanation_schema() -> Schema:
    """Return the schema of an explanation."""
    return {"$schema": DRAFT, "$id": EXPLANATION_ID, "title": "Reconciler explanation", **_explanation()}


def _explanation() -> Schema:
    return _object(
        "Why one deployment is as it is.",
        format_version=_VERSION,
        address=_TEXT,
        remote_id=_or_null(_TEXT),
        source_range=_PLACE,
        observed_at=_TIME,
        conditions=_list(_one_of(*Condition), "What holds, the gravest first."),
        fields=_list(_story(), "Every field that the manifest declares."),
        refusals=_list(_refusal(), "Why some or all of it is not written."),
        dependencies=_list(
            _object("What comes first.", address=_TEXT, actions=_COUNT, refusal=_or_null(_TEXT)), "By dependsOn."
        ),
        training_data=_or_null(_object("How far its training data are.", stage=_one_of(*Stage), status=_TEXT)),
        lease=_or_null(_object("Who may write to it now.", holder=_TEXT, run=_TEXT, expires_at=_TIME)),
        orphan=_or_null(_object("Why it stays though nothing declares it.", kept=_one_of(*Kept), why=_TEXT)),
        actions=_list(_object("What an apply would do.", n=_COUNT, description=_TEXT), "In order."),
        next=_list(_object("What to do.", purpose=_TEXT, command=_or_null(_TEXT)), "The best first."),
    )


def _story() -> Schema:
    value = _object("A value as far as it is known.", known=_FLAG, value=_ANYTHING)
    record = _object(
        "When and by which run it was recorded.",
        at=_TEXT,
        run=_TEXT,
        command=_or_null(_TEXT),
        actor=_or_null(_TEXT),
        revision=_or_null(_TEXT),
        in_doubt=_FLAG,
    )
    return _object(
        "One field.",
        path=_TEXT,
        state=_one_of(*State),
        ownership=_one_of(*Ownership),
        desired=value,
        live=value,
        applied=value,
        record=_or_null(record),
        decision=_or_null(_one_of(*Decision)),
        why=_TEXT,
        moved_by=_or_null(_TEXT),
        refusal=_or_null(_TEXT),
        actions=_list(_COUNT, "Numbers of the steps that it causes."),
        source_range=_PLACE,
    )
