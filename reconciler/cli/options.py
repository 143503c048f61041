"""Options that many verbs share, as groups: a verb takes a group as one parameter, and a person may put it anywhere."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path  # read at run time, to make options of these annotations
from typing import Annotated, Final

import typer

TALK: Final = "Output options"
WHERE: Final = "Platform and ledger options"
WHICH: Final = "Selection options"


class LogFormat(enum.StrEnum):
    """How logs are written to stderr."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Talk:
    """How much is said, where and in which colours."""

    color: Annotated[
        bool | None,
        typer.Option(
            "--color/--no-color",
            help="Colours or none; by default as the terminal takes them.",
            rich_help_panel=TALK,
            show_default=False,
        ),
    ] = None
    verbose: Annotated[
        int,
        typer.Option(
            "-v",
            "--verbose",
            count=True,
            help="Say more; -vv says everything.",
            rich_help_panel=TALK,
            show_default=False,
        ),
    ] = 0
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="Say nothing but results and errors.", rich_help_panel=TALK)
    ] = False
    log_format: Annotated[
        LogFormat, typer.Option("--log-format", help="How logs are written.", rich_help_panel=TALK)
    ] = LogFormat.TEXT


@dataclass(frozen=True, slots=True)
class Form:
    """In which form results are written, and where to."""

    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="text (the default) or json; plan also markdown, apply also jsonl.",
            metavar="FORMAT",
            rich_help_panel=TALK,
            show_default=False,
        ),
    ] = None
    output_file: Annotated[
        Path | None,
        typer.Option(
            "--output-file", help="Write results to a file instead of stdout.", metavar="FILE", rich_help_panel=TALK
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Where:
    """Which platform and which ledger."""

    env: Annotated[
        str | None,
        typer.Option(
            "--env", help="Environment of reconciler.yaml (RECONCILER_ENV).", metavar="NAME", rich_help_panel=WHERE
        ),
    ] = None
    host: Annotated[
        str | None,
        typer.Option("--host", help="Address of the platform (PICSELLIA_HOST).", metavar="URL", rich_help_panel=WHERE),
    ] = None
    organization: Annotated[
        str | None,
        typer.Option(
            "--organization",
            help="Name or id of the organisation (PICSELLIA_ORGANIZATION).",
            metavar="NAME",
            rich_help_panel=WHERE,
        ),
    ] = None
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            help="File that holds the API token (else PICSELLIA_TOKEN does).",
            metavar="FILE",
            rich_help_panel=WHERE,
        ),
    ] = None
    embedded: Annotated[
        Path | None,
        typer.Option(
            "--embedded",
            help="Use the embedded platform of this data folder instead of a host.",
            metavar="DIR",
            rich_help_panel=WHERE,
        ),
    ] = None
    ledger: Annotated[
        str | None,
        typer.Option(
            "--ledger", help="URL or file of the ledger (RECONCILER_LEDGER).", metavar="URL", rich_help_panel=WHERE
        ),
    ] = None
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", help="Give up after so many seconds.", metavar="SECONDS", rich_help_panel=WHERE),
    ] = None


@dataclass(frozen=True, slots=True)
class Which:
    """Which deployments of the catalog."""

    selector: Annotated[
        list[str] | None,
        typer.Option(
            "-l",
            "--selector",
            help="Labels: k=v, k!=v, 'k in (a,b)', joined by commas.",
            metavar="SELECTOR",
            rich_help_panel=WHICH,
        ),
    ] = None
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            help="Only this deployment and what it depends on; may be repeated.",
            metavar="NAME",
            rich_help_panel=WHICH,
        ),
    ] = None
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude", help="All but this deployment; may be repeated.", metavar="NAME", rich_help_panel=WHICH
        ),
    ] = None


GROUPS: Final = (Talk, Form, Where, Which)
"""Every group, in the order in which help shows them."""

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Files or folders of manifests, or - for stdin; by default manifests/.",
        metavar="[PATH]...",
        show_default=False,
    ),
]
"""The manifests a verb works on."""

Manifests = Annotated[
    list[Path] | None,
    typer.Option(
        "--manifests",
        help="Files or folders of manifests; by default manifests/. May be repeated.",
        metavar="PATH",
        show_default=False,
    ),
]
"""The manifests of a verb whose arguments are names."""

Prune = Annotated[
    bool,
    typer.Option("--prune", help="Delete what is gone from the manifests and was to be deleted then."),
]
"""Whether to delete what is gone from the manifests."""

Force = Annotated[
    str | None,
    typer.Option(
        "--force",
        help="Why this plan is meant although it takes much away at once; kept in the history.",
        metavar="REASON",
        show_default=False,
    ),
]
"""The reason that lifts the caps of a plan."""

Reassert = Annotated[
    list[str] | None,
    typer.Option(
        "--reassert",
        help="Write this field although nobody knows its live value; may be repeated.",
        metavar="FIELD",
    ),
]
"""Fields to write on purpose."""
