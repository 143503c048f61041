"""When the next training begins, if people go on reviewing as they did lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# One fast hour does not make a day of reviewing: a pace is never judged on less.
_SHORTEST = timedelta(days=1)


@dataclass(frozen=True)
class Forecast:
    """What must still happen before the next training.

    Attributes:
        missing: images that must still be submitted.
        ready: reviewed images that could be submitted now.
        to_review: images that must still be reviewed.
        pace: reviews a day; None where nobody reviewed lately.
        due: when enough will have been reviewed at that pace; None without a pace.
    """

    missing: int
    ready: int
    to_review: int
    pace: float | None
    due: datetime | None


def forecast(
    *, threshold: int, submitted: int, ready: int, lately: int, first_lately: datetime | None, now: datetime
) -> Forecast:
    """Foretell the next training.

    Args:
        threshold: how many submitted images start one.
        submitted: images submitted since the last one.
        ready: images reviewed but not submitted.
        lately: images reviewed since `first_lately`, within the window that counts.
        first_lately: when the first of those was reviewed.
        now: this moment.
    """
    missing = max(0, threshold - submitted)
    to_review = max(0, missing - ready)
    pace = _pace(lately, first_lately, now)
    due = now + timedelta(days=to_review / pace) if pace else None
    return Forecast(missing, ready, to_review, pace, due)


def _pace(lately: int, first: datetime | None, now: datetime) -> float | None:
    if first is None or not lately:
        return None
    return lately / (max(now - first, _SHORTEST) / timedelta(days=1))
