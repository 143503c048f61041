"""Who holds which deployment, since when and for how long, as lines and as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.lease import shown
from reconciler.render.printable import printable
from reconciler.render.spans import BLANK, Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from reconciler.core.lease import Lease
    from reconciler.core.live import Json
    from reconciler.render.spans import Line, Text


def leases_text(leases: Sequence[Lease], *, now: datetime) -> Text:
    """Return the leases of a catalog as lines; nothing where there are none.

    Args:
        leases: In the order in which they are shown.
        now: The time that is counted from.
    """
    return tuple(_lines(leases, now)) if leases else ()


def _lines(leases: Sequence[Lease], now: datetime) -> Iterator[Line]:
    for lease in leases:
        left = _left(lease, now)
        told = f"  held by {printable(lease.holder)} (run {printable(lease.run)}) since {shown(lease.acquired_at)}"
        yield line(
            Span(printable(lease.address), Style.STRONG),
            told,
            Span(f"  # {f'{left} s left' if left else 'expired'}", Style.MUTED),
        )
    yield BLANK


def lease_to_json(lease: Lease, *, organization: str, now: datetime) -> dict[str, Json]:
    """Return a lease as `ledger show --format json` tells it."""
    return {
        "address": lease.address,
        "organization": organization,
        "holder": lease.holder,
        "run": lease.run,
        "acquired_at": shown(lease.acquired_at),
        "expires_at": shown(lease.expires_at),
        "seconds_left": _left(lease, now),
    }


def _left(lease: Lease, now: datetime) -> int:
    """Return the whole seconds for which a lease is still in force, by this machine's clock; 0 once it has expired."""
    left = (lease.expires_at - now).total_seconds()
    return max(1, round(left)) if left > 0 else 0
