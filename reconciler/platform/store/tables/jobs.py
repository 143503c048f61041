"""Background work as clients see it."""

from sqlalchemy.orm import Mapped

from reconciler.platform.store.tables.base import Json, Owned, Prose, Row


class Job(Owned, Row):
    """One piece of work; `generation` 1 speaks JobStatus, 2 speaks JobRunStatus.

    A job with a payload is durable: the row, committed with what asked for it, is what a restart resumes from.
    """

    __tablename__ = "jobs"
    noun = "job"

    generation: Mapped[int]
    kind: Mapped[str]
    status: Mapped[str]
    payload: Mapped[Json | None]
    error: Mapped[Prose | None]
