"""Settings: what a run uses, resolved from file, environment variables and flags, each layer stronger than the last.

    flags  >  environment variables  >  the chosen environment of reconciler.yaml  >  defaults

A platform is one thing: whichever layer names one, by host or by data folder, replaces what weaker layers say of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.adapters.ledger.location import located
from reconciler.core.blast_radius import Caps
from reconciler.core.retention import Retention
from reconciler.errors import SettingsError
from reconciler.settings.configuration import LONGEST_LEASE, LONGEST_WAIT, SHORTEST_LEASE, Environment
from reconciler.settings.discovery import LEDGER
from reconciler.settings.token import token_of

if TYPE_CHECKING:
    from reconciler.core.secret import Secret
    from reconciler.settings.configuration import Keep, Policy
    from reconciler.settings.sources import Sources


@dataclass(frozen=True, slots=True)
class LedgerChoice:
    """Which ledger, and whether anybody chose it: the default one does not outlive a CI job."""

    # It may hold a password.
    url: str = field(repr=False)
    is_default: bool


@dataclass(frozen=True, slots=True)
class LeaseChoice:
    """How deployments are held while they are written.

    Attributes:
        seconds: How long a lease lasts unless it is renewed.
        wait: How long to wait for others.
    """

    seconds: float = 120.0
    wait: float = 0.0

    @property
    def write_seconds(self) -> float:
        """The longest time one write may take: well within what is left of a lease that was not renewed in time."""
        return min(30.0, self.seconds / 4)


@dataclass(frozen=True, slots=True)
class Remote:
    """A platform by its address."""

    host: str
    organization: str | None
    token: Secret


@dataclass(frozen=True, slots=True)
class Embedded:
    """A platform in this process, by its data folder."""

    folder: Path
    organization: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run uses.

    Attributes:
        catalog: Name of the set of manifests.
        environment: Name of the environment, empty where none was chosen.
        platform: Where to apply.
        ledger: Our memory.
        in_ci: Whether this is a CI job, whose files are gone afterwards.
        caps: How much one plan may take away.
        leases: How deployments are held while they are written.
        keep: Which runs the ledger keeps.
    """

    catalog: str
    environment: str
    platform: Remote | Embedded
    ledger: LedgerChoice
    in_ci: bool
    caps: Caps = field(default_factory=Caps)
    leases: LeaseChoice = field(default_factory=LeaseChoice)
    keep: Retention = field(default_factory=Retention)


def resolve(sources: Sources) -> Settings:
    """Return the settings of a run.

    Raises:
        SettingsError: they contradict each other, or name no platform.
        NotAuthenticated: there is no token.
    """
    name, environment = _environment(sources)
    return Settings(
        catalog=catalog_of(sources),
        environment=name,
        platform=_platform(sources, environment),
        ledger=ledger_of(sources),
        in_ci=(sources.variable("CI") or "").lower() not in ("", "0", "false", "no"),
        caps=_caps(sources.configuration.policy, environment.policy),
        leases=_leases(sources),
        keep=retention_of(sources),
    )


def retention_of(sources: Sources) -> Retention:
    """Return which runs the ledger keeps; needs no platform."""
    return Retention(**_said(sources.configuration.keep, _environment(sources)[1].keep))


def _leases(sources: Sources) -> LeaseChoice:
    configured, usual = sources.configuration, LeaseChoice()
    seconds = _seconds(sources, "RECONCILER_LEASE_SECONDS", SHORTEST_LEASE, LONGEST_LEASE)
    wait = _seconds(sources, "RECONCILER_LOCK_TIMEOUT", 0.0, LONGEST_WAIT)
    return LeaseChoice(
        _first(seconds, configured.lease_seconds, usual.seconds), _first(wait, configured.lock_timeout, usual.wait)
    )


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)


def _seconds(sources: Sources, name: str, least: float, most: float) -> float | None:
    """Return a number of seconds that a variable says. Raises SettingsError."""
    text = sources.variable(name)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not least <= value <= most:
        raise SettingsError(f"{name} takes seconds from {least:g} to {most:g}, not {text[:40]!r}", hint=f"Mend {name}.")
    return value


