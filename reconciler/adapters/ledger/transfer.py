"""A whole ledger as lines of JSON, out of one home and into another: what a team does that moves.

    {"kind": "LedgerExport", "format": 1}
    {"catalog": "default@organisation", "sequence": 1, "entry": {…}}
    …
    {"kind": "LedgerExportEnd", "entries": 345}

The last line tells a whole file from one that was cut off. Where entries were pruned, the format is 2, and a line with
the `baseline` of a catalog stands before its entries: versions that know no baselines refuse such a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from reconciler.core.codec.baseline import baseline_from_json, baseline_to_json
from reconciler.core.codec.journal import entry_from_json, entry_to_json
from reconciler.core.codec.reading import Reader, read_text, write_text
from reconciler.errors import InputError, LedgerError, Refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from reconciler.adapters.ledger.home import Home
    from reconciler.core.journal import Entry
    from reconciler.core.retention import Baseline

FORMAT: Final = 2
"""The newest format this version knows: with baselines."""

_PLAIN: Final = 1
"""The format of an export without baselines."""

_START: Final = "LedgerExport"
_END: Final = "LedgerExportEnd"

_HINT: Final = "Import a whole file as `reconciler ledger export` wrote it."


@dataclass(slots=True)
class Journal:
    """A catalog of an export.

    Attributes:
        baseline: What stands for pruned entries, if any were.
        entries: Those behind it, oldest first.
    """

    baseline: Baseline | None = None
    entries: list[Entry] = field(default_factory=list)

    @property
    def head(self) -> int:
        """Number of the last entry."""
        return (0 if self.baseline is None else self.baseline.sequence) + len(self.entries)


async def exported(home: Home) -> AsyncIterator[str]:
    """Give every line of an export, without line ends. Raises LedgerError."""
    catalogs = {catalog: await home.baseline(catalog) for catalog in await home.catalogs()}
    yield write_text({"kind": _START, "format": FORMAT if any(catalogs.values()) else _PLAIN})
    count = 0
    for catalog, baseline in catalogs.items():
        if baseline is not None:
            yield write_text({"catalog": catalog, "baseline": baseline_to_json(baseline)})
        lines = await home.lines(catalog)
        if lines and lines[0].sequence != (1 if baseline is None else baseline.sequence + 1):
            raise LedgerError("the ledger was pruned while it was read", hint="Export again.")
        for line in lines:
            count += 1
            entry = entry_to_json(line.entry)
            yield write_text({"catalog": catalog, "sequence": line.sequence, "entry": entry})
    yield write_text({"kind": _END, "entries": count})


def read_export(lines: Iterable[str], *, name: str) -> dict[str, Journal]:
    """Return the journal of every catalog.

    Args:
        lines: An export.
        name: What errors call it.

    Raises:
        InputError: it is something else, cut off, or of a newer version.
    """
    reading = _Reading()
    for number, text in enumerate(lines, 1):
        try:
            reading.take(number, text)
        except LedgerError as error:
            raise InputError(error.message, where=f"{name}:{number}", hint=error.hint or _HINT) from error
    if reading.promised != sum(len(journal.entries) for journal in reading.found.values()):
        raise InputError("the export is not whole: its end is missing, or lines of it are", where=name, hint=_HINT)
    return reading.found


@dataclass(slots=True)
class _Reading:
    """An export while it is read.

    Attributes:
        found: The journals so far, by catalog.
        promised: How many there should be, once the end was read.
    """

    found: dict[str, Journal] = field(default_factory=dict)
    promised: int | None = None

    def take(self, number: int, text: str) -> None:
        """Take one line. Raises LedgerError for one that does not belong there."""
        reader = Reader.of(read_text(text), "a line of an export")
        if self.promised is not None:
            raise LedgerError("there is more behind the end")
        if number == 1:
            _check_start(reader)
        elif reader.data.get("kind") == _END:
            self.promised = reader.whole("entries")
        else:
            self._add(reader)

    def _add(self, reader: Reader) -> None:
        catalog = reader.text("catalog")
        if "baseline" in reader.data:
            if catalog in self.found:
                raise LedgerError(f"the baseline of catalog {catalog!r} is not before its entries")
            self.found[catalog] = Journal(baseline_from_json(reader.data["baseline"]))
            return
        journal = self.found.setdefault(catalog, Journal())
        if reader.whole("sequence") != journal.head + 1:
            raise LedgerError(f"entry {journal.head + 1} of catalog {catalog!r} is missing")
        journal.entries.append(entry_from_json(reader.data.get("entry")))


def _check_start(reader: Reader) -> None:
    if reader.text("kind", "") != _START:
        raise LedgerError("this is not the export of a ledger")
    if not _PLAIN <= reader.whole("format") <= FORMAT:
        raise LedgerError(
            f"the export is of format {reader.data['format']}, this version knows {FORMAT}", hint="Upgrade reconciler."
        )


async def take_in(home: Home, journals: Mapping[str, Journal], *, name: str) -> int:
    """Store journals in an empty ledger, each whole or not at all, and return how many entries were stored.

    An import that was interrupted can be repeated: a catalog that is there already, entry for entry, stays.

    Args:
        home: Where they go.
        journals: The journal of every catalog.
        name: What errors call the ledger.

    Raises:
        Refused: the ledger holds something else, and nothing was stored.
        LedgerError: it cannot be written.
    """
    there = {catalog: await _stored(home, catalog) for catalog in await home.catalogs()}
    for catalog, stored in there.items():
        if stored != journals.get(catalog):
            raise Refused(
                f"the ledger is not empty: it holds {len(stored.entries):,} entries of catalog {catalog!r}",
                where=name,
                hint="Import into a ledger that nobody has written to: another file, branch or database.",
            )
    missing = {catalog: journal for catalog, journal in journals.items() if catalog not in there}
    for catalog, journal in missing.items():
        if journal.baseline is None:
            await home.append(catalog, journal.entries)
        else:
            await home.restore(catalog, journal.baseline, journal.entries)
    return sum(len(journal.entries) for journal in missing.values())


async def _stored(home: Home, catalog: str) -> Journal:
    return Journal(await home.baseline(catalog), [line.entry for line in await home.lines(catalog)])
