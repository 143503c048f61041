"""Which files a ledger's branch holds, and how they grow.

    README.md                                   what this branch is, for people who look at it
    ledger.json                                 what it is, for programs: {"kind": …, "version": 1}
    catalogs/NAME/journal-000000000001.jsonl    a segment: one entry a line; the name tells the first one's number
    catalogs/NAME/checkpoint-1-000000002000.json    the folded journal: format, last number; only a shortcut
    catalogs/NAME/baseline-000000001500.json    what stands for pruned entries: the last one's number
    leases/NAME.json                            who may write to which deployment, and until when

A new entry is a new line at the end of the last segment. A segment that is long enough is never touched again, so a
commit is small however long the journal. Nobody merges: a commit that does not follow the newest one is made again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from reconciler.core.codec.baseline import baseline_to_json
from reconciler.core.codec.memory import MEMORY_FORMAT
from reconciler.core.codec.reading import Reader, read_text, write_text
from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.core.retention import Baseline

VERSION: Final = 2
"""The newest layout this version knows: with baselines."""

FIRST_VERSION: Final = 1
"""The layout of a branch on which nothing was ever pruned: programs that know no baselines can use it."""

SEGMENT_BYTES: Final = 131_072
"""Length from which on a segment takes no further entries: several hundred of them."""

FOLDER: Final = "catalogs"
LEASES: Final = "leases"
_LEASE_FILE: Final = ".json"
KIND_FILE: Final = "ledger.json"
_KIND: Final = "reconciler ledger"

README: Final = """\
# The memory of reconciler

What was applied, when, by whom and from which commit: one entry a line, written by `reconciler` alone. Nothing here is
to be edited or merged, and the branch must not be rewritten or deleted: nothing else could bring it back.

`reconciler history` and `reconciler ledger show` read it for you.
"""

_SEGMENT: Final = re.compile(r"journal-(\d{12,})\.jsonl")
_BASELINE: Final = re.compile(r"baseline-(\d{12,})\.json")
_CHECKPOINT: Final = re.compile(rf"checkpoint-{MEMORY_FORMAT}-(\d{{12,}})\.json")


def founding_files() -> dict[str, str]:
    """Return the files that a branch begins with."""
    return {"README.md": README, KIND_FILE: kind_text(FIRST_VERSION)}


def kind_text(version: int) -> str:
    """Return what `ledger.json` holds for a layout."""
    return write_text({"kind": _KIND, "version": version}) + "\n"


def check_kind(text: str | None) -> None:
    """Raise LedgerError unless this is the `ledger.json` of a branch that this version understands."""
    if text is None:
        raise LedgerError("the branch exists and is not a ledger", hint="Name another branch with --ledger git:BRANCH.")
    reader = Reader.of(read_text(text), KIND_FILE)
    if reader.text("kind") != _KIND or reader.whole("version") > VERSION:
        raise LedgerError(
            f"the ledger was written by a newer version (its layout is {reader.data.get('version')!r}, this one knows "
            f"{VERSION})",
            hint="Upgrade reconciler, or name another branch with --ledger git:BRANCH.",
        )


def folder_of(catalog: str) -> str:
    """Return the folder of a catalog; any name becomes a plain one that can also be checked out."""
    return f"{FOLDER}/{_plain(catalog)}"


def _plain(catalog: str) -> str:
    plain = quote(catalog, safe="@")
    return "%2E" + plain[1:] if plain.startswith(".") else plain or "%"


def catalog_of(folder: str) -> str:
    """Return the catalog that a folder under `catalogs/` belongs to."""
    return "" if folder == "%" else unquote(folder)


def lease_file_of(catalog: str) -> str:
    """Return the file that holds the leases of a catalog."""
    return f"{LEASES}/{_plain(catalog)}{_LEASE_FILE}"


def leased_catalog_of(file: str) -> str:
    """Return the catalog that a file under `leases/` belongs to."""
    return catalog_of(file.removesuffix(_LEASE_FILE))


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a catalog's folder lists.

    Attributes:
        segments: Number of the first entry and file name of every segment, oldest first.
        checkpoint: Number of the last entry and file name of the checkpoint of this version, if there is one.
        baseline: Number of the last pruned entry and file name of what stands for them, if any were pruned.
    """

    segments: tuple[tuple[int, str], ...] = ()
    checkpoint: tuple[int, str] = (0, "")
    baseline: tuple[int, str] = (0, "")

    @classmethod
    def of(cls, names: Iterable[str]) -> Shelf:
        """Return the shelf of some file names; those of other versions are left to them."""
        known = tuple(names)
        checkpoints, baselines = _numbered(_CHECKPOINT, known), _numbered(_BASELINE, known)
        return cls(
            tuple(_numbered(_SEGMENT, known)),
            checkpoints[-1] if checkpoints else (0, ""),
            baselines[-1] if baselines else (0, ""),
        )

    def check(self, catalog: str) -> None:
        """Raise LedgerError unless the entries begin where those that were pruned end."""
        first, last = self.segments[0][0] if self.segments else 0, self.baseline[0]
        if first > last + 1:
            raise missing(catalog, last + 1, first - 1)

    def behind(self, sequence: int) -> tuple[tuple[int, str], ...]:
        """Return the segments that hold, or could hold, entries behind a sequence number."""
        started = [place for place, (first, _) in enumerate(self.segments) if first <= sequence + 1]
        return self.segments[started[-1] if started else 0 :]


