"""The JSON form of leases, as a git branch keeps them; a database keeps the same texts in columns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reconciler.core.codec.reading import Reader
from reconciler.core.lease import Lease, Roster

if TYPE_CHECKING:
    from reconciler.core.live import Json


def moment_to_text(moment: datetime) -> str:
    """Return a time as RFC 3339 in UTC with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def lease_to_json(lease: Lease) -> dict[str, Json]:
    """Return the JSON form of a lease."""
    return {
        "address": lease.address,
        "run": lease.run,
        "holder": lease.holder,
        "process": lease.process,
        "acquired_at": moment_to_text(lease.acquired_at),
        "expires_at": moment_to_text(lease.expires_at),
        "fence": lease.fence,
    }


def lease_from_json(data: Json) -> Lease:
    """Return the lease that `lease_to_json` wrote. Raises LedgerError."""
    reader = Reader.of(data, "a lease")
    return Lease(
        address=reader.text("address"),
        run=reader.text("run"),
        holder=reader.text("holder"),
        process=reader.text("process", ""),
        acquired_at=_moment(reader, "acquired_at"),
        expires_at=_moment(reader, "expires_at"),
        fence=reader.whole("fence"),
    )


def roster_to_json(roster: Roster) -> dict[str, Json]:
    """Return the JSON form of a roster."""
    leases: list[Json] = [lease_to_json(roster.leases[name]) for name in sorted(roster.leases)]
    return {"fence": roster.fence, "leases": leases}


def roster_from_json(data: Json) -> Roster:
    """Return the roster that `roster_to_json` wrote. Raises LedgerError."""
    reader = Reader.of(data, "the leases of a catalog")
    leases = [lease_from_json(item) for item in reader.listed("leases")]
    return Roster(reader.whole("fence"), {lease.address: lease for lease in leases})


def _moment(reader: Reader, key: str) -> datetime:
    text = reader.text(key)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise reader.complaint(key, "a time") from None
