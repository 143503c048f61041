"""Everything that can go wrong, drawn by what its reader has to do next.

    ReconcilerError ............ 1   something went wrong that no other class names
    ├── InputError ............. 3   mend your files, settings or command line
    │   ├── ManifestError            one or more diagnostics, each with file:line:col
    │   ├── SettingsError
    │   └── UsageError
    ├── AccessError ............ 4   get a (better) token
    │   ├── NotAuthenticated         no token, or the platform does not know it
    │   └── NotPermitted             the token is known and may not do this
    ├── Refused ................ 5   a guard said no; decide, then say so explicitly
    ├── Contention ............. 6   somebody else is at it, or was in between
    │   ├── StalePlan
    │   └── LeaseConflict
    │       ├── LeaseHeld            another run is at this deployment
    │       └── LeaseLost            another run is, or may be: ours took too long
    ├── Incomplete ............. 7   some steps landed, some did not: read the report
    ├── DeadlinePassed ......... 9   the time you allowed is over
    ├── PlatformError ......... 10   the platform is away, unreadable or overloaded
    │   ├── PlatformUnavailable      nothing was sent, or nothing was changed
    │   ├── Throttled                429 past the budget
    │   ├── UnexpectedReply          an answer that the protocol does not allow
    │   ├── Ambiguous                a write was sent; whether it landed is unknown
    │   └── Rejected                 a definite no to this one request: it changed nothing
    │       ├── NotFound             404
    │       └── Conflict             409
    ├── LedgerError ............ 1   our own memory cannot be read or written
    ├── Stopped ........ 130 / 143   SIGINT, SIGTERM
    └── Bug .................... 1   ours; please report

A class decides the exit code; an instance names the object, the place and the next step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STRONGEST_FIRST: tuple[int, ...] = (130, 143, 4, 10, 9, 7, 6, 5, 3, 2, 1, 0)
"""Exit codes by strength: where several apply, the first of these wins."""


def strongest(codes: Iterable[int]) -> int:
    """Return the strongest of several exit codes; 0 when there is none."""
    present = set(codes)
    return next((code for code in STRONGEST_FIRST if code in present), 0)


class ReconcilerError(Exception):
    """An error a person can act on.

    Args:
        message: What happened, naming the object; one sentence without a full stop.
        where: The place: `file:line:col`, a URL path, a ledger location.
        hint: The next step, as an imperative sentence.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.where is None else f"{self.where}: {self.message}"


class InputError(ReconcilerError):
    """What was given cannot be used."""

    exit_code = 3


class ManifestError(InputError):
    """Manifests are invalid.

    Args:
        diagnostics: One `core.manifest.diagnostics.Diagnostic` per problem, warnings included, sorted by place.
            This innermost room cannot name their type.
    """

    def __init__(
        self,
        message: str,
        *,
        diagnostics: Sequence[Any] = (),
        where: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.diagnostics = tuple(diagnostics)


class SettingsError(InputError):
    """`reconciler.yaml`, the environment or a flag asks for something impossible."""


class UsageError(InputError):
    """The command line does not make sense."""


class AccessError(ReconcilerError):
    """The platform knows us too little, or allows us too little."""

    exit_code = 4


class NotAuthenticated(AccessError):
    """No token, or one the platform does not accept (401)."""


class NotPermitted(AccessError):
    """A token the platform accepts, for something it does not allow (403)."""


class Refused(ReconcilerError):
    """A guard, a threshold or a protection said no, and nothing was written."""

    exit_code = 5


class Contention(ReconcilerError):
    """Somebody else holds it, or changed it since it was read."""

    exit_code = 6


class StalePlan(Contention):
    """The platform moved between planning and applying."""


class LeaseConflict(Contention):
    """A lease stands in the way.

    Args:
        addresses: The deployments it is about.
    """

    def __init__(self, message: str, *, addresses: tuple[str, ...] = (), hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.addresses = addresses


class LeaseHeld(LeaseConflict):
    """Another run holds the lease of a deployment."""


class LeaseLost(LeaseConflict):
    """Our lease of a deployment expired, was taken over or was broken: nothing may be written under it any more."""


class Incomplete(ReconcilerError):
    """An apply ended with steps that failed or could not be verified."""

    exit_code = 7


class DeadlinePassed(ReconcilerError):
    """The time the user allowed is over."""

    exit_code = 9


class PlatformError(ReconcilerError):
    """The platform is unavailable, unreadable, or throttled us past the budget."""

    exit_code = 10


class PlatformUnavailable(PlatformError):
    """No connection, or a server error on a read: nothing was changed by us."""


class Throttled(PlatformError):
    """The platform asked us to slow down more often than the budget allows.

    Args:
        retry_after: Seconds the platform asked us to wait, if it said so.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class UnexpectedReply(PlatformError):
    """An answer that does not follow the wire protocol."""


class Ambiguous(PlatformError):
    """A write was sent and its result is unknown: time-out, reset, or a server error after sending."""


class Rejected(PlatformError):
    """A definite no to one request (4xx): it changed nothing.

    Args:
        status: The HTTP status, 400..499.
    """

    exit_code = 7

    def __init__(self, message: str, *, status: int, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, where=where, hint=hint)
        self.status = status


class NotFound(Rejected):
    """There is no such object, or it is hidden from us (404)."""


class Conflict(Rejected):
    """The platform holds something that excludes this request (409)."""


class LedgerError(ReconcilerError):
    """Our durable memory cannot be read or written."""


class Stopped(ReconcilerError):
    """A signal asked us to stop; running requests were finished, nothing new was started.

    Args:
        signal_number: 2 (SIGINT) or 15 (SIGTERM).
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__("stopped on request")
        self.signal_number = signal_number


class Bug(ReconcilerError):
    """A state the design excludes."""


def exit_code_of(error: ReconcilerError) -> int:
    """Return the process exit code for an error, 1..143."""
    return 128 + error.signal_number if isinstance(error, Stopped) else error.exit_code
