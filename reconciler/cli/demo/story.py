"""The story itself: from manifests to a converged platform, a hand edit, drift, repair, and a closed loop."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.bootstrap.bystander import bystander
from reconciler.cli.console import Console
from reconciler.cli.demo.loop import Gain, play_loop
from reconciler.cli.demo.stage import Broken, Stage, build
from reconciler.render.amounts import counted
from reconciler.render.spans import BLANK, Span, Style, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.bootstrap.bystander import Bystander, Window
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
            gain = _play(stage)
        except Broken as error:
            stage.tell(BLANK, line(Span(f"The story broke: {error}.", Style.ERROR)))
            return 1
        _close(stage, keep, gain.version)
    return 0


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="reconciler-demo-") as folder:
        yield Path(folder) / "project"


def _play(stage: Stage) -> Gain:
    stage.tell(line(f"A project in {stage.folder}: two manifests, one reconciler.yaml, and a platform of its own."))
    _prepare(stage)
    with stage.server(), bystander(stage.platform()) as user:
        _converge(stage)
        deployment = user.at(user.home("/deployments/find", name="digits")["id"])
        _move(stage, user, deployment)
        repairs = _repair(stage)
        gain = play_loop(stage, deployment)
    stage.tell(BLANK, line(Span(_summary(stage, repairs, gain), Style.GOOD)))
    return gain


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


def _move(stage: Stage, user: Bystander, deployment: Window) -> None:
    stage.scene("Behind git's back", "Somebody changes two things by hand, through the platform's own API.")
    version = user.call("GET", f"/api/model/{user.home('/models/find', name='digits')['id']}/versions/find", name="v2")
    stage.request("PATCH", deployment.path, f"min_threshold: {_HAND_SET}")
    user.call("PATCH", deployment.path, {"min_threshold": _HAND_SET})
    stage.request("POST", f"{deployment.path}/model", "digits@v2")
    user.call("POST", f"{deployment.path}/model", {"model_version_id": version["id"]})
    stage.scene("Drift", "Found by the next scheduled run: which field, both values, whose move it was; exit code 2.")
    found = stage.reconciler("drift", exits=2, says=f"live {_HAND_SET}")
    _check(found, r"threshold +desired 0\.4, live 0\.9 +# drifted", "the threshold has drifted")
    _check(found, r"models\.champion +desired digits@v1, live digits@v2 +# drifted, moved by", "the champion has too")


def _check(played: Played, pattern: str, what: str) -> None:
    if not re.search(pattern, played.plain):
        raise Broken(f"drift should tell that {what}")


def _repair(stage: Stage) -> int:
    stage.scene("Repair", "Git decides: apply writes what differs, and only that.")
    applied = stage.reconciler("apply", "--yes", says="0 failed, 0 unverified")
    found = _APPLIED.search(applied.output)
    if found is None or int(found[1]) < 1:
        raise Broken("the repair should have written something")
    stage.scene("In sync")
    stage.reconciler("drift", says="No drift. 2 deployments match")
    return int(found[1])


def _summary(stage: Stage, repairs: int, gain: Gain) -> str:
    commands = counted(stage.commands, "command")
    return (
        f"The story holds: {commands}, {counted(repairs, 'action')} to repair, holdout accuracy "
        f"{gain.before.accuracy:.1%} → {gain.after.accuracy:.1%}, {stage.seconds:.0f} seconds."
    )


def _close(stage: Stage, keep: Path | None, version: str) -> None:
    stage.scene("What to try next")
    if keep is None:
        stage.tell(line("reconciler demo --keep playground   keeps the project, for what follows:"))
    folder = str(keep) if keep is not None else "playground"
    for command, why in _NEXT:
        told = command.format(folder=folder, version=version.rpartition("@")[2])
        stage.tell(line(Span(told, Style.STRONG), Span(f"   {why}" if why else "", Style.MUTED), indent=2))


_NEXT: Final = (
    ("cd {folder}", ""),
    ("reconciler explain digits", "each field: who moved it, and what follows"),
    ("sed -i 's/version: v1}}/version: {version}}}/' manifests/digits.yaml", "promote what was trained, in git"),
    ("reconciler plan --show-requests", "every request, before it is sent"),
    ("reconciler plan --format json", "the plan as a document"),
    ("reconciler platform serve --data-dir platform", "the platform on a port, for the official SDK too"),
)
