"""The JSON form of outcomes and journal entries: `{"format": 1, "kind": "IntentRecorded", "run": …, "at": …, …}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from reconciler.core import journal as j
from reconciler.core.codec.actions import action_from_json
from reconciler.core.codec.reading import Reader, unknown
from reconciler.core.codec.writing import kinded, members
from reconciler.core.outcome import AlreadySatisfied, Done, Failed, Outcome, Skipped, Unverified

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.core.live import Json

T = TypeVar("T")

_LATER: Final = frozenset({"keeps", "force_delete", "depends_on"})
"""Words of later versions, which are left out where they say nothing."""

FORMAT: Final = 1
"""The format that is written; a reader takes this one and earlier ones."""


def outcome_to_json(outcome: Outcome) -> dict[str, Json]:
    """Return the JSON form of an outcome."""
    return kinded(outcome)


def outcome_from_json(data: Json) -> Outcome:
    """Return the outcome that `outcome_to_json` wrote. Raises LedgerError."""
    return _of_kind(_OUTCOMES, Reader.of(data, "an outcome"))


def entry_to_json(entry: j.Entry) -> dict[str, Json]:
    """Return the JSON form of a journal entry."""
    record = entry.header if isinstance(entry, j.RunStarted) else entry
    head: dict[str, Json] = {"format": FORMAT, "kind": type(entry).__name__}
    body = members(record)
    # Most entries do not need the words that the first version did not have.
    return head | {name: value for name, value in body.items() if value or name not in _LATER}


def entry_from_json(data: Json) -> j.Entry:
    """Return the entry that `entry_to_json` wrote.

    Raises:
        LedgerError: for a format or a kind this version does not know, or a value of the wrong type.
    """
    reader = Reader.of(data, "a journal entry")
    if reader.whole("format", FORMAT) > FORMAT:
        raise unknown("a journal entry of format", reader.data["format"])
    return _of_kind(_ENTRIES, reader)


def _of_kind(table: Mapping[str, Callable[[Reader], T]], reader: Reader) -> T:
    kind = reader.text("kind")
    if kind not in table:
        raise unknown(f"{reader.what} of kind", kind)
    return table[kind](Reader(kind, reader.data))


def _header(r: Reader) -> j.RunHeader:
    return j.RunHeader(
        run=r.text("run"),
        command=r.text("command"),
        at=r.text("at"),
        actor=r.text("actor", ""),
        revision=r.text("revision", ""),
        repository=r.text("repository", ""),
        plan_digest=r.text("plan_digest", ""),
        reason=r.text("reason", ""),
    )


def _intent(r: Reader) -> j.IntentRecorded:
    return j.IntentRecorded(
        run=r.text("run"),
        at=r.text("at"),
        number=r.whole("number"),
        address=r.text("address"),
        deployment_id=r.optional("deployment_id", r.text),
        action=action_from_json(r.data.get("action")),
        keeps=r.texts("keeps") if "keeps" in r.data else (),
    )


def _outcome(r: Reader) -> j.OutcomeRecorded:
    return j.OutcomeRecorded(
        run=r.text("run"),
        at=r.text("at"),
        number=r.whole("number"),
        address=r.text("address"),
        deployment_id=r.optional("deployment_id", r.text),
        outcome=outcome_from_json(r.data.get("outcome")),
    )


def _remembered(r: Reader) -> j.FieldsRemembered:
    return j.FieldsRemembered(
        run=r.text("run"),
        at=r.text("at"),
        address=r.text("address"),
        paths=r.texts("paths"),
        live=r.live("live"),
        on_removal=r.text("on_removal", "Orphan"),
        prevent_destroy=r.flag("prevent_destroy", default=True),
        force_delete=r.flag("force_delete", default=False),
        depends_on=r.texts("depends_on"),
    )


def _drift(r: Reader) -> j.DriftSeen:
    return j.DriftSeen(r.text("run"), r.text("at"), r.text("address"), r.pairs("fields"))


_ENTRIES: Final[Mapping[str, Callable[[Reader], j.Entry]]] = {
    "RunStarted": lambda r: j.RunStarted(_header(r)),
    "IntentRecorded": _intent,
    "OutcomeRecorded": _outcome,
    "FieldsRemembered": _remembered,
    "Forgotten": lambda r: j.Forgotten(r.text("run"), r.text("at"), r.text("address")),
    "DriftSeen": _drift,
    "RunFinished": lambda r: j.RunFinished(r.text("run"), r.text("at"), r.whole("exit_code")),
}

_OUTCOMES: Final[Mapping[str, Callable[[Reader], Outcome]]] = {
    "Done": lambda r: Done(r.number("seconds", 0.0), r.whole("attempts", 1)),
    "AlreadySatisfied": lambda r: AlreadySatisfied(r.text("why")),
    "Skipped": lambda r: Skipped(r.text("because")),
    "Failed": lambda r: Failed(r.text("error"), r.text("hint", ""), r.whole("exit_code", 7)),
    "Unverified": lambda r: Unverified(r.text("why")),
}
