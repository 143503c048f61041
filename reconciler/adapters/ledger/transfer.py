"""A whole ledger as lines of JSON, out of one home and into another: what a team does that moves.

    {"kind": "LedgerExport", "format": 1}
    {"catalog": "default@organisation", "sequence": 1, "entry": {…}}
    …
    {"kind": "LedgerExportEnd", "entries": 345}

The last line tells a whole file from one that was cut off.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from reconciler.core.codec.journal import entry_from_json, entry_to_json
from reconciler.core.codec.reading import Reader, read_text, write_text
from reconciler.errors import InputError, LedgerError, Refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from reconciler.adapters.ledger.home import Home
    from reconciler.core.journal import Entry

FORMAT: Final = 1
_START: Final = "LedgerExport"
_END: Final = "LedgerExportEnd"

_HINT: Final = "Import a whole file as `reconciler ledger export` wrote it."


async def exported(home: Home) -> AsyncIterator[str]:
    """Give every line of an export, without line ends. Raises LedgerError."""
    yield write_text({"kind": _START, "format": FORMAT})
    count = 0
    for catalog in await home.catalogs():
        for line in await home.lines(catalog):
            count += 1
            entry = entry_to_json(line.entry)
            yield write_text({"catalog": catalog, "sequence": line.sequence, "entry": entry})
    yield write_text({"kind": _END, "entries": count})


def read_export(lines: Iterable[str], *, name: str) -> dict[str, list[Entry]]:
    """Return the entries of every catalog.

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
    if reading.promised != sum(map(len, reading.found.values())):
        raise InputError("the export is not whole: its end is missing, or lines of it are", where=name, hint=_HINT)
    return reading.found


@dataclass(slots=True)
class _Reading:
    """An export while it is read.

    Attributes:
        found: The entries so far, by catalog.
        promised: How many there should be, once the end was read.
    """

    found: dict[str, list[Entry]] = field(default_factory=dict)
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
        entries = self.found.setdefault(reader.text("catalog"), [])
        if reader.whole("sequence") != len(entries) + 1:
            raise LedgerError(f"entry {len(entries) + 1} of catalog {reader.text('catalog')!r} is missing")
        entries.append(entry_from_json(reader.data.get("entry")))


def _check_start(reader: Reader) -> None:
    if reader.text("kind", "") != _START:
        raise LedgerError("this is not the export of a ledger")
    if reader.whole("format") != FORMAT:
        raise LedgerError(
            f"the export is of format {reader.data['format']}, this version knows {FORMAT}", hint="Upgrade reconciler."
        )


async def take_in(home: Home, journals: Mapping[str, Sequence[Entry]], *, name: str) -> int:
    """Store journals in an empty ledger, each whole or not at all, and return how many entries were stored.

    An import that was interrupted can be repeated: a catalog that is there already, entry for entry, stays.

    Args:
        home: Where they go.
        journals: The entries of every catalog, oldest first.
        name: What errors call the ledger.

    Raises:
        Refused: the ledger holds something else, and nothing was stored.
        LedgerError: it cannot be written.
    """
    there = {catalog: [line.entry for line in await home.lines(catalog)] for catalog in await home.catalogs()}
    for catalog, stored in there.items():
        if stored != list(journals.get(catalog, ())):
            raise Refused(
                f"the ledger is not empty: it holds {len(stored):,} entries of catalog {catalog!r}",
                where=name,
                hint="Import into a ledger that nobody has written to: another file, branch or database.",
            )
    missing = {catalog: entries for catalog, entries in journals.items() if catalog not in there}
    for catalog, entries in missing.items():
        await home.append(catalog, entries)
    return sum(map(len, missing.values()))
