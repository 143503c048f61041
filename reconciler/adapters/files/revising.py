"""The least change of a YAML text that makes one of its documents say something else; all other characters stay.

Values are exchanged where they stand, keys and items are added and taken out by whole lines where lines are what they
have. A comment that has a line to itself is never lost; one behind a value stays as long as the value's line does.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from ruamel.yaml.error import YAMLError

from reconciler.adapters.files.changing import CannotRevise, Patch, Reviser, apply, newline, same
from reconciler.adapters.files.composing import inline
from reconciler.adapters.files.layout import Alias, Series, Table, lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.adapters.files.layout import Layout, Piece
    from reconciler.adapters.files.trees import EventSource
    from reconciler.core.live import Json

_MOST_ROUNDS: Final = 5


def revise(text: str, document: int, wanted: Json, events: EventSource) -> str:
    """Return the text with its n-th document (from 0) saying `wanted`, and everything else as it was.

    Where an anchor would go that aliases still need, the aliases of the document are written out first.

    Raises:
        CannotRevise: No change is known that keeps all comments and all other documents.
    """
    before = lay_out(text, events)
    for start in (_as_it_is, _without_aliases):
        try:
            after = _settle(start(before, document), document, wanted, events)
        except (CannotRevise, YAMLError, LookupError):
            continue
        if _keeps(before, after, document):
            return after.text
    raise CannotRevise("its layout does not allow it")


def _settle(text: str, document: int, wanted: Json, events: EventSource) -> Layout:
    # A change of an anchored value moves its aliases too, which the next round puts right.
    for _ in range(_MOST_ROUNDS):
        layout = lay_out(text, events)
        if same(layout.documents[document].value, wanted, ()):
            return layout
        # A last line without a break gets one, but only to be followed by another.
        lent = "" if text.endswith(("\n", "\r")) else newline(layout)
        reviser = Reviser(lay_out(text + lent, events) if lent else layout)
        reviser.revise(document, wanted)
        text = reviser.text if reviser.appends else reviser.text.removesuffix(lent)
    raise CannotRevise("it does not settle")


def _keeps(before: Layout, after: Layout, document: int) -> bool:
    return same(_others(before, document), _others(after, document)) and not (
        Counter(before.comments) - Counter(after.comments)
    )


def _others(layout: Layout, document: int) -> list[Json]:
    return [root.value for index, root in enumerate(layout.documents) if index != document]


def _as_it_is(layout: Layout, document: int) -> str:  # noqa: ARG001  # the first of two ways to begin
    return layout.text


def _without_aliases(layout: Layout, document: int) -> str:
    patches = [
        Patch(piece.span.start, piece.span.end, inline(piece.value))
        for piece in _pieces(layout.documents[document])
        if isinstance(piece, Alias)
    ]
    return apply(layout.text, patches)


def _pieces(piece: Piece) -> Iterator[Piece]:
    yield piece
    if isinstance(piece, Table):
        for each in piece.entries:
            yield each.key
            yield from _pieces(each.value)
    elif isinstance(piece, Series):
        for item in piece.items:
            yield from _pieces(item)
