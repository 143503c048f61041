"""The same values in every layout people write: block and flow, quotes, comments, anchors, merges, odd indentation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from reconciler.adapters.files.composing import inline

if TYPE_CHECKING:
    from collections.abc import Callable

COMMENTS = ("# why", "#", "#: {a: [", '# it\'s "quoted"', "# - item", "# é 😀", "#### section ####")


@st.composite
def layouts(draw: st.DrawFn, value: Any) -> str:
    """Draw a YAML text that says `value`, a mapping, and whose comments are full of traps."""
    writer = _Writer(draw)
    text = "\n".join([*writer.comments(0), *writer.block(value, 0), *writer.comments(0)])
    text += draw(st.sampled_from(["\n", "", "\n\n", "\n# the end\n", "\n# the end"]))
    return text.replace("\n", "\r\n") if draw(writer.rare) else text


class _Writer:
    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw
        self.anchors: list[tuple[str, Any]] = []
        self.rare = st.sampled_from([False] * 5 + [True])
        self.even = st.booleans()

    def comments(self, indent: int) -> list[str]:
        if not self.draw(self.rare):
            return []
        found = [" " * (indent + self.draw(st.sampled_from([0, 0, 1]))) + self.draw(st.sampled_from(COMMENTS))]
        return found + ([""] if self.draw(self.rare) else [])

    def trailing(self) -> str:
        return f"  {self.draw(st.sampled_from(COMMENTS))}" if self.draw(self.rare) else ""

    def block(self, value: dict[str, Any], indent: int) -> list[str]:
        lines: list[str] = []
        for key, inside in value.items():
            lines += self.comments(indent)
            lines += self.pair(self.key(key), inside, indent)
        return lines

    def key(self, key: str) -> str:
        return json.dumps(key) if self.draw(self.rare) else inline(key)

    def pair(self, key: str, value: Any, indent: int) -> list[str]:
        start = " " * indent + key + ":"
        alias = self.alias(value)
        if alias:
            return [f"{start} {alias}{self.trailing()}"]
        anchor = self.anchor(value)
        if value is None and self.draw(self.even):
            return [start + anchor + self.trailing()]
        if isinstance(value, dict | list) and value and not self.draw(self.rare):
            return [start + anchor + self.trailing(), *self.below(value, indent)]
        text = self.flow(value, indent + 2)
        return f"{start}{anchor} {text}{self.trailing()}".split("\n")

    def below(self, value: Any, indent: int) -> list[str]:
        if isinstance(value, dict):
            return self.block(value, indent + self.draw(st.sampled_from([1, 2, 2, 2, 4])))
        dash = indent + self.draw(st.sampled_from([0, 2, 2, 3]))
        lines: list[str] = []
        for item in value:
            lines += self.comments(dash)
            lines += self.item(item, dash)
        return lines

    def item(self, item: Any, dash: int) -> list[str]:
        start = " " * dash + "-"
        alias = self.alias(item)
        if alias:
            return [f"{start} {alias}{self.trailing()}"]
        anchor = self.anchor(item)
        if item is None and self.draw(self.even):
            return [start + anchor + self.trailing()]
        if isinstance(item, dict) and item and not anchor and self.draw(self.even):
            lines = self.block(item, dash + 2)
            at = next(index for index, line in enumerate(lines) if line.strip() and not line.strip().startswith("#"))
            before, first = lines[:at], lines[at]
            return [*before, start + " " + first.lstrip(), *lines[at + 1 :]]
        return f"{start}{anchor} {self.flow(item, dash + 2)}{self.trailing()}".split("\n")

    def alias(self, value: Any) -> str:
        known = [name for name, each in self.anchors if json.dumps(each) == json.dumps(value)]
        return f"*{known[-1]}" if known and self.draw(self.even) else ""

    def anchor(self, value: Any) -> str:
        if not self.draw(self.rare):
            return ""
        name = f"a{len(self.anchors)}"
        self.anchors.append((name, value))
        return f" &{name}"

    def flow(self, value: Any, indent: int) -> str:
        wide = isinstance(value, dict | list) and value and self.draw(self.rare)
        if not wide:
            return self.scalar(value) if not isinstance(value, dict | list) else self.narrow(value)
        break_ = "\n" + " " * indent
        remark = f"{break_}{self.draw(st.sampled_from(COMMENTS))}" if self.draw(self.rare) else ""
        parts = self.parts(value)
        return self.bracketed(value, f"{remark}{break_}" + f",{break_}".join(parts) + "\n" + " " * max(indent - 2, 1))

    def narrow(self, value: Any) -> str:
        comma = "," if value and self.draw(self.rare) else ""
        space = " " if self.draw(self.rare) else ""
        return self.bracketed(value, space + ", ".join(self.parts(value)) + comma + space)

    def parts(self, value: Any) -> list[str]:
        if isinstance(value, list):
            return [self.part(item) for item in value]
        return [f"{self.key(key)}: {self.part(inside)}" for key, inside in value.items()]

    def part(self, value: Any) -> str:
        return self.narrow(value) if isinstance(value, dict | list) else self.scalar(value)

    def bracketed(self, value: Any, inside: str) -> str:
        return f"{{{inside}}}" if isinstance(value, dict) else f"[{inside}]"

    def scalar(self, value: Any) -> str:
        if isinstance(value, str):
            return inline(value, self.draw(st.sampled_from(["", "", "'", '"'])))
        return inline(value)
