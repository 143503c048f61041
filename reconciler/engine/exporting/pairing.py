"""Which manifest means which live deployment, which address one without a manifest gets, and which were asked for."""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from reconciler.core.export.addresses import addresses_for
from reconciler.core.export.drafts import NotExported
from reconciler.core.identity import match, register
from reconciler.core.live import FIELD
from reconciler.errors import Incomplete, PlatformError, UsageError
from reconciler.ports import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.core.applied import AppliedDeployment
    from reconciler.core.live import LiveDeployment, Snapshot
    from reconciler.core.manifest.catalog import Catalog, Manifest

_EVERYTHING: Final = frozenset(FIELD)


@dataclass(frozen=True, slots=True)
class Pair:
    """A live deployment, its address, and the manifest that means it, if there is one."""

    id: str
    name: str
    address: str
    manifest: Manifest | None = None
    trouble: str = ""
    """Why it cannot be exported, as a clause; empty if nothing is known against it."""

    @property
    def subject(self) -> Subject:
        """What to observe: everything about it."""
        return Subject(self.address, (self.name,), self.id, _EVERYTHING)

    def failed(self, reason: str, exit_code: int = Incomplete.exit_code) -> NotExported:
        """Say why it is not exported."""
        return NotExported(self.name, self.id, reason, exit_code)


def paired(catalog: Catalog, listed: Snapshot, applied: Mapping[str, AppliedDeployment]) -> tuple[Pair, ...]:
    """Return every live deployment with its manifest or its new address, sorted by name.

    Args:
        catalog: The manifests there are.
        listed: Every deployment of the organisation.
        applied: Our memory, so that a deployment that was renamed keeps its manifest.
    """
    known = register(listed, catalog, applied)
    mine: dict[str, Manifest] = {}
    against: dict[str, str] = {}
    for manifest in catalog:
        found = match(manifest, known, applied.get(manifest.address))
        if found.live is not None and found.live.id is not None:
            mine[found.live.id] = manifest
        elif found.refusal is not None:
            against |= {str(live.id): found.refusal.message for live in _meant(manifest, listed)}
    strangers = [str(live.name) for live in listed.deployments if live.id not in mine]
    addresses = addresses_for(strangers, taken=(manifest.address for manifest in catalog))
    pairs = (_pair(live, mine.get(str(live.id)), addresses, against) for live in listed.deployments)
    bearers = _ids_by_name(listed.deployments)
    return tuple(sorted((_alone(pair, bearers[pair.name]) for pair in pairs), key=lambda pair: (pair.name, pair.id)))


def _ids_by_name(deployments: Iterable[LiveDeployment]) -> Mapping[str, Sequence[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for live in deployments:
        found[str(live.name)].append(str(live.id))
    return found


def _alone(pair: Pair, bearers: Sequence[str]) -> Pair:
    """Manifests mean deployments by name, so two of one name cannot be told apart by any."""
    if len(bearers) == 1 or pair.trouble:
        return pair
    twins = f"{len(bearers)} live deployments are called {pair.name}: {' and '.join(sorted(bearers))}"
    return replace(pair, trouble=twins)


def _meant(manifest: Manifest, listed: Snapshot) -> Iterable[LiveDeployment]:
    names = (manifest.platform_name, manifest.spec.renamed_from)
    return (live for live in listed.deployments if live.name in names)


def _pair(
    live: LiveDeployment, manifest: Manifest | None, addresses: Mapping[str, str], against: Mapping[str, str]
) -> Pair:
    name = str(live.name)
    address = addresses[name] if manifest is None else manifest.address
    return Pair(str(live.id), name, address, manifest, against.get(str(live.id), ""))


def chosen(pairs: Sequence[Pair], names: Sequence[str]) -> tuple[Pair, ...]:
    """Return the pairs that some names mean, by platform name or by address; all of them without any name.

    Raises:
        UsageError: There is no deployment of a name.
    """
    for name in names:
        if not any(name in (pair.name, pair.address) for pair in pairs):
            known = [word for pair in pairs for word in (pair.name, pair.address)]
            near = difflib.get_close_matches(name[:100], known, n=1)
            hint = f"Did you mean {near[0]}?" if near else "Name a deployment of the platform, or leave names out."
            raise UsageError(f"there is no live deployment {name!r}", hint=hint)
    return tuple(pair for pair in pairs if not names or pair.name in names or pair.address in names)


def unreadable(pairs: Iterable[Pair], seen: Snapshot) -> tuple[NotExported, ...]:
    """Return the deployments whose settings could not be read."""
    reasons = {item.id: item.reason for item in seen.unreadable}
    return tuple(
        pair.failed(f"it could not be read: {reasons[pair.id]}", PlatformError.exit_code)
        for pair in pairs
        if pair.id in reasons
    )
