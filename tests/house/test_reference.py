"""The reference documents everything: nothing that it is generated from lacks its words."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

from reconciler import errors
from reconciler.core.manifest.schema import deployment_schema
from reconciler.errors import STRONGEST_FIRST, ReconcilerError
from reconciler.settings.configuration import Configuration, Environment
from reconciler.settings.sources import VARIABLES
from tests.generate import GENERATED
from tests.house.command_line import command
from tests.house.documents import links
from tests.house.reference import REFERENCE, exit_codes, manifest, refusals, settings
from tests.house.reference import errors as error_page
from tests.house.tree import ROOT, modules


def test_every_page_is_registered_and_in_the_table_of_contents() -> None:
    contents = links((ROOT / "docs" / "README.md").read_text(encoding="utf-8"))
    generated = [path for path in GENERATED if path.parts[0] == "docs"]
    assert len(generated) == len(REFERENCE)
    assert [path for path in generated if path.relative_to("docs").as_posix() not in contents] == []


def test_every_error_is_documented_and_ends_with_a_known_code() -> None:
    classes = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, Exception)]
    assert {each.__name__ for each in classes} == {each.name for each in error_page.TREE}
    assert [each.name for each in error_page.TREE if not each.meaning] == []
    assert {code for each in error_page.TREE for code in each.codes} <= set(STRONGEST_FIRST)
    assert all(issubclass(each, ReconcilerError) for each in classes)


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    drawn = re.findall(r"(\w+)(?: \.+ ([\d /]+))?", errors.__doc__ or "")
    codes = {name: code for name, code in drawn if code}
    assert {each.name for each in error_page.TREE} <= {name for name, _ in drawn}
    told = {each.name: " / ".join(map(str, each.codes)) for each in error_page.TREE}
    assert {name: code.strip() for name, code in codes.items()} == {name: told[name] for name in codes}


def test_every_exit_code_has_a_meaning() -> None:
    assert set(exit_codes.MEANING) == set(STRONGEST_FIRST)


def verbs(group: Any) -> list[Any]:
    """Return a command with everything below it."""
    return [group, *(verb for each in getattr(group, "commands", {}).values() for verb in verbs(each))]


def test_every_verb_and_every_option_says_what_it_does() -> None:
    silent = [verb.name for verb in verbs(command()) if not verb.help]
    mute = [(verb.name, option.name) for verb in verbs(command()) for option in verb.params if not option.help]
    assert silent == mute == []


def test_every_field_of_a_manifest_says_what_it_means() -> None:
    schema = deployment_schema()
    rows = list(manifest.fields_of(schema))
    assert len(rows) > 40
    assert [row[0] for row in rows if not row[-1]] == []


@pytest.mark.parametrize("model", [Configuration, Environment])
def test_every_setting_says_what_it_means(model: type[Configuration | Environment]) -> None:
    assert [name for name, field in model.model_fields.items() if not field.description] == []


def test_every_environment_variable_that_is_read_is_documented() -> None:
    # Found by their looks: in our code, words like these are names of variables.
    name = re.compile(
        r'"((?:PICSELLIA|RECONCILER|GIT[A-Z]+|BUILD[A-Z]*|CLICOLOR)_[A-Z_]+|NO_COLOR|FORCE_COLOR|CI|TERM|USER)"'
    )
    ours = [module for module in modules("reconciler") if not module.path.startswith("reconciler/platform/")]
    read = {found for module in ours for found in name.findall(module.text)}
    assert read == VARIABLES.keys() | settings.BEYOND.keys()


def test_every_refusal_and_every_risk_has_its_sentence() -> None:
    refused, risked = refusals.raised(refusals.REFUSING), refusals.raised(refusals.RISKING)
    assert {"missing-reference", "duplicate-name", "dependency-refused"} <= {each.code for each in refused}
    assert {"guardrail-lowered", "armed-pipeline"} <= {each.code for each in risked}
    assert [each.code for each in (*refused, *risked) if not each.message] == []
