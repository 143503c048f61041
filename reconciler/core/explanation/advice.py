"""What to do next about an explained deployment: commands that can be copied, each with what it does, best first."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.core.computation import Stage
from reconciler.core.diff import Decision
from reconciler.core.explanation.story import State
from reconciler.core.explanation.whole import Condition
from reconciler.core.manifest.spec import Ownership
from reconciler.core.plan import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.core.explanation.story import FieldStory
    from reconciler.core.explanation.whole import Explanation

_PRUNE: Final = "reconciler apply --prune"


@dataclass(frozen=True, slots=True)
class Advice:
    """A next step: what it does, and the command, if there is one."""

    purpose: str
    command: str = ""


def advice(explained: Explanation) -> tuple[Advice, ...]:
    """Return the next steps, best first; empty where nothing is to be done."""
    return tuple(dict.fromkeys(_all(explained)))


def _all(explained: Explanation) -> Iterator[Advice]:
    yield from _about_refusals(explained)
    if explained.around.lease is not None:
        yield Advice("see who holds the lease, and wait or break it", "reconciler ledger show")
    if explained.orphan is not None:
        yield from _about_orphan(explained)
    yield from _about_held(explained)
    yield from _about_writing(explained)
    yield from _about_reported(explained)
    yield from _about_computation(explained)


def _about_refusals(explained: Explanation) -> Iterator[Advice]:
    yield from (Advice(refusal.hint) for refusal in explained.refusals)
    for dependency in explained.dependencies:
        if dependency.refusal is not None:
            yield Advice(f"see why {dependency.address} is refused", _explain(dependency.address))
    if Condition.UNREADABLE in explained.conditions:
        yield Advice("look again once the platform answers", _explain(explained.address))


def _about_orphan(explained: Explanation) -> Iterator[Advice]:
    orphan = explained.orphan
    if orphan is not None and orphan.kept is Kept.NOT_ASKED:
        yield Advice("delete it from the platform, with all that the manifests no longer declare", _PRUNE)
    yield Advice("let go of it and leave it as it is on the platform", f"reconciler forget {_quoted(explained)}")
    yield Advice("own it again: bring its manifest back")


def _about_held(explained: Explanation) -> Iterator[Advice]:
    held = [each for each in explained.fields if each.state is State.HELD]
    if held:
        yield Advice(
            f"if live is as declared, record {_them(held)} so and write nothing",
            f"reconciler adopt {_quoted(explained)}",
        )
        yield Advice(f"write {_them(held)} on purpose, whatever is live", _apply(explained, held))


def _about_writing(explained: Explanation) -> Iterator[Advice]:
    if not explained.steps:
        return
    stops = Condition.BLOCKED in explained.conditions
    if not stops:
        yield Advice(f"carry out {_counted(len(explained.steps), 'action')}", _apply(explained))
    if Condition.GONE in explained.conditions:
        yield Advice(
            "if it was removed on purpose: remove its manifest too, and forget it",
            f"reconciler forget {_quoted(explained)}",
        )
    moved = [each for each in explained.fields if each.state in (State.DRIFTED, State.CONFLICT)]
    undone = [each for each in moved if each.decision is Decision.WRITE and each.path != "name"]
    if undone and explained.live is not None:
        yield Advice(
            f"keep what is live of {_them(undone)} instead: take it into the manifest",
            f"reconciler export {_quoted(explained)} --out manifests",
        )


def _about_reported(explained: Explanation) -> Iterator[Advice]:
    told = [each for each in explained.fields if each.decision is Decision.REPORT]
    ours = [each for each in told if each.mode is Ownership.ON_CHANGE]
    for each in told:
        yield Advice(f"keep what is live of {each.path}: declare it at {each.origin}")
    if ours:
        yield Advice(f"write {_them(ours)} as declared, on purpose", _apply(explained, ours))


def _about_computation(explained: Explanation) -> Iterator[Advice]:
    computation = explained.around.computation
    if computation is None:
        return
    target = _target(explained)
    if computation.stage is Stage.RUNNING:
        yield Advice("wait for its training data", f"reconciler apply --wait {target}")
    elif computation.stage is Stage.FAILED:
        again = f"reconciler apply --wait --reassert trainingData {target}"
        yield Advice("mend the dataset version, then let it be computed again", again)


def _explain(address: str) -> str:
    return f"reconciler explain {shlex.quote(address)}"


def _apply(explained: Explanation, fields: Iterable[FieldStory] = ()) -> str:
    flags = "".join(f" --reassert {each.path}" for each in fields)
    return f"reconciler apply {_target(explained)}{flags}"


def _target(explained: Explanation) -> str:
    return f"--target {_quoted(explained)}"


def _quoted(explained: Explanation) -> str:
    return shlex.quote(explained.address)


def _them(fields: list[FieldStory]) -> str:
    return fields[0].path if len(fields) == 1 else f"these {len(fields)} fields"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
