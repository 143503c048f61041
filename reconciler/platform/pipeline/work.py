"""What durable work is made of: kinds of work, their steps, and the bench that steps work at."""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from reconciler.platform.settings import PlatformSettings
from reconciler.platform.store.database import Store
from reconciler.platform.store.tables.jobs import Job
from reconciler.platform.store.unit import Actor, Unit

# Written into histories where no person acts.
USERNAME = "platform"


class Stopped(BaseException):
    """The process is about to end: leave now, and the next one takes the work up at this step.

    It is no Exception, so that nothing on its way records it as a failure of the work.
    """


class Lane(StrEnum):
    """Work of one lane waits for its like only: a training of hours must not hold up a summary of seconds."""

    TRAINING = "training"
    COMPUTING = "computing"


@dataclass(frozen=True)
class Bench:
    """Where steps work: the store, the settings, and the sign that it is time to stop."""

    store: Store
    settings: PlatformSettings
    owner: Actor
    stopping: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise Stopped once the process wants to end; long steps call it between their parts."""
        if self.stopping.is_set():
            raise Stopped

    def read(self) -> AbstractContextManager[Unit]:
        """Give a unit that changes nothing, and reaches what its finder names by id."""
        return self.store.read(self.owner)

    def write(self, organization_id: UUID) -> AbstractContextManager[Unit]:
        """Give a unit in the platform's own name, within one organisation."""
        return self.store.write(self.actor(organization_id))

    def actor(self, organization_id: UUID) -> Actor:
        """Return the platform itself as somebody who acts in one organisation."""
        reach = frozenset({organization_id})
        return replace(self.owner, username=USERNAME, organization_id=organization_id, reach=reach)

    def reached(self, point: str) -> None:
        """Tell the settings' listener, if there is one, how far work has come."""
        if self.settings.milestone is not None:
            self.settings.milestone(point)


@dataclass(frozen=True)
class Task:
    """One job in hand: what it was asked to do, for whom."""

    job_id: UUID
    organization_id: UUID
    payload: Mapping[str, object]

    @classmethod
    def of(cls, job: Job) -> "Task":
        """Return a job's task."""
        return cls(job.id, job.organization_id, job.payload or {})

    def identifier(self, name: str) -> UUID:
        """Return the identifier that the payload holds under a name."""
        return UUID(str(self.payload[name]))


Act = Callable[[Bench, Task], None]
Fail = Callable[[Unit, Task, str], None]


def _nothing(unit: Unit, task: Task, error: str) -> None:
    del unit, task, error


@dataclass(frozen=True)
class Work:
    """A kind of durable work.

    Attributes:
        kind: what its jobs are called.
        lane: what it waits for.
        steps: by name, in order; each may be run again after a crash and must then change nothing twice.
        failed: tells whoever waits, in the transaction that ends the job, why a step could not be done.
    """

    kind: str
    lane: Lane
    steps: Mapping[str, Act]
    failed: Fail = _nothing
