"""The page on exit codes: what each means, which errors end with it, and which of several wins."""

from __future__ import annotations

from reconciler.errors import STRONGEST_FIRST
from tests.house.reference.errors import TREE
from tests.house.reference.markdown import code, document, table

MEANING = {
    0: "Done or in sync; or changes are present and `--detailed-exitcode` was not asked for.",
    1: "An error of no other class, such as a ledger that cannot be read.",
    2: "Changes are present (`plan --detailed-exitcode`), or something drifted (`drift`).",
    3: "Manifests, settings or the command line are invalid.",
    4: "Authentication or permission is missing.",
    5: "Refused by a guard, a protection or a rule; everything outside the refusal's scope went on.",
    6: "The plan is stale, or somebody else holds the lease.",
    7: "An apply is incomplete: the report lists what landed and what is unverified.",
    9: "The time allowed is over.",
    10: "The platform is unavailable, unreadable, or throttled us past the budget.",
    130: "Stopped by SIGINT, gracefully.",
    143: "Stopped by SIGTERM, gracefully.",
}


def page() -> str:
    """Return the page."""
    rows = [(code(number), meaning, ", ".join(code(name) for name in _errors(number))) for number, meaning in _known()]
    order = ", ".join(str(number) for number in STRONGEST_FIRST)
    return document(
        "Exit codes",
        "Every command ends with one of these. Wrappers, such as the workflow in `deploy/github/`, pass them through.",
        table(("code", "meaning", "errors"), rows),
        f"Where several apply, the strongest wins; from strongest to weakest: {order}.",
        "Code 8 is reserved.",
    )


def _known() -> list[tuple[int, str]]:
    return [(number, MEANING[number]) for number in sorted(STRONGEST_FIRST)]


def _errors(number: int) -> list[str]:
    return [each.name for each in TREE if number in each.codes]
