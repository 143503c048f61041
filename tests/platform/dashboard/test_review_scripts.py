"""The review tool's scripts: their own tests run by Node, and what they send is what the platform would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.platform.dashboard.pages.review.sheets import body_of, sheet_of, starts_of
from tests.platform.dashboard import node, sheets

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return node.scripts(tmp_path_factory.mktemp("scripts"))


def test_the_scripts_pass_their_own_tests(scripts: Path) -> None:
    files = sorted(str(path) for path in node.TESTS.glob("*.test.mjs"))
    done = node.run(["--test", "--test-reporter=tap", *files], scripts)
    assert "# fail 0" in done.stdout, done.stdout + done.stderr
    assert (done.returncode, len(files)) == (0, 4)


def test_accepting_in_the_tool_sends_what_the_platform_takes_for_the_champions_answer(scripts: Path) -> None:
    assets = sheets.examples(200)
    told = [sheet_of(asset, sheets.LABELS, sheets.ALONE) for asset in assets]
    starts = [starts_of(asset, sheets.LABELS)["champion"] for asset in assets]
    assert node.accepted(told, scripts) == [body_of(start) for start in starts]
