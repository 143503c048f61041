"""What a person may choose about an embedded platform: its data folder, what it reports, how clients reach it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Report = Literal["full", "sdk-only"]


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
    """

    data_dir: Path
    report: Report = "full"
    store_url: str | None = None
    control_url: str | None = None
    monitoring_url: str | None = None
    serving_url: str | None = None

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the store."""
        return self.store_url or f"sqlite:///{self.data_dir / 'platform.db'}"
