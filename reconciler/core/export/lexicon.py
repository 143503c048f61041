"""Ids to the names that lead back to them: a version's name where that works, else its number, else an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from reconciler.core.manifest.spec import Name
from reconciler.core.references import Missing, Reference, ReferenceKind, Resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.core.references import Ref, Title

_NAME: Final = TypeAdapter(Name)
_MOVES: Final = "latest"
"""A version of this name cannot be meant by it: it is a word for the newest one."""


class Unnameable(Exception):
    """A live deployment holds something that no manifest could name; the message is a clause that says what."""


def is_name(text: str) -> bool:
    """Tell whether manifests take a text as a name."""
    try:
        _NAME.validate_python(text)
    except ValidationError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What objects are called, and what the names looked up so far turned out to stand for.

    A name that nobody has looked up yet is taken to be right: drafts are made again when the look-up says otherwise.
    """

    titles: Mapping[str, Title]
    found: Mapping[Reference, Resolved | Missing]

    def means(self, reference: Reference, ref: Ref) -> bool:
        """Tell whether a reference stands for an object, as far as anybody knows."""
        resolved = self.found.get(reference)
        return resolved is None or (isinstance(resolved, Resolved) and resolved.ref == ref)

    def name(self, ref: Ref, kind: ReferenceKind) -> Reference:
        """Return the reference that leads to an object. Raises Unnameable."""
        title = self.titles.get(ref.id)
        if title is None:
            raise Unnameable(f"the name of {kind} {ref} cannot be read")
        for reference in _candidates(title, kind):
            if self.means(reference, ref):
                return reference
        raise Unnameable(f"{kind} {title} cannot be named in a manifest: {self._why(title, kind)}")

    def _why(self, title: Title, kind: ReferenceKind) -> str:
        for reference in _candidates(title, kind):
            found = self.found.get(reference)
            return found.reason if isinstance(found, Missing) else f"{reference.label} leads to another one"
        return "it is no name that a manifest takes"


def _candidates(title: Title, kind: ReferenceKind) -> Iterator[Reference]:
    versioned = kind in (ReferenceKind.MODEL_VERSION, ReferenceKind.DATASET_VERSION)
    if versioned and not is_name(title.container):
        return
    if is_name(title.name) and not (versioned and title.name == _MOVES):
        yield Reference(kind, title.container, title.name)
    if title.number is not None:
        yield Reference(kind, title.container, str(title.number), numbered=True)
