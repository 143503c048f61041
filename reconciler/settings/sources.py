"""The three layers that settings come from, as values: flags, environment variables, `reconciler.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconciler.settings.configuration import Configuration

VARIABLES: Final[Mapping[str, str]] = {
    "PICSELLIA_HOST": "address of the platform",
    "PICSELLIA_ORGANIZATION": "name or id of the organisation",
    "PICSELLIA_TOKEN": "API token",
    "RECONCILER_ENV": "environment of reconciler.yaml",
    "RECONCILER_EMBEDDED": "data folder of an embedded platform, instead of a host",
    "RECONCILER_TOKEN_FILE": "file that holds the API token",
    "RECONCILER_LEDGER": "URL or file of the ledger",
    "RECONCILER_CATALOG": "name of the catalog",
    "RECONCILER_LEASE_SECONDS": "how long a run holds a deployment without renewing its lease",
    "RECONCILER_LOCK_TIMEOUT": "seconds to wait for others who hold a deployment",
    "RECONCILER_DEBUG": "show tracebacks of internal errors",
}
"""Every environment variable that is read, and what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the command line says; `None` where it says nothing."""

    environment: str | None = None
    host: str | None = None
    organization: str | None = None
    token_file: Path | None = None
    embedded: Path | None = None
    ledger: str | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """Where settings come from.

    Attributes:
        flags: The command line.
        variables: The process environment.
        configuration: `reconciler.yaml`, or its defaults.
        folder: What relative paths of the configuration and the default ledger are relative to.
    """

    flags: Flags
    variables: Mapping[str, str]
    configuration: Configuration
    folder: Path

    def variable(self, name: str) -> str | None:
        """Return an environment variable; an empty one counts as not set."""
        return self.variables.get(name) or None
