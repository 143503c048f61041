r"""What the store answers when it cannot do what was asked; `envelope` turns each into one HTTP status.

Fault
├── Unauthenticated  401   who are you
├── Forbidden        403   you may not
├── NotFound         404   no such row, or a row of another organisation
├── Invalid          400   a rule of the domain says no
├── Conflict         409   the name, alias or state is taken
│   └── Raced        409   another transaction made the row first; trying again may succeed
├── TooLarge         413   the request, or the image in it, is larger than is taken
├── Locked           423   the dataset version is locked
├── TooMany          429   this caller sends faster than is allowed
└── Busy             503   more work is waiting than this process takes on
"""

from collections.abc import Sequence


class Fault(Exception):
    """A request that cannot be fulfilled, for a reason its author can act on.

    Attributes:
        status: the HTTP status clients see.
        message: one sentence naming the object and the rule.
        detail: further lines, possibly none.
        retry_after: whole seconds after which asking again makes sense; None where it never does.
    """

    status = 500
    retry_after: int | None = None

    def __init__(self, message: str, detail: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.detail = list(detail)


class Unauthenticated(Fault):
    """No token, or one that nobody issued."""

    status = 401


class Forbidden(Fault):
    """A known caller without the right to do this."""

    status = 403


class NotFound(Fault):
    """Nothing of that kind within the caller's reach."""

    status = 404


class Invalid(Fault):
    """Well-formed, but against a rule of the domain."""

    status = 400


class Conflict(Fault):
    """The name, the alias or the state is taken."""

    status = 409


class Raced(Conflict):
    """A row that this transaction was to make, or to refer to, was made or removed by another one meanwhile."""


class TooLarge(Fault):
    """More bytes, or more pixels, than this platform takes."""

    status = 413


class TooMany(Fault):
    """A caller that sends faster than it may; `retry_after` tells when it may again."""

    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Busy(Fault):
    """Every worker has work, and the queue before them is full."""

    status = 503
    retry_after = 1


class Locked(Fault):
    """The dataset version does not take writes."""

    status = 423
