"""The memory that would be lost: a CI job's default ledger, where the platform does not report what is declared.

There, the next job could neither compare nor assume those fields; it would hold them all, for ever. So it is said now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.live import FIELD
from reconciler.core.unreported import UNREPORTED
from reconciler.core.wants import declared_paths
from reconciler.errors import SettingsError
from reconciler.render.amounts import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.manifest.catalog import Catalog, Manifest
    from reconciler.core.plan import Chain, Plan
    from reconciler.settings.resolution import Settings

_ALWAYS_REPORTED: Final = frozenset({"name", "models.champion", "models.shadow", "tags", "feedbackLoop.datasets"})
"""What every service reports of a deployment (wire protocol, section 4); the rest needs the capability `settings`."""

_HINT: Final = "Name a ledger that outlives the job with --ledger (RECONCILER_LEDGER)."

_SHOWN: Final = 4


def check_memory(settings: Settings, catalog: Catalog, plan: Plan) -> None:
    """Refuse a run whose memory would not outlive it, where that memory is needed. Raises SettingsError."""
    if not (settings.in_ci and settings.ledger.is_default):
        return
    if plan.options.prune:
        raise SettingsError(
            "--prune deletes what the ledger owns, and the default ledger ends with this CI job: it owns nothing",
            where=settings.ledger.url,
            hint=_HINT,
        )
    fields = sorted(unreported(catalog, plan))
    if fields:
        shown = ", ".join(fields[:_SHOWN]) + (", …" if len(fields) > _SHOWN else "")
        raise SettingsError(
            f"the platform does not report {counted(len(fields), 'declared field')} ({shown}), and the default ledger "
            "ends with this CI job",
            where=settings.ledger.url,
            hint=_HINT,
        )


def unreported(catalog: Catalog, plan: Plan) -> set[str]:
    """Return the paths of declared fields that the platform does not report, or will not once they are created."""
    manifests = {manifest.address: manifest for manifest in catalog}
    chains = (chain for chain in plan.chains if chain.address in manifests)
    return {path for chain in chains for path in _of_chain(chain, manifests[chain.address], plan)}


def _of_chain(chain: Chain, manifest: Manifest, plan: Plan) -> Iterator[str]:
    reports_settings = "settings" in plan.observed.capabilities
    for path in declared_paths(manifest):
        if chain.live is not None:
            if FIELD[path].of(chain.live) is UNREPORTED:
                yield path
        elif not reports_settings and path not in _ALWAYS_REPORTED:
            yield path
