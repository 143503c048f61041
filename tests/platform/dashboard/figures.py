"""Reading numbers off a page: tables by their id, each cell with the exact number behind it."""

from __future__ import annotations

from html.parser import HTMLParser

# A cell's text, and the number that it stands for.
Cell = tuple[str, float | None]

_VOID = frozenset({"input", "img", "br", "meta", "link", "hr"})


class _Reader(HTMLParser):
    """Collects what one element with an id holds: cells of tables row by row, and the numbers outside of them."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted
        self.rows: list[list[Cell]] = []
        self.loose: list[float] = []
        self._depth = 0
        self._text = ""
        self._value: float | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if not self._depth:
            self._depth = int(told.get("id") == self.wanted)
            return
        self._depth += tag not in _VOID
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self._text, self._value = "", None
        if tag == "data":
            self._value = float(str(told["value"]))
            if not self.rows:
                self.loose.append(self._value)

    def handle_endtag(self, tag: str) -> None:
        if not self._depth:
            return
        if tag in {"td", "th"}:
            self.rows[-1].append((" ".join(self._text.split()), self._value))
        self._depth -= 1

    def handle_data(self, data: str) -> None:
        self._text += data


def table(page: str, identifier: str) -> list[list[Cell]]:
    """Return the rows of the table with an id, its head left out; none where there is no such table."""
    return _read(page, identifier).rows[1:]


def numbers(page: str, identifier: str) -> list[float]:
    """Return the numbers within an element that stand in no table."""
    return _read(page, identifier).loose


def column(page: str, identifier: str, place: int) -> list[float | None]:
    """Return the numbers of one column."""
    return [row[place][1] for row in table(page, identifier)]


def names(page: str, identifier: str) -> list[str]:
    """Return the texts of the first column."""
    return [row[0][0] for row in table(page, identifier)]


def _read(page: str, identifier: str) -> _Reader:
    reader = _Reader(identifier)
    reader.feed(page)
    return reader
