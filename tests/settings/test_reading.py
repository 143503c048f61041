"""`reconciler.yaml` is read whole: every problem at once, each at its place."""

import jsonschema
import pytest

from reconciler.settings.configuration import Configuration, configuration_schema
from reconciler.settings.reading import MAX_BYTES, read_configuration

WHOLE = """\
catalog: vision
ledger: .reconciler/ledger.db
defaultEnvironment: production
environments:
  production:
    host: https://app.picsellia.com
    organization: acme
    tokenFile: token
    ledger: sqlite:////var/lib/reconciler/ledger.db
  laptop:
    embedded: .platform
"""


def problems(text: str) -> list[str]:
    found = read_configuration("reconciler.yaml", text.encode()).diagnostics
    return [f"{each.origin}: {each.code}: {each.message}" for each in found]


def test_a_whole_configuration_is_read_as_written() -> None:
    read = read_configuration("reconciler.yaml", WHOLE.encode())
    assert read.diagnostics == ()
    assert read.configuration.catalog == "vision"
    assert read.configuration.environments["production"].token_file == "token"
    assert read.configuration.environments["laptop"].embedded == ".platform"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}"])
def test_an_empty_file_means_the_defaults(text: str) -> None:
    assert read_configuration("reconciler.yaml", text.encode()).configuration == Configuration()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("catolog: a", 'reconciler.yaml:1:1: unknown-field: "catolog" is not a field of the configuration'),
        ("catalog: Vision!", "reconciler.yaml:1:10: wrong-type: catalog takes 1 to 63 lower-case letters"),
        ("catalog: [a]", "reconciler.yaml:1:10: wrong-type: catalog takes text"),
        ("environments: 3", "reconciler.yaml:1:15: wrong-type: environments takes a mapping, not `3`"),
        ("environments: {a: x}", "reconciler.yaml:1:19: wrong-type: environments.a takes a mapping, not `x`"),
        ("environments:\n  a: {hst: x}", 'reconciler.yaml:2:7: unknown-field: "hst" is not a field of environments.a'),
        ("environments: {A b: {}}", "reconciler.yaml:1:16: wrong-type: environments.A b takes 1 to 63 lower-case"),
        ("defaultEnvironment: prod", 'reconciler.yaml:1:21: unknown-value: there is no environment "prod"'),
        (
            "environments:\n  a:\n    host: http://h\n    embedded: d",
            "reconciler.yaml:4:5: contradiction: environments.a has both `host` and `embedded`",
        ),
        ("- a", "reconciler.yaml:1:1: wrong-type: the configuration is a mapping"),
        ("a: 1\n---\nb: 2", "reconciler.yaml:3:1: wrong-type: a second document: only one is read"),
        ("catalog: a\ncatalog: b", "reconciler.yaml:2:1: duplicate-key"),
        ('catalog: "a', "reconciler.yaml:1:10: yaml-syntax"),
    ],
)
def test_a_problem_is_told_at_its_place(text: str, expected: str) -> None:
    (found,) = problems(text)
    assert found.startswith(expected)


def test_all_problems_are_told_at_once_in_order() -> None:
    found = problems("catalog: 7\nledgr: x\nenvironments:\n  a: {host: 1}\n")
    assert [each.split(": ")[0] for each in found] == [
        "reconciler.yaml:1:10",
        "reconciler.yaml:2:1",
        "reconciler.yaml:4:13",
    ]


def test_a_misspelt_field_gets_a_suggestion() -> None:
    (found,) = read_configuration("reconciler.yaml", b"environments:\n  a: {organisation: acme}").diagnostics
    assert found.hint == 'did you mean "organization"?'


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"\x00", b"[" * 50_000, b"a" * (MAX_BYTES + 1), b"a: &a [*a]", b"? {a: b}\n: c", b"\xf0\x28"],
)
def test_hostile_bytes_get_a_diagnostic_and_never_a_traceback(content: bytes) -> None:
    assert read_configuration("reconciler.yaml", content).diagnostics


def test_the_schema_accepts_what_the_reader_accepts_and_refuses_unknown_fields() -> None:
    schema = configuration_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate({"catalog": "vision", "environments": {"a": {"host": "https://h"}}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"catolog": "vision"}, schema)


def test_caps_are_read_for_the_catalog_and_for_an_environment() -> None:
    text = "policy: {maxRemovals: 0.2, ownedFrom: 5}\nenvironments: {lab: {host: h, policy: {maxRechampion: 1}}}\n"
    read = read_configuration("reconciler.yaml", text.encode())
    assert read.diagnostics == ()
    assert (read.configuration.policy.max_removals, read.configuration.policy.owned_from) == (0.2, 5)
    assert read.configuration.environments["lab"].policy.max_rechampion == 1


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("maxRemovals: 30", "policy.maxRemovals takes a number from 0 to 1, not `30`"),
        ("maxRemovals: many", "policy.maxRemovals takes a number from 0 to 1, not `many`"),
        ("maxRechampion: -1", "policy.maxRechampion takes a number, at least 0, not `-1`"),
        ("ownedFrom: 0.5", "policy.ownedFrom takes a whole number, at least 1, not `0.5`"),
        ("ownedFrom: 0", "policy.ownedFrom takes a number, at least 1, not `0`"),
        ("maxRemoval: 0.5", '"maxRemoval" is not a field of policy'),
    ],
)
def test_a_cap_that_makes_no_sense_is_told_at_its_place(policy: str, told: str) -> None:
    (problem,) = problems(f"policy:\n  {policy}\n")
    assert problem.startswith("reconciler.yaml:2:")
    assert told in problem
