r"""What the store answers when it cannot do what was asked; `envelope` turns each into one HTTP status.

Fault
├── Unauthenticated  401   who are you
├── Forbidden        403   you may not
├── NotFound         404   no such row, or a row of another organisation
├── Invalid          400   a rule of the domain says no
├── Conflict         409   the name, alias or state is taken
└── Locked           423   the dataset version is locked
"""

from collections.abc import Sequence


class Fault(Exception):
    """A request that cannot be fulfilled, for a reason its author can act on.

    Attributes:
        status: the HTTP status clients see.
        message: one sentence naming the object and the rule.
        detail: further lines, possibly none.
    """

    status = 500

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


class Locked(Fault):
    """The dataset version does not take writes."""

    status = 423
