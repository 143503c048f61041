"""One export from the list to the last file; every draft is proved before the first file is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.core.events import PhaseStarted
from reconciler.core.export.drafts import Change, Exported, ExportReport, NotExported, Writing
from reconciler.core.export.edits import edits_of
from reconciler.core.export.lexicon import Lexicon, Unnameable
from reconciler.core.export.minimal import document
from reconciler.core.export.remarks import remarks
from reconciler.core.export.spelling import Speller
from reconciler.core.wants import references_of
from reconciler.engine.exporting.pairing import Pair, chosen, paired, unreadable
from reconciler.engine.exporting.proof import objections
from reconciler.engine.observing import FEW
from reconciler.errors import Incomplete, ReconcilerError
from reconciler.ports import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.export.drafts import Draft, Drafts, FileDraft
    from reconciler.core.live import Snapshot
    from reconciler.core.references import Missing, Reference, Resolved
    from reconciler.engine.tools import Tools
    from reconciler.ports import ManifestFolder


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export.

    Attributes:
        names: Addresses or platform names; none for every live deployment.
        declared_only: Whether manifests that are there already keep to the fields they declare.
    """

    names: tuple[str, ...] = ()
    declared_only: bool = False


async def export(tools: Tools, folder: ManifestFolder, request: ExportRequest) -> ExportReport:
    """Write the manifests of live deployments, and say what became of each.

    A deployment that no manifest can describe is in the report and has no file; the others go on.

    Raises:
        UsageError: There is no deployment of a name.
        ManifestError: The folder holds manifests that are not valid. Nothing was written.
        SettingsError, Contention: The first file cannot be written. Nothing was written.
        Incomplete: A later file cannot be written; the message says how many were.
        PlatformError, AccessError, LedgerError: Nothing was written.
    """
    tools.announcer.announce(PhaseStarted("observe"))
    catalog = folder.catalog()
    applied = await tools.ledger.recall(catalog.name)
    listed = await tools.observer.observe(Scope((), frozenset()))
    wanted = chosen(paired(catalog, listed, applied), request.names)
    seen = await tools.observer.observe(
        Scope(tuple(pair.subject for pair in wanted), frozenset(), whole=len(wanted) > FEW)
    )
    work = _Export(tools, folder, request, seen=seen)
    work.take(wanted)
    drafts = await work.proved()
    tools.announcer.announce(PhaseStarted("write", len(drafts.files)))
    _write(folder, drafts.files)
    return work.report(drafts)


class _Export:
    """The deployments on their way, and what is known of names."""

    def __init__(self, tools: Tools, folder: ManifestFolder, request: ExportRequest, *, seen: Snapshot) -> None:
        self._tools = tools
        self._folder = folder
        self._request = request
        self._seen = seen
        self._live = {live.id: live for live in seen.deployments}
        self._found: dict[Reference, Resolved | Missing] = {}
        self._pairs: dict[str, Pair] = {}
        self._failed: list[NotExported] = []

    def take(self, pairs: Sequence[Pair]) -> None:
        """Take on what can be exported as far as anybody knows by now."""
        self._failed += unreadable(pairs, self._seen)
        self._failed += [pair.failed(pair.trouble) for pair in pairs if pair.trouble]
        hopeless = {each.id for each in self._failed}
        self._pairs = {pair.address: pair for pair in pairs if pair.id not in hopeless}
        for pair in list(self._pairs.values()):
            if pair.id not in self._live:
                self._give_up(pair.address, "it is gone by now")

    async def proved(self) -> Drafts:
        """Return drafts that plan to zero; what has none is given up."""
        drafts = await self._settled()
        manifests = [draft.manifest for draft in drafts.drafts]
        for address, why in objections(manifests, self._seen, self._found).items():
            unsayable = self._speller(self._pairs[address]).unsayable
            self._give_up(address, f"{why} ({'; '.join(unsayable.values())})" if unsayable else why)
        return self._drafted() if len(self._pairs) < len(manifests) else drafts

    async def _settled(self) -> Drafts:
        """Draft until every name that a draft relies on was looked up; each round knows more names than the last."""
        while True:
            drafts = self._drafted()
            unknown = references_of(draft.manifest for draft in drafts.drafts) - self._found.keys()
            if not unknown:
                return drafts
            looked_up = await self._tools.observer.observe(Scope((), frozenset(unknown), whole=False))
            self._found |= looked_up.references

    def _drafted(self) -> Drafts:
        drafts = self._folder.draft(self._writings())
        for problem in drafts.problems:
            self._give_up(problem.address, problem.reason)
        return drafts

    def _writings(self) -> list[Writing]:
        writings = []
        for address, pair in list(self._pairs.items()):
            try:
                writings.append(self._writing(pair))
            except Unnameable as reason:
                self._give_up(address, str(reason))
        return writings

    def _writing(self, pair: Pair) -> Writing:
        speller = self._speller(pair)
        if pair.manifest is not None:
            edits = edits_of(pair.manifest, speller, declared_only=self._request.declared_only)
            return Writing(pair.address, edits=edits)
        told = remarks(speller.unknown, pair.address)
        return Writing(pair.address, document(speller, pair.address), remarks=told)

    def _speller(self, pair: Pair) -> Speller:
        return Speller(self._live[pair.id], Lexicon(self._seen.titles, self._found))

    def _give_up(self, address: str, reason: str) -> None:
        self._failed.append(self._pairs.pop(address).failed(reason))

    def report(self, drafts: Drafts) -> ExportReport:
        """Return what became of every deployment."""
        exported = (self._exported(draft) for draft in drafts.drafts)
        return ExportReport(
            tuple(sorted(exported, key=lambda each: each.name)),
            tuple(sorted(self._failed, key=lambda each: (each.name, each.id))),
        )

    def _exported(self, draft: Draft) -> Exported:
        pair = self._pairs[draft.manifest.address]
        # What a manifest that was there does not declare was left out by somebody, and needs no remark.
        undeclared = self._speller(pair).unknown if draft.change is Change.CREATED else {}
        return Exported(pair.name, pair.address, draft.path, draft.change, draft.fields, undeclared)


def _write(folder: ManifestFolder, files: Sequence[FileDraft]) -> None:
    for written, file in enumerate(files):
        try:
            folder.write(file)
        except ReconcilerError as error:
            if not written:
                raise
            message = f"{error.message}; {written} of {len(files)} files were written before"
            hint = "Run the same export again once it is mended: it goes on where this one ended."
            raise Incomplete(message, where=error.where, hint=hint) from error
