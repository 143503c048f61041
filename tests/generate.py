"""Write every checked-in file that is made from sources, or with `--check` say which ones are stale.

python -m tests.generate            write
python -m tests.generate --check    compare; exit 1 when something is stale
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).resolve().parent.parent


def as_json(value: Any) -> str:
    """Return JSON as it is checked in: indented, unescaped, with a line break at the end."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _deployment_schema() -> str:
    from reconciler.core.manifest.schema import deployment_schema

    return as_json(deployment_schema())


def _document_schema(kind: str) -> Callable[[], str]:
    def schema() -> str:
        from reconciler.cli.runs.schemas import schema_of

        return as_json(schema_of(kind))

    return schema


def _reference(name: str) -> Callable[[], str]:
    def page() -> str:
        from tests.house.reference import REFERENCE

        return REFERENCE[name]()

    return page


# Path from the root of the repository → what the file has to hold. One line per file; imports inside the functions.
GENERATED: Final[dict[Path, Callable[[], str]]] = {
    Path("schemas/deployment.schema.json"): _deployment_schema,
    Path("schemas/configuration.schema.json"): _document_schema("configuration"),
    Path("schemas/plan.schema.json"): _document_schema("plan"),
    Path("schemas/report.schema.json"): _document_schema("report"),
    Path("schemas/explanation.schema.json"): _document_schema("explanation"),
    Path("docs/reference/exit-codes.md"): _reference("exit-codes"),
    Path("docs/reference/errors.md"): _reference("errors"),
    Path("docs/reference/when-something-goes-wrong.md"): _reference("when-something-goes-wrong"),
    Path("docs/reference/manifest.md"): _reference("manifest"),
    Path("docs/reference/commands.md"): _reference("commands"),
    Path("docs/reference/settings.md"): _reference("settings"),
    Path("docs/reference/refusals.md"): _reference("refusals"),
    Path("docs/reference/diagnostics.md"): _reference("diagnostics"),
    Path("docs/decisions/README.md"): _reference("decisions"),
    Path("docs/reference/sdk-conformance.md"): _reference("sdk-conformance"),
}


def stale() -> list[Path]:
    """Return the generated files that are missing or differ from their sources."""
    return [path for path, content in GENERATED.items() if not _holds(ROOT / path, content())]


def write() -> list[Path]:
    """Write the stale files and return them."""
    changed = stale()
    for path in changed:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(GENERATED[path](), encoding="utf-8")
    return changed


def _holds(path: Path, content: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == content


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.generate", description="Write the generated files.")
    parser.add_argument("--check", action="store_true", help="only say which files are stale")
    check = parser.parse_args(arguments).check
    changed = stale() if check else write()
    for path in changed:
        sys.stdout.write(f"{'stale: ' if check else 'written: '}{path}\n")
    if check and changed:
        sys.stdout.write("run `python -m tests.generate` and commit the result\n")
    return 1 if check and changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
