"""The page on settings: `reconciler.yaml`, the environment variables, and which of them wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.settings.configuration import DEFAULT_CATALOG, Configuration, Environment, Policy
from reconciler.settings.discovery import LEDGER
from reconciler.settings.sources import VARIABLES
from tests.house.reference.markdown import code, document, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

BEYOND = {
    "CI": "This is a CI job: nobody can be asked, and the default ledger ends with it.",
    "NO_COLOR": "Never colours.",
    "CLICOLOR_FORCE": "Colours even without a terminal.",
    "FORCE_COLOR": "The same.",
    "TERM": "`dumb` takes no colours.",
    "RECONCILER_ACTOR": "Who runs this, for the record.",
    "GITHUB_ACTOR": "The same, as GitHub sets it.",
    "GITLAB_USER_LOGIN": "The same, as GitLab sets it.",
    "BUILDKITE_BUILD_CREATOR": "The same, as Buildkite sets it.",
    "BUILD_USER_ID": "The same, as Jenkins sets it.",
    "USER": "The same, where git has no address configured.",
}
"""Variables that are read, and are not settings of a run."""


def page() -> str:
    """Return the page."""
    variables = [(code(name), f"{told[:1].upper()}{told[1:]}.") for name, told in VARIABLES.items()]
    return document(
        "Settings",
        "Options of the command line win over environment variables, which win over `reconciler.yaml`, which wins\n"
        "over defaults. A platform is one thing: whichever layer names one, by host or by data folder, replaces what\n"
        "weaker layers say of it. Without host and data folder there is an error that names both.",
        "## Environment variables",
        table(("variable", "meaning"), variables),
        table(("also read", "meaning"), [(code(name), told) for name, told in BEYOND.items()]),
        "## reconciler.yaml",
        "It lies beside the manifests or above them, within the same git repository.\n"
        "Relative paths in it are relative to it.",
        table(("field", "meaning"), _fields(Configuration, "")),
        f"Without a ledger it is {code(LEDGER.as_posix())} beside `reconciler.yaml`; without a name the catalog is "
        f"{code(DEFAULT_CATALOG)}.",
    )


def _fields(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str]]:
    for field in model.model_fields.values():
        path = f"{prefix}{field.alias}"
        yield code(path), _told(field)
        if field.alias == "environments":
            yield from _fields(Environment, f"{path}.<name>.")
        if field.alias == "policy":
            yield from _fields(Policy, f"{path}.")


def _told(field: Any) -> str:  # a description may hide in the annotation
    return str(field.description or "")
