"""What must not be in any committed file: package hosts, index addresses, paths of somebody's machine."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import ROOT, files

# Written in parts, so that this file does not hold what it looks for.
HOSTS = (
    "pypi" + r"\.org",
    "pythonhosted" + r"\.org",
    "registry" + r"\.npmjs",
    "deb" + r"\.debian\.org",
    "ghcr" + r"\.io",
)
OPTIONS = ("--index" + "-url", "--extra-index" + "-url", "--trusted" + "-host", "PIP_INDEX" + "_URL", "find" + "-links")
MACHINE = ("work", "tmp", "opt", "root", "Users")

ELSEWHERE = (r"\.\./shared/[a-z-]+\.md",)

KEEPS_ADDRESSES_OUT = "--no-emit-index" + "-url"

FORBIDDEN = re.compile(
    "|".join(
        (*(rf"\b{host}" for host in HOSTS), *OPTIONS, *ELSEWHERE, rf"(?<![\w.:/$)}}-])/(?:{'|'.join(MACHINE)})/\w+")
    )
)


def offences(text: str) -> list[str]:
    """Return every forbidden piece of a text."""
    return [found.group() for found in FORBIDDEN.finditer(text.replace(KEEPS_ADDRESSES_OUT, ""))]


def test_no_committed_file_names_a_host_an_index_or_a_machine() -> None:
    found = {}
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        offending = offences(text)
        if offending:
            found[path.relative_to(ROOT).as_posix()] = offending
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "see https://pypi" + ".org/simple",
        "pip install --extra-index" + "-url x",
        "cd " + "/work" + "/main",
        "'/" + "opt/a.txt'",
        "PIP_INDEX" + "_URL=x",
        "see ../shared/" + "design.md",
    ],
)
def test_what_is_forbidden_is_found(text: str) -> None:
    assert offences(text) != []
