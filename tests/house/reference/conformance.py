"""The page on conformance: for each method of the SDK's reference page, what each release was seen to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.page import METHODS
from tests.conformance.player.cases import GUIDE
from tests.conformance.results import HOLDS, recorded
from tests.house.reference.markdown import code, document, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conformance.results import Results

PAGE = "https://documentation.picsellia.com/reference/deployment"
GUIDANCE = "https://documentation.picsellia.com/docs/deploy-a-model-and-set-the-data-pipeline-up"

# What the page tells of: each as results call it, and as it is written.
SHOWN = {**{method: code(method) for method in METHODS}, GUIDE: GUIDE}


def page() -> str:
    """Return the page."""
    results, absent = recorded()
    return document(
        "Conformance with the official SDK",
        "The unmodified `picsellia` SDK drives the embedded platform over HTTP on three ports; each release has an"
        f" environment of its own. The rows are the {len(METHODS)} methods of the [SDK's reference page]({PAGE}), in"
        f" its order, and the steps of [the guide]({GUIDANCE}). The table is written from the results of"
        " `tests/conformance`, which every test run compares with what it sees: `python -m tests.conformance.results`"
        " plays everything and writes them.",
        _overview(results, absent),
        "A result counts the claims that hold, of all that are tried. *Absent*: the release no longer has the method;"
        " its request, sent by hand through the release's own connection, is answered as before.",
        "## What is claimed",
        _claims(results),
    )


def _overview(results: Results, absent: Mapping[str, list[str]]) -> str:
    rows = [
        (name, *(_result(results[version][method], is_absent=method in absent[version]) for version in results))
        for method, name in SHOWN.items()
    ]
    return table(("method", *(f"SDK {version}" for version in results)), rows)


def _result(claims: Mapping[str, str], *, is_absent: bool) -> str:
    holding = sum(result == HOLDS for result in claims.values())
    if holding < len(claims):
        return f"FAILS ({holding} of {len(claims)})"
    return "absent; its request is answered" if is_absent else f"passes ({holding} of {len(claims)})"


def _claims(results: Results) -> str:
    rows = [
        (name, claim, ", ".join(version for version in results if claim in results[version][method]))
        for method, name in SHOWN.items()
        for claim in dict.fromkeys(claim for version in results for claim in results[version][method])
    ]
    return table(("method", "claim", "releases"), rows)