def _caps(*weakest_first: Policy) -> Caps:
    return Caps(**_said(*weakest_first))


def _said(*weakest_first: Policy | Keep) -> dict[str, Any]:
    """Return what layers say together, the later ones stronger."""
    said: dict[str, Any] = {}
    for layer in weakest_first:
        said |= {name: value for name, value in layer if value is not None}
    return said


def catalog_of(sources: Sources) -> str:
    """Return the name of the catalog."""
    return sources.variable("RECONCILER_CATALOG") or sources.configuration.catalog


def ledger_of(sources: Sources) -> LedgerChoice:
    """Return which ledger a run uses; needs no platform."""
    environment = _environment(sources)[1]
    given = sources.flags.ledger or sources.variable("RECONCILER_LEDGER")
    if given is not None:
        return LedgerChoice(located(given, Path.cwd(), project=sources.folder), is_default=False)
    configured = environment.ledger or sources.configuration.ledger
    if configured is not None:
        return LedgerChoice(located(configured, sources.folder, project=sources.folder), is_default=False)
    return LedgerChoice(str((sources.folder / LEDGER).absolute()), is_default=True)


def _environment(sources: Sources) -> tuple[str, Environment]:
    known = sources.configuration.environments
    name = sources.flags.environment or sources.variable("RECONCILER_ENV")
    if name is None and not _names_a_platform(sources):
        name = sources.configuration.default_environment or (next(iter(known)) if len(known) == 1 else None)
        if name is None and known:
            raise SettingsError(
                f"reconciler.yaml has {len(known)} environments and none was chosen",
                hint=f"Say --env with one of {', '.join(known)}, or declare `defaultEnvironment`.",
            )
    if name is None:
        return "", Environment()
    if name not in known:
        hint = f"It has {', '.join(known)}." if known else "Declare it in reconciler.yaml under `environments`."
        raise SettingsError(f'there is no environment "{name}" in reconciler.yaml', hint=hint)
    return name, known[name]


def _names_a_platform(sources: Sources) -> bool:
    flags = sources.flags
    given = (flags.host, flags.embedded, sources.variable("PICSELLIA_HOST"), sources.variable("RECONCILER_EMBEDDED"))
    return any(each is not None for each in given)


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one layer says about the platform."""

    name: str
    host: str | None
    embedded: Path | None
    organization: str | None


def _layers(sources: Sources, environment: Environment) -> list[_Layer]:
    flags, folder = sources.flags, sources.variable("RECONCILER_EMBEDDED")
    configured = environment.embedded
    return [
        _Layer("the command line", flags.host, flags.embedded, flags.organization),
        _Layer(
            "the environment",
            sources.variable("PICSELLIA_HOST"),
            Path(folder) if folder else None,
            sources.variable("PICSELLIA_ORGANIZATION"),
        ),
        _Layer(
            "reconciler.yaml",
            environment.host,
            sources.folder / configured if configured else None,
            environment.organization,
        ),
    ]


def _platform(sources: Sources, environment: Environment) -> Remote | Embedded:
    layers = _layers(sources, environment)
    for depth, layer in enumerate(layers):
        if layer.host is not None and layer.embedded is not None:
            hint = "Keep one: --host for a running platform, --embedded for one in this process."
            raise SettingsError(f"{layer.name} names both a host and an embedded platform", hint=hint)
        if layer.embedded is not None:
            # A weaker layer's organisation belongs to the platform that this layer replaces.
            return Embedded(layer.embedded.absolute(), _first_organization(layers[: depth + 1]))
        if layer.host is not None:
            return Remote(layer.host, _first_organization(layers), token_of(sources, environment))
    raise SettingsError(
        "no platform was named",
        hint="Say --host URL (or PICSELLIA_HOST) for a running one, or --embedded DIR for one in this process.",
    )


def _first_organization(layers: list[_Layer]) -> str | None:
    return next((layer.organization for layer in layers if layer.organization is not None), None)
