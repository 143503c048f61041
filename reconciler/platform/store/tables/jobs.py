"""Background work as clients see it."""

from sqlalchemy.orm import Mapped

from reconciler.platform.store.tables.base import Owned, Row


class Job(Owned, Row):
    """One piece of work; `generation` 1 speaks JobStatus, 2 speaks JobRunStatus."""

    __tablename__ = "jobs"
    noun = "job"

    generation: Mapped[int]
    kind: Mapped[str]
    status: Mapped[str]
