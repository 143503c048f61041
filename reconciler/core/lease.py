"""Leases: who may write to a deployment and about it, until when, and the number that tells a holder from a later one.

    grant ── renew … renew ── release          a run that ends in order
    grant ── renew … (silence) ── expired      a run that was killed or paused; whoever comes next gets a higher number
    grant ── … ── unlock                       broken by a person; the holder finds that it is gone

All homes of the ledger keep a `Roster` and share these functions, so they cannot disagree; a home adds its own clock
and one indivisible exchange of the roster before for the roster after.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reconciler.errors import LeaseHeld, LeaseLost

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Claim:
    """Who asks for leases.

    Attributes:
        run: Id of the run.
        holder: Who that is, for people: `ada on laptop, process 4711`.
        process: What identifies the process on its machine for as long as it lives; empty where nothing does.
        seconds: How long a lease lasts unless it is renewed.
    """

    run: str
    holder: str
    process: str = ""
    seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write to one deployment, and about it in the ledger.

    Attributes:
        address: The deployment.
        run, holder, process: Who has it, as in `Claim`.
        acquired_at, expires_at: By the clock of the home, in UTC.
        fence: Higher than that of every lease the catalog gave before; those taken together share one.
    """

    address: str
    run: str
    holder: str
    process: str
    acquired_at: datetime
    expires_at: datetime
    fence: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a home's clock says.

    Attributes:
        now: The time, in UTC.
        slack: By how much of its length a lease is kept longer than its holder counts on, so that clocks of several
            machines need not agree; 0 where one clock judges all.
    """

    now: datetime
    slack: float = 0.0


@dataclass(frozen=True, slots=True)
class Roster:
    """The leases of one catalog: at most one a deployment.

    Attributes:
        fence: The highest number that was given.
        leases: By address; an expired one stays until it is taken over or given back.
    """

    fence: int = 0
    leases: Mapping[str, Lease] = field(default_factory=dict)

    def without(self, addresses: Collection[str]) -> Roster:
        """Return the roster without the leases of some deployments."""
        return replace(self, leases={name: lease for name, lease in self.leases.items() if name not in addresses})


def grant(
    roster: Roster, addresses: Collection[str], *, claim: Claim, reading: Reading
) -> tuple[Roster, tuple[Lease, ...]]:
    """Give every lease that is asked for, or none; a run that asks again is given them anew.

    Raises:
        LeaseHeld: others hold some of them.
    """
    held = [
        lease
        for name in sorted(addresses)
        if (lease := roster.leases.get(name)) is not None and lease.run != claim.run and lease.expires_at > reading.now
    ]
    if held:
        raise refusal(held, reading.now)
    fence = roster.fence + 1
    end = _end(reading, claim.seconds)
    granted = tuple(
        Lease(name, claim.run, claim.holder, claim.process, reading.now, end, fence) for name in sorted(addresses)
    )
    return Roster(fence, {**roster.leases, **{lease.address: lease for lease in granted}}), granted


def renew(
    roster: Roster, leases: Sequence[Lease], *, seconds: float, reading: Reading
) -> tuple[Roster, tuple[Lease, ...]]:
    """Let leases last for so many seconds from now: all of them or none.

    Raises:
        LeaseLost: some have expired, were taken over or broken.
    """
    lost = [lease.address for lease in leases if not _is_alive(roster, lease, reading.now)]
    if lost:
        raise loss(lost)
    renewed = tuple(replace(lease, expires_at=_end(reading, seconds)) for lease in leases)
    return replace(roster, leases={**roster.leases, **{lease.address: lease for lease in renewed}}), renewed


def release(roster: Roster, leases: Iterable[Lease]) -> Roster:
    """Give leases back; those that are not held any more are left to whoever has them now."""
    return roster.without({lease.address for lease in leases if _is_kept(roster, lease)})


def unlock(roster: Roster, addresses: Collection[str]) -> tuple[Roster, tuple[Lease, ...]]:
    """Break the leases of some deployments, expired ones too, and return what was broken."""
    broken = tuple(roster.leases[name] for name in sorted(addresses) if name in roster.leases)
    return (replace(roster.without(addresses), fence=roster.fence + 1) if broken else roster), broken


def check(roster: Roster, addresses: Iterable[str], *, under: Iterable[Lease], reading: Reading) -> None:
    """Raise unless something may be recorded about deployments: nobody else holds them, or these leases still do.

    A lease that has expired while nobody else came still does: what was sent in time may be recorded late.

    Raises:
        LeaseLost: a lease that covers one of them was taken over, given back or broken.
        LeaseHeld: none covers it, and somebody else holds it.
    """
    own = {lease.address: lease for lease in under}
    about = set(addresses)
    if lost := [name for name in sorted(about & own.keys()) if not _is_kept(roster, own[name])]:
        raise loss(lost)
    others = [roster.leases[name] for name in sorted(about - own.keys()) if name in roster.leases]
    if held := [lease for lease in others if lease.expires_at > reading.now]:
        raise refusal(held, reading.now)


def _end(reading: Reading, seconds: float) -> datetime:
    return reading.now + timedelta(seconds=seconds * (1 + reading.slack))


def _is_kept(roster: Roster, lease: Lease) -> bool:
    kept = roster.leases.get(lease.address)
    return kept is not None and (kept.fence, kept.run) == (lease.fence, lease.run)


def _is_alive(roster: Roster, lease: Lease, now: datetime) -> bool:
    return _is_kept(roster, lease) and roster.leases[lease.address].expires_at > now


def refusal(held: Sequence[Lease], now: datetime) -> LeaseHeld:
    """Return the error for leases that others hold: object, holder, since when, until when, next step."""
    first = held[0]
    more = f", and {len(held) - 1} more deployment(s) are held" if len(held) > 1 else ""
    left = max(1, round((first.expires_at - now).total_seconds()))
    return LeaseHeld(
        f"{first.address} is held by {first.holder} (run {first.run}) since {shown(first.acquired_at)}; "
        f"the lease expires at {shown(first.expires_at)}, in {left} s, unless it is renewed{more}",
        addresses=tuple(lease.address for lease in held),
        hint="Wait with `apply --lock-timeout SECONDS`; if that run is dead, break it with `reconciler ledger unlock`.",
    )


def loss(addresses: Sequence[str]) -> LeaseLost:
    """Return the error for leases that are not held any more."""
    first, more = addresses[0], len(addresses) - 1
    return LeaseLost(
        f"the lease of {first}{f' and {more} more' if more else ''} is lost: it expired, was taken over or was broken",
        addresses=tuple(addresses),
        hint="Plan again; `reconciler ledger show` tells who holds what.",
    )


def shown(moment: datetime) -> str:
    """Return a time as people read it, to the second, such as `2026-11-21T20:36:00Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
