"""The second half of the story: the loop from predictions over reviews and training to a deployment, by policy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.bootstrap.unseen import on_holdout, unseen
from reconciler.render.amounts import counted
from reconciler.render.spans import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.bootstrap.bystander import Answered, Verdict, Window
    from reconciler.bootstrap.unseen import Measured, Picture
    from reconciler.cli.demo.stage import Stage
    from reconciler.render.spans import Line

_FIRST: Final = 160
"""Images that arrive before the training."""
_LATER: Final = 80
"""Images that arrive after it."""


@dataclass(frozen=True, slots=True)
class Gain:
    """What the loop came to.

    Attributes:
        before: How the champion does on the holdout.
        after: How the new version does on it.
        version: Name of the new version.
    """

    before: Measured
    after: Measured
    version: str


def play_loop(stage: Stage, deployment: Window) -> Gain:
    """Play it with one deployment. Raises Broken where something does not hold."""
    answers = _predict(stage, deployment)
    _review(stage, deployment, answers)
    _submit(stage, deployment, answers)
    gain = _train(stage, deployment)
    _compare(stage, deployment)
    _attribute(stage)
    return gain


def _predict(stage: Stage, deployment: Window) -> list[Answered]:
    stage.scene("In production", "A camera sends digits that no dataset holds; the champion answers each over HTTP.")
    answers = _camera(stage, deployment, unseen()[:_FIRST])
    silent, threshold = sum(each.said is None for each in answers), deployment.settings()["min_threshold"]
    stage.tell(
        line(f"The champion, digits@v1, is right about {_share(_right(answers), len(answers))};"),
        line(f"of {counted(silent, 'image')} it is less sure than the threshold of {threshold}, and says nothing."),
    )
    return answers


def _camera(stage: Stage, deployment: Window, pictures: Sequence[Picture]) -> list[Answered]:
    stage.request("POST", f"/api/deployments/{deployment.deployment_id}/predict", counted(len(pictures), "image"))
    answers = deployment.predict(pictures)
    stage.claim(holds=len({each.asset_id for each in answers}) == len(pictures), what="each image is to be kept once")
    return answers


def _review(stage: Stage, deployment: Window, answers: Sequence[Answered]) -> None:
    stage.scene("Reviews", "People say what is really there; so the platform, too, knows how good the champion is.")
    verdict = _people(stage, deployment, answers)["CHAMPION"]
    stage.tell(line(f"Monitoring says: right about {_share(verdict.right, verdict.count)}."))


def _people(stage: Stage, deployment: Window, answers: Sequence[Answered]) -> Mapping[str, Verdict]:
    stage.request("POST", "/api/predicted/asset/{id}/reviews", counted(len(answers), "review"))
    deployment.review(answers)
    verdicts = deployment.verdicts(answers)
    champion = verdicts["CHAMPION"]
    agreed = (champion.right, champion.count) == (_right(answers), len(answers))
    stage.claim(holds=agreed, what="monitoring is to count what the camera was answered")
    return verdicts


def _submit(stage: Stage, deployment: Window, answers: Sequence[Answered]) -> None:
    threshold = int(deployment.settings()["continuous_training"]["threshold"])
    stage.scene(
        "The feedback loop", f"Submitted reviews become training data; every {threshold} of them start a training."
    )
    _hand_in(stage, deployment, answers[: threshold - 1])
    waiting, run = _counter(deployment)
    stage.tell(line(f"{waiting} of {threshold} are waiting: nothing happens."))
    stage.claim(holds=(waiting, run) == (threshold - 1, None), what="nothing is to begin below the threshold")
    _hand_in(stage, deployment, answers[threshold - 1 :])
    waiting, run = _counter(deployment)
    stage.tell(line(f"A training begins with exactly {threshold}; {waiting} count towards the next one."))
    began = run is not None and waiting == len(answers) - threshold
    stage.claim(holds=began, what="a training is to begin with exactly as many as the threshold says")


def _hand_in(stage: Stage, deployment: Window, answers: Sequence[Answered]) -> None:
    stage.request("POST", f"{deployment.path}/fl/submit", counted(len(answers), "image"))
    stage.claim(holds=deployment.submit(answers) == len(answers), what="every reviewed image is to be taken")


def _counter(deployment: Window) -> tuple[int, object]:
    training = deployment.settings()["continuous_training"]
    return training["submitted_since_last_run"], training["run"]


def _train(stage: Stage, deployment: Window) -> Gain:
    stage.scene(
        "Continuous training", "The platform trains by itself, exports what comes out, and deploys it by policy."
    )
    experiment = deployment.trained()
    stage.claim(holds=experiment.status == "SUCCEEDED", what="the training is to succeed")
    settings = deployment.settings()
    champion, shadow = (deployment.version(settings[f"{role}model_version_id"]) for role in ("", "shadow_"))
    stage.tell(
        line(f"{experiment.name}: {shadow.origin}, loss {experiment.logged['loss']:.3f} at the end."),
        line("Accuracy on the holdout, whose images train no model; both model files were downloaded and run here:"),
    )
    before, after = (on_holdout(deployment.bystander.weights(each.id)) for each in (champion, shadow))
    gain = Gain(before, after, shadow.name)
    stage.tell(
        *_measured("champion", champion.name, gain.before),
        *_measured("shadow", shadow.name, gain.after, f"its trainer logged {experiment.logged['final_accuracy']:.1%}"),
    )
    _check(stage, deployment, gain, experiment.logged["final_accuracy"])
    return gain


def _measured(role: str, name: str, measured: Measured, note: str = "") -> Iterator[Line]:
    right = f"{measured.right} of {measured.images}"
    yield line(f"{role:<9} {name:<17} {measured.accuracy:>6.1%}   {right}{'; ' if note else ''}{note}", indent=2)


def _check(stage: Stage, deployment: Window, gain: Gain, logged: float) -> None:
    stage.claim(holds=gain.after.right > gain.before.right, what="what was trained is to be better than the champion")
    # A file answers in single precision what its trainer computed in double: one image may fall to the other side.
    agreed = abs(gain.after.accuracy - logged) * gain.after.images < 1.5
    stage.claim(holds=agreed, what="the trainer is to have logged what its model does")
    by_policy = deployment.mover_of_shadow() == "CONTINUOUS_DEPLOYMENT"
    stage.claim(holds=by_policy, what="continuous deployment is to have filled the shadow slot")


def _compare(stage: Stage, deployment: Window) -> None:
    stage.scene("Side by side", "More images: callers still get the champion's answers, the shadow's are only kept.")
    answers = _camera(stage, deployment, unseen()[_FIRST : _FIRST + _LATER])
    verdicts = _people(stage, deployment, answers)
    champion, shadow = verdicts["CHAMPION"], verdicts["SHADOW"]
    stage.tell(
        line(f"Monitoring says: the champion is right about {_share(champion.right, champion.count)},"),
        line(f"the shadow about {_share(shadow.right, shadow.count)}."),
    )
    stage.claim(holds=shadow.count == len(answers), what="the shadow is to have answered all of them")


def _attribute(stage: Stage) -> None:
    stage.scene("Who moved it?", "No person did: the policy filled the slot, and that is what drift says; exit code 2.")
    found = stage.reconciler("drift", exits=2, says="moved by continuous deployment")
    pattern = r"models\.shadow +desired none, live digits@\S+ +# drifted, moved by continuous deployment"
    stage.claim(
        holds=re.search(pattern, found.plain) is not None, what="drift is to say that the policy moved the shadow"
    )
    stage.scene(
        "Not fought over", "The slot is the policy's as long as git does not move; a plan has nothing to write."
    )
    stage.reconciler("plan", "--detailed-exitcode", says="reported, not written")


def _share(right: int, count: int) -> str:
    return f"{right} of {count}, {right / count:.1%}"


def _right(answers: Sequence[Answered]) -> int:
    return sum(each.said == each.truth for each in answers)
