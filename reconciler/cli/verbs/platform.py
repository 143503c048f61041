"""`reconciler platform`: run the embedded platform as a server, and fill it with real demo assets."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path  # read at run time, to make options of annotations
from typing import Annotated

import typer

from reconciler.cli.options import Form, Talk  # noqa: TC001  # read at run time, to make options of them


class Report(enum.StrEnum):
    """What the platform tells of a deployment."""

    FULL = "full"
    SDK_ONLY = "sdk-only"


DataDir = Annotated[Path, typer.Option("--data-dir", help="Folder of its data; made when missing.", metavar="DIR")]


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How the platform listens and what it tells."""

    data_dir: DataDir
    host: Annotated[str, typer.Option("--host", help="Address to listen on.", metavar="ADDRESS")] = "127.0.0.1"
    port: Annotated[
        int,
        typer.Option(
            "--port", help="Port; monitoring and serving take the next two; 0 for any.", min=0, max=65_533, metavar="N"
        ),
    ] = 0
    ready_file: Annotated[
        Path | None,
        typer.Option("--ready-file", help="JSON with URLs and token, there once it can be used.", metavar="FILE"),
    ] = None
    report: Annotated[
        Report, typer.Option("--report", help="Report every setting, or only what the official SDK reads.")
    ] = Report.FULL
    store_file: Annotated[
        Path | None,
        typer.Option(
            "--store-file",
            help="File with the URL of a PostgreSQL database; SQLite in the folder if none.",
            metavar="FILE",
        ),
    ] = None
    workers: Annotated[
        int,
        typer.Option(
            "--workers", help="Processes that train and compute; they need PostgreSQL.", min=0, max=64, metavar="N"
        ),
    ] = 0


def serve(talk: Talk, own: ServeOptions) -> int:
    """Serve an embedded platform until Ctrl-C."""
    from reconciler.cli.runs.serving import run_serve

    return run_serve(talk, own)


def seed(
    talk: Talk,
    form: Form,
    *,
    data_dir: DataDir,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Plant only these assets: digits, digit-scenes; may be repeated.", metavar="NAME"),
    ] = None,
) -> int:
    """Plant real images, datasets and trained models; what is there already stays."""
    from reconciler.cli.runs.seeding import run_seed

    return run_seed(talk, form, data_dir, only or ())
