"""The story itself: from manifests to a converged platform, a hand edit, drift, and repair."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.cli.console import Console
from reconciler.cli.demo.stage import Broken, Stage, build
from reconciler.render.amounts import counted
from reconciler.render.spans import BLANK, Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.cli.demo.stage import Played
    from reconciler.cli.options import Talk

_HAND_SET: Final = 0.9
"""The threshold that somebody sets by hand."""

_APPLIED: Final = re.compile(r"^.*Apply: (\d+) done", re.MULTILINE)


def run_demo(talk: Talk, keep: Path | None) -> int:
    """Play the story, and return 0 only if every command did what the story says."""
    console = Console(talk)
    with _folder(keep) as folder:
        build(folder)
        stage = Stage(console, folder)
        try:
            _play(stage)
        except Broken as error:
            stage.tell(BLANK, line(Span(f"The story broke: {error}.", Style.ERROR)))
            return 1
        _close(stage, keep)
    return 0


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="reconciler-demo-") as folder:
        yield Path(folder) / "project"


def _play(stage: Stage) -> None:
    stage.tell(line(f"A project in {stage.folder}: two manifests, one reconciler.yaml, and a platform of its own."))
    _prepare(stage)
    with stage.server():
        _converge(stage)
        _move(stage)
        _repair(stage)


def _prepare(stage: Stage) -> None:
    stage.scene("Real assets", "Images of digits, datasets in versions, and a model trained twice, here and now.")
    stage.reconciler("platform", "seed", "--data-dir", "platform", "--only", "digits", says="Seeded:")
    stage.scene("Desired state, in git")
    for file in sorted((stage.folder / "manifests").iterdir()):
        stage.tell(line(Span(f"{file.relative_to(stage.folder)}:", Style.STRONG)))
        stage.tell(*(line(text, indent=4) for text in file.read_text(encoding="utf-8").splitlines()))
    stage.git("init", "--quiet")
    stage.git("add", ".")
    stage.git("commit", "--quiet", "--message", "Declare two deployments")
    stage.reconciler("validate", says="Valid: 2 deployments")
    stage.scene("The platform starts")


def _converge(stage: Stage) -> None:
    stage.scene("Plan", "What would be written and why; nothing is written.")
    stage.reconciler("plan", "--detailed-exitcode", exits=2, says="Plan: 2 to create")
    stage.scene("Apply", "The same plan, carried out in order, and looked at afterwards.")
    stage.reconciler("apply", "--yes", "--quiet", says="0 failed, 0 unverified")
    stage.scene("Plan again", "Nothing is left to do.")
    stage.reconciler("plan", "--detailed-exitcode", says="No changes. 2 deployments match")


def _move(stage: Stage) -> None:
    stage.scene("Behind git's back", "Somebody changes two things by hand, through the platform's own API.")
    deployment = _deployment(stage)
    stage.call("PATCH", f"/api/deployment/{deployment}", {"min_threshold": _HAND_SET})
    version = stage.call("GET", f"/api/deployment/{deployment}")["shadow_model_version_id"]
    stage.call("POST", f"/api/deployment/{deployment}/model", {"model_version_id": version})
    stage.scene("Drift", "Found by the next scheduled run: which field, both values, whose move it was; exit code 2.")
    found = stage.reconciler("drift", exits=2, says=f"live {_HAND_SET}")
    _check(found, r"threshold +desired 0\.4, live 0\.9 +# drifted", "the threshold has drifted")
    _check(found, r"models\.champion +desired digits@v1, live digits@v2 +# drifted, moved by", "the champion has too")


def _deployment(stage: Stage) -> str:
    organization = stage.platform()["organization_id"]
    found = stage.call("GET", f"/api/organization/{organization}/deployments/find?name=digits")
    return str(found["id"])


def _check(played: Played, pattern: str, what: str) -> None:
    text = re.sub(r"\x1b\[[\d;]*m", "", played.output)
    if not re.search(pattern, text):
        raise Broken(f"drift should tell that {what}")


def _repair(stage: Stage) -> None:
    stage.scene("Repair", "Git decides: apply writes what differs, and only that.")
    applied = stage.reconciler("apply", "--yes", says="0 failed, 0 unverified")
    found = _APPLIED.search(applied.output)
    if found is None or int(found[1]) < 1:
        raise Broken("the repair should have written something")
    stage.scene("In sync")
    stage.reconciler("drift", says="No drift. 2 deployments match")
    stage.tell(BLANK, line(Span(_summary(stage, int(found[1])), Style.GOOD)))


def _summary(stage: Stage, repairs: int) -> str:
    commands = counted(stage.commands, "command")
    return f"The story holds: {commands}, {counted(repairs, 'action')} to repair, {stage.seconds:.0f} seconds."


def _close(stage: Stage, keep: Path | None) -> None:
    stage.scene("What to try next")
    if keep is None:
        stage.tell(line("reconciler demo --keep playground   keeps the project, for what follows:"))
    folder = str(keep) if keep is not None else "playground"
    for command, why in _NEXT:
        stage.tell(line(Span(command.format(folder=folder), Style.STRONG), Span(f"   {why}", Style.MUTED), indent=2))


_NEXT: Final = (
    ("cd {folder}", ""),
    ("reconciler plan --show-requests", "every request, before it is sent"),
    ("reconciler plan --format json", "the plan as a document"),
    ("reconciler plan -l line=3", "only what carries a label"),
    ("reconciler platform serve --data-dir platform", "the platform on a port, for the official SDK too"),
)
