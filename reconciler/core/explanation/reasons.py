"""The sentences of an explanation: how a field came to be as it is, and what follows from that, one per case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.core.diff import Decision
from reconciler.core.manifest.spec import Ownership

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Case:
    """All that decides about a sentence.

    Attributes:
        state: The word of a state.
        decision: What a plan does about it.
        mode: Who may move it.
        moved_by: Who moved it, or empty.
        gone: Whether the whole deployment has disappeared from the platform.
        by_policy: Whether an active policy writes this slot by itself.
        refusal: Why it is not written.
    """

    state: str
    decision: Decision | None
    mode: Ownership
    moved_by: str = ""
    gone: bool = False
    by_policy: bool = False
    refusal: Refusal | None = None


_PLAIN: Final[Mapping[str, str]] = {
    "in sync": "live is as declared",
    "settled": "live is as declared, and not recorded so yet: the next apply records it",
    "assumed": "the platform does not report it; it is assumed to be as it was applied",
    "held": "the platform does not report it and the ledger has no record of it, so nobody knows it and nothing is "
    "written",
    "not reported": "the platform does not report it, and it is only observed, so there is nothing to compare",
    "ignored": "it is Ignored: neither read nor written",
    "not compared": "it was not compared, because nobody can tell how the deployment is",
}

_CAUSES: Final[Mapping[str, str]] = {
    "pending": "git moved since it was applied",
    "conflict": "both git and live moved since it was applied",
    "unrecorded": "it differs, and there is no record that it was ever applied from here",
    "in doubt": "an earlier write of ours may or may not have landed, and the platform does not report it",
}


def reason(case: Case) -> str:
    """Return one sentence, without a full stop."""
    if case.state in _PLAIN:
        return _PLAIN[case.state]
    if case.refusal is not None and case.state == "refused":
        return f"nothing is written: {case.refusal.code}"
    return f"{_cause(case)}; {_consequence(case)}"


def _cause(case: Case) -> str:
    if case.gone:
        return "the deployment was applied and is gone from the platform"
    if case.state == "to be created":
        return "the deployment does not exist yet"
    if case.state == "drifted":
        mover = f", moved by {case.moved_by}," if case.moved_by else ""
        return f"live{mover} is no longer what was applied, and git did not move"
    mover = f" (live by {case.moved_by})" if case.moved_by else ""
    return _CAUSES[case.state] + mover


def _consequence(case: Case) -> str:
    if case.refusal is not None:
        return f"nothing is written: {case.refusal.code}"
    if case.decision is Decision.WRITE:
        if case.gone:
            return "apply creates it again"
        return "apply writes it back" if case.state == "drifted" else "apply writes it"
    if case.mode is Ownership.OBSERVED:
        return "it is Observed, so that is reported and never written"
    if case.by_policy:
        return "the policy writes this slot by itself, so only a change in git is written and this is reported"
    return "it is OnChange, so only a change in git is written and this is reported"
