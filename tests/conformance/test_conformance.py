"""Every method of the SDK's reference page works with two releases of the SDK, over HTTP on three ports."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from reconciler.platform.monitoring import app as monitoring
from tests.conformance.page import METHODS
from tests.conformance.player.cases import BOTH as VERSIONS
from tests.conformance.player.cases import GUIDE, NEWER, OLDER
from tests.conformance.playing import ROOT
from tests.conformance.results import absent, recorded, results_of
from tests.house.tree import modules

if TYPE_CHECKING:
    from tests.conformance.playing import Outcome, Played

pytestmark = pytest.mark.slow

# What the newer release has dropped.
DROPPED = ["check_feedback_loop_status", "disable_feedback_loop"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_method_of_the_page_works(played: dict[str, Played], version: str, method: str) -> None:
    outcomes = [outcome for outcome in played[version].outcomes if outcome.method == method]
    assert outcomes != []
    assert failures(outcomes) == ""


@pytest.mark.parametrize("version", VERSIONS)
def test_the_guide_works_as_one_story(played: dict[str, Played], version: str) -> None:
    steps = [outcome for outcome in played[version].outcomes if outcome.method == GUIDE]
    assert len(steps) == 10
    assert failures(steps) == ""


def failures(outcomes: list[Outcome]) -> str:
    return "\n".join(f"{outcome.claim}\n{outcome.seen}" for outcome in outcomes if not outcome.ok)


def test_what_was_played_is_what_the_page_lists_and_the_guide(played: dict[str, Played]) -> None:
    for each in played.values():
        assert {outcome.method for outcome in each.outcomes} == {*METHODS, GUIDE}


def test_the_older_release_has_exactly_the_methods_and_arguments_of_the_page(played: dict[str, Played]) -> None:
    # A tag is taken off by a method that the page leaves out; the other two are the object's own plumbing.
    beyond = {"remove_tags", "sync", "refresh"}
    surface = {name: tuple(arguments) for name, arguments in played[OLDER].surface.items() if name not in beyond}
    assert surface == METHODS


def test_the_newer_release_has_the_methods_and_arguments_of_the_page_but_two(played: dict[str, Played]) -> None:
    surface = played[NEWER].surface
    assert absent(played) == {OLDER: [], NEWER: DROPPED}
    kept = {name: arguments for name, arguments in METHODS.items() if name not in DROPPED}
    assert {name: [one for one in arguments if one not in surface[name]] for name, arguments in kept.items()} == {
        name: [] for name in kept
    }


def test_the_results_that_are_checked_in_are_those_of_this_run(played: dict[str, Played]) -> None:
    # `python -m tests.conformance.results` writes them.
    assert recorded() == (results_of(played), absent(played))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_statistic_fits_its_published_schema(played: dict[str, Played], version: str) -> None:
    document = monitoring.build().openapi()
    told = [outcome.seen for outcome in played[version].outcomes if outcome.method == "get_stats" and outcome.seen]
    assert len(told) == 9
    for each in told:
        validate(document, each)


def validate(document: dict[str, Any], told: dict[str, Any]) -> None:
    schema = {"$ref": f"#/components/schemas/Statistics_{told['schema']}_", "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(told["body"])


def test_players_import_the_sdk_and_the_standard_library_alone() -> None:
    taken = {name.split(".")[0] for module in modules("tests/conformance/player") for name in imported(module.tree)}
    assert taken - sys.stdlib_module_names == {"picsellia", "tests"}
    ours = {name for module in modules("tests/conformance/player") for name in imported(module.tree)}
    assert {name for name in ours if name.startswith("tests")} == {
        name for name in ours if name.startswith("tests.conformance.player")
    }
    assert (ROOT / "tests" / "__init__.py").read_text() == ""


def imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module))
    return found