def _numbered(pattern: re.Pattern[str], names: Iterable[str]) -> list[tuple[int, str]]:
    return sorted((int(found[1]), found[0]) for name in names if (found := pattern.fullmatch(name)))


def missing(catalog: str, first: int, last: int) -> LedgerError:
    """Return the error for entries that are not where they should be."""
    return LedgerError(
        f"catalog {catalog!r} has no entries from {first} to {last}",
        hint="Somebody changed the branch by hand: set it back to the last commit of reconciler.",
    )


@dataclass(frozen=True, slots=True)
class Head:
    """Where the next entry of a catalog goes.

    Attributes:
        sequence: Number of the last entry; 0 before the first.
        name: File name of the last segment, empty before the first.
        text: What that segment holds.
        checkpoint: Number of the last entry and file name of the checkpoint.
        pruned: Number of the last pruned entry.
    """

    sequence: int = 0
    name: str = ""
    text: str = ""
    checkpoint: tuple[int, str] = (0, "")
    pruned: int = 0

    @property
    def folded(self) -> int:
        """Number of the last entry that need not be folded again."""
        return max(self.checkpoint[0], self.pruned)

    def grown(self, lines: Sequence[str]) -> Head:
        """Return the head behind some more lines; they stay together in one segment."""
        added = "".join(f"{line}\n" for line in lines)
        begins = not self.name or len(self.text) >= SEGMENT_BYTES
        name = segment_name(self.sequence + 1) if begins else self.name
        return replace(
            self, sequence=self.sequence + len(lines), name=name, text=added if begins else self.text + added
        )

    def with_checkpoint(self) -> Head:
        """Return the head with a checkpoint that reaches it."""
        return replace(self, checkpoint=(self.sequence, checkpoint_name(self.sequence)))


def checkpoint_name(sequence: int) -> str:
    """Return the file name of a checkpoint of this version."""
    return f"checkpoint-{MEMORY_FORMAT}-{sequence:012}.json"


def segment_name(sequence: int) -> str:
    """Return the file name of a segment whose first entry has this number."""
    return f"journal-{sequence:012}.jsonl"


def baseline_files(catalog: str, baseline: Baseline) -> dict[str, str]:
    """Return the files that a baseline comes with: itself, and the word for programs that know none."""
    name = f"{folder_of(catalog)}/baseline-{baseline.sequence:012}.json"
    return {name: write_text(baseline_to_json(baseline)) + "\n", KIND_FILE: kind_text(VERSION)}
