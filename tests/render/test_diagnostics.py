"""A diagnostic shows severity, summary, place, snippet with a caret, and the next step."""

import pytest

from reconciler.core.manifest.diagnostics import Diagnostic, Place, Related, Severity, SourceFile
from reconciler.core.origin import Origin
from reconciler.errors import StalePlan
from reconciler.render.diagnostics import diagnostics_text, tally, validation_text, validation_to_json
from reconciler.render.errors import error_text
from reconciler.render.requests import requests_line
from reconciler.render.seed import seed_text
from reconciler.render.spans import plain
from tests.render.goldens import matches_golden

FILE = SourceFile("manifests/a.yaml", "spec:\n  treshold: 0.4\n\tname: 生産ライン 3\n")


def shown(*diagnostics: Diagnostic) -> str:
    return plain(diagnostics_text(diagnostics))


def test_diagnostics_read_as_the_golden_file_says() -> None:
    unknown = FILE.error(
        "unknown-field", '"treshold" is not a field of spec', Place(2, 3, 8), 'did you mean "threshold"?'
    )
    twice = Diagnostic(
        Severity.WARNING,
        "duplicate-name",
        "two manifests are called a",
        Origin("manifests/b.yaml", 12, 9),
        related=(Related(Origin("manifests/a.yaml", 1, 1), "declared here first"),),
    )
    assert matches_golden("diagnostics.txt", plain(validation_text([unknown, twice], 2, ["manifests/"])))


def test_the_caret_stands_below_what_it_points_at_even_behind_wide_characters() -> None:
    place = Place(3, FILE.lines[2].index("3") + 1, 1)
    lines = shown(FILE.error("wrong-type", "a number", place)).splitlines()
    assert lines[2].endswith("|  name: 生産ライン 3")
    # Each of the five characters before it takes two columns, the tab one.
    assert lines[3].index("^") == lines[2].rindex("3") + 5


def test_accents_of_their_own_take_no_column() -> None:
    file = SourceFile("a.yaml", "a: e\u0301x\n")
    assert shown(file.error("x", "y", Place(1, 6, 1))).splitlines()[3].index("^") == len("  1 | a: e")


def test_wide_characters_get_wide_carets() -> None:
    place = Place(3, FILE.lines[2].index("生") + 1, 5)
    assert shown(FILE.error("x", "y", place)).splitlines()[3].count("^") == 10


def test_what_cannot_be_seen_in_a_source_line_takes_its_place_all_the_same() -> None:
    file = SourceFile("a.yaml", "a\u200bb: \x1b[31m\n")
    text = shown(file.error("control-character", "an escape", Place(1, 6, 1)))
    assert "\x1b" not in text
    snippet, carets = text.splitlines()[2:4]
    assert snippet.index("�", snippet.index("b")) == carets.index("^")


def test_hostile_messages_stay_on_their_line_and_short() -> None:
    text = shown(Diagnostic(Severity.ERROR, "x", "\x1b[2J\n" * 1000, Origin("\n\x07", 1, 1), hint="\r" * 5000))
    assert "\x1b" not in text
    assert len(text.splitlines()) == 4
    assert len(text) < 5000


@pytest.mark.parametrize(
    ("severities", "told"),
    [
        ([Severity.ERROR], "1 error in 1 file"),
        ([Severity.ERROR, Severity.ERROR, Severity.WARNING], "2 errors and 1 warning in 1 file"),
        ([Severity.WARNING], "1 warning in 1 file"),
    ],
)
def test_problems_are_counted(severities: list[Severity], told: str) -> None:
    assert tally([Diagnostic(each, "x", "y", Origin("a.yaml", 1, 1)) for each in severities]) == told


def test_warnings_alone_are_valid() -> None:
    warning = Diagnostic(Severity.WARNING, "x", "y", Origin("a.yaml", 1, 1))
    assert plain(validation_text([warning], 3, ["m/"])).endswith(
        "Valid: 3 deployments in m/, with 1 warning in 1 file.\n"
    )
    assert validation_to_json([warning], 3)["valid"] is True


def test_an_error_shows_only_what_it_knows() -> None:
    assert plain(error_text(StalePlan("it moved"))) == "error: it moved\n"
    whole = StalePlan("it moved", where="GET /x", hint="Plan again.")
    assert plain(error_text(whole)) == "error: it moved\n  where: GET /x\n  hint: Plan again.\n"


@pytest.mark.parametrize(
    ("requests", "told"),
    [
        ({}, "0 requests."),
        ({"GET /api/organization/{id}/deployments": 1}, "1 request: 1 list."),
        (
            {
                "GET /api/home/ping": 1,
                "GET /api/organization/{id}": 1,
                "GET /api/organization/{id}/deployments/find": 2,
                "GET /api/deployment/{id}": 1_000,
                "GET /api/deployment/{id}/models/history": 1,
                "XGET /api/models": 1,
                "PATCH /api/deployment/{id}": 3,
                "HEAD /": 1,
            },
            "1,010 requests: 3 writes, 2 connections, 2 look-ups, 1,001 details, 1 reference, 1 other.",
        ),
    ],
)
def test_requests_are_counted_by_what_they_were_for(requests: dict[str, int], told: str) -> None:
    assert requests_line(requests) == told


def test_seeded_assets_are_told_with_their_numbers() -> None:
    planted = {
        "datasets": [{"name": "digits", "versions": [{"name": "2026-06", "images": 719, "added": 0}]}],
        "models": [
            {
                "name": "digits",
                "versions": [{"name": "v1", "metrics": {"accuracy": 0.8}}, {"name": "v2", "metrics": {}}],
            }
        ],
        "projects": ["digits"],
        "tags": ["a", "b"],
        "added": 0,
    }
    assert plain(seed_text(planted)) == (
        "dataset digits: 2026-06 (719 images)\n"
        "model digits: v1 (accuracy 0.800), v2\n"
        "Seeded: 1 dataset, 1 model, 1 project, 2 tags; nothing added, all of it was there.\n"
    )
    assert plain(seed_text({**planted, "added": 7})).endswith("; 7 objects added.\n")
