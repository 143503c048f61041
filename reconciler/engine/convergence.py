"""Whether an apply reached what was declared: a verdict per field, and the exit code of the whole.

A second plan on a second look decides. Fields that ownership leaves to others have no verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.diff import Decision
from reconciler.core.live import FIELD
from reconciler.core.manifest.ownership import ownership_of
from reconciler.core.manifest.spec import Ownership
from reconciler.core.outcome import AlreadySatisfied, Convergence, Done, Failed, FieldVerdict, Skipped, Unverified
from reconciler.core.refusal import Scope, covering
from reconciler.core.unreported import UNREPORTED
from reconciler.core.wants import declared_paths
from reconciler.errors import strongest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.diff import FieldChange
    from reconciler.core.manifest.catalog import Manifest
    from reconciler.core.outcome import Outcome, Report
    from reconciler.core.plan import Chain, Plan
    from reconciler.engine.observing import Outlook

_IMPLIED = "feedbackLoop.configured"
"""Not desired by itself: a loop without datasets that is off needs no set-up."""

_REFUSED, _CONTENTION, _INCOMPLETE, _UNREADABLE, _DRIFT = 5, 6, 7, 10, 2


def verdicts(outlook: Outlook, *, unseen: frozenset[str] = frozenset()) -> tuple[FieldVerdict, ...]:
    """Return the verdict on every declared field that is ours to write; UNKNOWN for addresses nobody could look at."""
    manifests = outlook.manifests
    return tuple(
        verdict
        for chain in outlook.plan.chains
        if chain.address in manifests
        for path in _owned_paths(manifests[chain.address])
        for verdict in (_unknown(chain, path) if chain.address in unseen else _verdicts(chain, path, outlook))
    )


def _unknown(chain: Chain, path: str) -> Iterator[FieldVerdict]:
    yield FieldVerdict(chain.address, path, Convergence.UNKNOWN)


def _owned_paths(manifest: Manifest) -> tuple[str, ...]:
    ours = (Ownership.MANAGED, Ownership.ON_CHANGE)
    declared = declared_paths(manifest) - {_IMPLIED}
    return tuple(path for path in FIELD if path in declared and ownership_of(manifest, path) in ours)


def _verdicts(chain: Chain, path: str, outlook: Outlook) -> Iterator[FieldVerdict]:
    changes = [change for change in chain.changes if change.field == path]
    if changes:
        yield from (_of_change(chain, change) for change in changes if change.decision is not Decision.REPORT)
    elif any(item.path == path for item in chain.assumed):
        desired = FIELD[path].to_json(outlook.applied[chain.address].values)
        yield FieldVerdict(chain.address, path, Convergence.ASSUMED, desired)
    elif chain.live is None or _is_refused(chain) or FIELD[path].of(chain.live) is UNREPORTED:
        yield from _unknown(chain, path)
    else:
        value = FIELD[path].to_json(chain.live)
        yield FieldVerdict(chain.address, path, Convergence.PROVEN, value, value)


def _of_change(chain: Chain, change: FieldChange) -> FieldVerdict:
    if change.decision is Decision.HOLD:
        kind = Convergence.HELD
    else:
        kind = Convergence.DIVERGED if change.known else Convergence.UNKNOWN
    return FieldVerdict(chain.address, change.path, kind, change.after, change.before)


def _is_refused(chain: Chain) -> bool:
    """Tell whether the chain was not compared in full: aspects that refuse do not tell what differs."""
    return any(refusal.scope is not Scope.STEP for refusal in chain.refusals)


def exit_code_of_report(report: Report) -> int:
    """Return the process exit code of an apply: the strongest of its steps, fields, refusals and circumstances."""
    around = [*report.exit_codes, *_refusal_codes(report.plan)]
    if _CONTENTION in around and all(isinstance(outcome, Skipped) for outcome in report.outcomes.values()):
        # Others have the deployments, and nothing was begun: that is not half an apply.
        return strongest(around)
    codes = [*around, *map(_code_of, report.outcomes.values())]
    refusals = report.plan.all_refusals
    diverged = [verdict for verdict in report.verdicts if verdict.convergence is Convergence.DIVERGED]
    astray = report.remaining or any(covering(refusals, each.address, each.path) is None for each in diverged)
    return strongest([*codes, _INCOMPLETE if astray else 0])


def exit_code_of_drift(plan: Plan, *, strict: bool = False) -> int:
    """Return the process exit code of a drift run: 2 where live moved, or where that is only assumed if `strict`."""
    moved = any(change.drift.is_drift for chain in plan.chains for change in chain.changes)
    assumed = strict and any(chain.assumed for chain in plan.chains)
    unreadable = any(refusal.code == "unreadable" for refusal in plan.all_refusals)
    return strongest([_DRIFT if moved or assumed else 0, _UNREADABLE if unreadable else 0])


def _code_of(outcome: Outcome) -> int:
    match outcome:
        case Failed():
            return outcome.exit_code
        case Unverified() | Skipped():
            return _INCOMPLETE
        case Done() | AlreadySatisfied():  # pragma: no branch  # exhaustive
            return 0


def _refusal_codes(plan: Plan) -> Iterator[int]:
    return (_UNREADABLE if refusal.code == "unreadable" else _REFUSED for refusal in plan.all_refusals)
