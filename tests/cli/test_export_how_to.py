"""The how-to page on export, followed: its commands run on a real platform and print what the page says."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tests.cli.hand import edit
from tests.house.documents import blocks
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from tests.cli.play import Project

PAGE = ROOT / "docs" / "how-to" / "export.md"


def test_the_page_tells_what_happens(applied: Project) -> None:
    (applied.folder / "manifests" / "surface.yaml").unlink()
    shown = list(blocks(PAGE.read_text(encoding="utf-8")))
    assert [block.language for block in shown] == ["sh", "text", "sh", "sh", "text", "sh"]
    printed = []
    for block in shown:
        if block.language == "text":
            assert printed[-1] == block.text
            continue
        _, *arguments = shlex.split(block.text)
        result = applied.here(*arguments)
        assert result.code == 0, result.err
        printed.append(result.out)
        if arguments[0] == "plan":
            edit(applied.folder / "platform", threshold=0.75)
    assert printed[1].splitlines()[-1].startswith("No changes. 1 deployment matches manifests/")
    assert printed[-1].startswith("unchanged ")
