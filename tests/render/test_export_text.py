"""What an export says of itself: a line for each file, the sum, and once each what holds for many."""

from __future__ import annotations

from reconciler.core.export.drafts import Change, Exported, ExportReport, NotExported
from reconciler.core.export.spelling import NOT_REPORTED
from reconciler.render.export_text import export_remarks, export_text, export_to_json
from reconciler.render.spans import plain

FILES = (
    Exported("One!", "one", "out/one.yaml", Change.CREATED),
    Exported("two", "two", "out/two.yaml", Change.UPDATED, ("threshold", "models.champion")),
    Exported("three", "three", "out/three.yaml", Change.UPDATED, ("tags",)),
    Exported("four", "four", "out/four.yaml", Change.UNCHANGED),
)
FAILED = NotExported("fi\nve", "id-5", "the name of model version …12 cannot be read")


def test_every_file_has_a_line_and_the_last_one_is_the_sum() -> None:
    assert plain(export_text(ExportReport(FILES, (FAILED,)), "out/")) == (
        "created   out/one.yaml\n"
        "updated   out/two.yaml (2 fields: threshold, models.champion)\n"
        "updated   out/three.yaml (1 field: tags)\n"
        "unchanged out/four.yaml\n"
        "Exported 4 deployments to out/: 1 created, 2 updated, 1 unchanged, 1 not exported.\n"
    )
    assert plain(export_text(ExportReport(), "out/")) == "Exported 0 deployments to out/.\n"


def test_what_holds_for_many_is_said_once_and_names_stay_on_their_line() -> None:
    silent = {"threshold": NOT_REPORTED, "serving": NOT_REPORTED}
    many = tuple(Exported(name, name, f"{name}.yaml", Change.CREATED, undeclared=silent) for name in "abcde")
    odd = Exported("f", "f", "f.yaml", Change.CREATED, undeclared={**silent, "tags": "the tag '\\n' is no name"})
    assert plain(export_remarks(ExportReport((*many, odd), (FAILED,)))) == (
        "not declared: threshold, serving of a, b, c and 3 more; the platform does not report it\n"
        "not declared: tags of f; the tag '\\n' is no name\n"
        "not exported: fi\\nve (id-5): the name of model version …12 cannot be read\n"
    )
    assert export_remarks(ExportReport(FILES)) == ()


def test_the_document_says_the_same() -> None:
    told = export_to_json(ExportReport(FILES[1:2], (FAILED,)))
    assert told == {
        "format_version": "1.0",
        "exported": [
            {
                "name": "two",
                "address": "two",
                "path": "out/two.yaml",
                "change": "updated",
                "fields": ["threshold", "models.champion"],
                "undeclared": {},
            }
        ],
        "failed": [{"name": "fi\nve", "id": "id-5", "reason": FAILED.reason}],
    }
