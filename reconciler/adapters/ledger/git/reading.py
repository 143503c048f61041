"""One commit of a ledger's branch, read: what it lists, what its lines say, what they fold to."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.adapters.ledger.git import layout
from reconciler.adapters.ledger.git.layout import Head, Shelf
from reconciler.adapters.ledger.home import Line
from reconciler.core.codec.baseline import baseline_from_json
from reconciler.core.codec.journal import entry_from_json
from reconciler.core.codec.lease import roster_from_json
from reconciler.core.codec.memory import memory_from_json
from reconciler.core.codec.reading import read_text
from reconciler.core.journal import Memory, RunStarted, replay, summaries
from reconciler.core.lease import Roster
from reconciler.core.retention import with_kept
from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.adapters.ledger.git.repository import Repository
    from reconciler.core.journal import RunSummary
    from reconciler.core.retention import Baseline


@dataclass(frozen=True, slots=True)
class Reader:
    """The ledger as one commit holds it.

    Attributes:
        repository: Where the commit is.
        commit: Its id, `None` while there is no branch; the ledger is empty then.
    """

    repository: Repository
    commit: str | None

    @classmethod
    def of(cls, repository: Repository, commit: str | None) -> Reader:
        """Return a reader of a commit that is a ledger. Raises LedgerError when it is something else."""
        if commit is not None:
            layout.check_kind(repository.texts(commit, [layout.KIND_FILE])[0])
        return cls(repository, commit)

    def catalogs(self) -> tuple[str, ...]:
        """Return the names of the catalogs, sorted."""
        if self.commit is None:
            return ()
        return tuple(sorted(map(layout.catalog_of, self.repository.names(self.commit, layout.FOLDER))))

    def rosters(self) -> dict[str, Roster]:
        """Return the leases of every catalog that ever had any. Raises LedgerError."""
        files = [] if self.commit is None else self.repository.names(self.commit, layout.LEASES)
        return {name: self.roster(name) for name in sorted(map(layout.leased_catalog_of, files))}

    def roster(self, catalog: str) -> Roster:
        """Return the leases of a catalog. Raises LedgerError."""
        if self.commit is None:
            return Roster()
        (text,) = self.repository.texts(self.commit, [layout.lease_file_of(catalog)])
        return Roster() if text is None else roster_from_json(read_text(text))

    def head(self, catalog: str) -> Head:
        """Return where the next entry goes. Raises LedgerError when the last segment is not there as listed."""
        shelf = self._shelf(catalog)
        if not shelf.segments:
            return Head(sequence=shelf.baseline[0], checkpoint=shelf.checkpoint, pruned=shelf.baseline[0])
        ((first, lines),) = self._read(catalog, shelf.segments[-1:])
        text = "".join(f"{line}\n" for line in lines)
        return Head(first + len(lines) - 1, shelf.segments[-1][1], text, shelf.checkpoint, shelf.baseline[0])

    def fold(self, catalog: str) -> Memory:
        """Return the journal folded. Raises LedgerError."""
        shelf = self._shelf(catalog)
        sequence, memory = self._checkpoint(catalog, shelf)
        if sequence < shelf.baseline[0] and (baseline := self._baseline(catalog, shelf)) is not None:
            sequence, memory = baseline.sequence, baseline.memory
        return replay((line.entry for line in self._lines(catalog, shelf, sequence)), memory)

    def baseline(self, catalog: str) -> Baseline | None:
        """Return what stands for pruned entries. Raises LedgerError where it cannot be read: nobody guesses."""
        return self._baseline(catalog, self._shelf(catalog))

    def pruned(self, catalog: str, baseline: Baseline) -> dict[str, str | None]:
        """Return the files that change when a baseline takes the place of the entries that it reaches."""
        shelf, folder = self._shelf(catalog), layout.folder_of(catalog)
        reached = [segment for segment in shelf.segments if segment[0] <= baseline.sequence]
        files: dict[str, str | None] = {f"{folder}/{name}": None for _, name in (*reached, shelf.baseline) if name}
        if shelf.checkpoint[0] < baseline.sequence and shelf.checkpoint[1]:
            files[f"{folder}/{shelf.checkpoint[1]}"] = None
        for first, lines in self._read(catalog, reached[-1:]):
            if rest := lines[baseline.sequence - first + 1 :]:
                files[f"{folder}/{layout.segment_name(baseline.sequence + 1)}"] = "".join(f"{line}\n" for line in rest)
        return files | layout.baseline_files(catalog, baseline)

    def lines(self, catalog: str, after: int) -> tuple[Line, ...]:
        """Return the entries behind a sequence number, oldest first. Raises LedgerError."""
        return self._lines(catalog, self._shelf(catalog), after)

    def raw(self, catalog: str, after: int) -> list[str]:
        """Return the lines behind a sequence number as they are stored. Raises LedgerError."""
        return [text for _, text in self._numbered(catalog, self._shelf(catalog), after)]

    def runs(self, catalog: str, limit: int) -> tuple[RunSummary, ...]:
        """Return the newest `limit` runs, newest first; what is older than them is not parsed. Raises LedgerError."""
        if limit <= 0:
            return ()
        found: list[Line] = []
        started: set[str] = set()
        for first, lines in reversed(self._read(catalog, self._shelf(catalog).segments)):
            found[:0] = _parsed(catalog, enumerate(lines, first))
            started |= {line.entry.header.run for line in found if isinstance(line.entry, RunStarted)}
            if len(started) >= limit:
                break
        summed = summaries(line.entry for line in found)[:limit]
        return summed if len(summed) == limit else with_kept(summed, self.baseline(catalog), limit)

    def _lines(self, catalog: str, shelf: Shelf, after: int) -> tuple[Line, ...]:
        return _parsed(catalog, self._numbered(catalog, shelf, after))

    def _numbered(self, catalog: str, shelf: Shelf, after: int) -> list[tuple[int, str]]:
        segments = self._read(catalog, shelf.behind(after))
        return [pair for first, lines in segments for pair in enumerate(lines, first) if pair[0] > after]

    def _shelf(self, catalog: str) -> Shelf:
        if self.commit is None:
            return Shelf()
        shelf = Shelf.of(self.repository.names(self.commit, layout.folder_of(catalog)))
        shelf.check(catalog)
        return shelf

    def _baseline(self, catalog: str, shelf: Shelf) -> Baseline | None:
        if self.commit is None or not shelf.baseline[1]:
            return None
        file = f"{layout.folder_of(catalog)}/{shelf.baseline[1]}"
        (text,) = self.repository.texts(self.commit, [file])
        try:
            return baseline_from_json(read_text(text or ""))
        except LedgerError as error:
            what = f"the baseline of catalog {catalog!r}, {file}, cannot be read: {error.message}"
            raise LedgerError(what, hint=error.hint) from error

    def _checkpoint(self, catalog: str, shelf: Shelf) -> tuple[int, Memory]:
        sequence, name = shelf.checkpoint
        if self.commit is None or not name:
            return 0, Memory()
        try:
            (text,) = self.repository.texts(self.commit, [f"{layout.folder_of(catalog)}/{name}"])
            return sequence, memory_from_json(read_text(text or ""))
        except LedgerError:
            # A checkpoint is only a shortcut: the journal itself tells everything.
            return 0, Memory()

    def _read(self, catalog: str, segments: Sequence[tuple[int, str]]) -> list[tuple[int, list[str]]]:
        """Return the number of the first line and the lines of each segment. Raises LedgerError when one is missing."""
        if self.commit is None or not segments:
            return []
        folder = layout.folder_of(catalog)
        texts = self.repository.texts(self.commit, [f"{folder}/{name}" for _, name in segments])
        read = [(first, (text or "").split("\n")[:-1]) for (first, _), text in zip(segments, texts, strict=True)]
        for (first, lines), (next_first, _) in itertools.pairwise(read):
            if first + len(lines) != next_first:
                raise layout.missing(catalog, first + len(lines), next_first - 1)
        return read


def _parsed(catalog: str, numbered: Iterable[tuple[int, str]]) -> tuple[Line, ...]:
    return tuple(_line(catalog, sequence, text) for sequence, text in numbered)


def _line(catalog: str, sequence: int, text: str) -> Line:
    try:
        return Line(sequence, entry_from_json(read_text(text)))
    except LedgerError as error:
        what = f"entry {sequence} of catalog {catalog!r} cannot be read: {error.message}"
        raise LedgerError(what, hint=error.hint) from error
