"""What a person may choose about an embedded platform: its data folder, what it reports, how clients reach it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Report = Literal["full", "sdk-only"]


@dataclass(frozen=True)
class Limits:
    """How much a caller may send.

    Attributes:
        request_bytes: the largest body of a request, of any service.
        image_bytes: the largest file of an image that is predicted or monitored.
        image_pixels: the most pixels (width times height) such an image may have once decoded.
        requests_per_second: what one user may ask on average over time; None does not limit.
        burst: how many requests a user may send at once before the rate counts.
    """

    request_bytes: int = 128 * 1024 * 1024
    image_bytes: int = 64 * 1024 * 1024
    image_pixels: int = 64_000_000
    requests_per_second: float | None = None
    burst: int = 100


@dataclass(frozen=True)
class TrainingProgram:
    """A program that trains models in the platform's place.

    Attributes:
        command: the program and its fixed arguments; the path of the assignment follows.
        timeout: seconds it may take.
    """

    command: tuple[str, ...]
    timeout: float = 24 * 3600.0


@dataclass(frozen=True)
class PlatformSettings:
    """One embedded platform.

    Attributes:
        data_dir: the folder that holds the database, the objects and the secrets; made when missing.
        report: `full` reports every setting and announces capabilities; `sdk-only` reports what the official SDK reads.
        store_url: an SQLAlchemy URL; None keeps an SQLite file in the data folder.
        control_url: where clients reach the control service; None when nothing listens (in process).
        monitoring_url: told to clients as `oracle_host`; None when nothing listens.
        serving_url: told to clients as `serving_host`; None when nothing listens.
        limits: how much a caller may send at once, and how fast.
        milestone: told each point that durable work reaches (`train:begin`, `train:done`, …), for whoever watches, or
            interrupts, a pipeline between its steps.
        workers: processes that perform durable work beside this one; 0 performs it in this process. They need a store
            that several processes may write to: PostgreSQL.
        programs: training programs by the name that experiments and docker images call them; never named by clients
            alone, as whoever names a program runs it. A file `trainers.json` in the data folder names more.
    """

    data_dir: Path
    report: Report = "full"
    store_url: str | None = None
    control_url: str | None = None
    monitoring_url: str | None = None
    serving_url: str | None = None
    limits: Limits = Limits()
    milestone: Callable[[str], object] | None = None
    workers: int = 0
    programs: Mapping[str, TrainingProgram] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError for workers without a store that they can share."""
        if self.workers and self.database_url.startswith("sqlite"):
            raise ValueError("Several worker processes need PostgreSQL: give a store URL, or no workers.")

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the store."""
        return self.store_url or f"sqlite:///{self.data_dir / 'platform.db'}"

    @property
    def jobs_url(self) -> str:
        """The SQLAlchemy URL of the memory of durable work: a file of its own, or a schema beside the store."""
        return self.store_url or f"sqlite:///{self.data_dir / 'jobs.db'}"
