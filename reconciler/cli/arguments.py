"""What the words of a command line mean: formats, paths, labels, names, flags."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from reconciler.cli.selector import parse_selector
from reconciler.core.selection import EVERYTHING, Selection, closure
from reconciler.errors import UsageError
from reconciler.settings.sources import Flags

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.cli.options import Form, Where, Which
    from reconciler.core.manifest.catalog import Catalog, Manifest


def format_of(form: Form, allowed: Sequence[str]) -> str:
    """Return the chosen format, by default the first. Raises UsageError."""
    chosen = form.format or allowed[0]
    if chosen not in allowed:
        raise UsageError(
            f"the format {chosen!r} is not one of {', '.join(allowed)}", hint=_guess(chosen, allowed) or None
        )
    return chosen


def flags_of(where: Where) -> Flags:
    """Return what the command line says about platform and ledger."""
    return Flags(
        environment=where.env,
        host=where.host,
        organization=where.organization,
        token_file=where.token_file,
        embedded=where.embedded,
        ledger=where.ledger,
    )


def selection_of(which: Which, catalog: Catalog) -> Selection:
    """Return the deployments that selectors, targets and exclusions mean.

    Labels narrow the catalog, and what a labelled deployment depends on stays in; targets are found by name, together
    with what they depend on; exclusions win.

    Raises:
        UsageError: a selector makes no sense, a name is unknown, or nothing is left.
    """
    if which == type(which)():
        return EVERYTHING
    by_address = {manifest.address: manifest for manifest in catalog}
    _check_names([*(which.target or ()), *(which.exclude or ())], by_address)
    labelled = _labelled(which, catalog.manifests)
    targets = frozenset(which.target or ())
    if which.selector and targets:
        targets &= labelled
    wanted = closure(labelled, by_address) if which.selector else frozenset(by_address)
    excludes = frozenset(which.exclude or ()) | (frozenset(by_address) - wanted)
    chosen = closure(targets, by_address) if which.target else frozenset(by_address)
    if not chosen - excludes:
        raise UsageError(
            "the selection leaves no deployment",
            hint=f"The catalog has {len(by_address)}; see their labels in the manifests.",
        )
    return Selection(targets, excludes, narrowed=True)


def _labelled(which: Which, manifests: Iterable[Manifest]) -> frozenset[str]:
    selectors = [parse_selector(text) for text in which.selector or ()]
    return frozenset(
        manifest.address
        for manifest in manifests
        if all(selector.matches(manifest.metadata.labels) for selector in selectors)
    )


def _check_names(names: Iterable[str], known: Iterable[str]) -> None:
    addresses = list(known)
    for name in names:
        if name not in addresses:
            raise UsageError(
                f"there is no deployment {name!r} in the catalog",
                hint=_guess(name, addresses) or "Deployments are named by `metadata.name`.",
            )


def _guess(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word[:100], known, n=1)
    return f"Did you mean {near[0]}?" if near else ""
