"""The parameters that the built-in trainer honours: read from what an experiment was told, each within its range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.platform.training.assignment import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALIASES: Final = {
    "epochs": ("epochs", "nb_epochs", "num_epochs"),
    "batch_size": ("batch_size", "batchSize"),
    "learning_rate": ("learning_rate", "lr"),
    "hidden": ("hidden", "hidden_units"),
    "penalty": ("penalty", "alpha", "weight_decay"),
    "inverse_penalty": ("inverse_penalty",),
    "seed": ("seed", "random_seed"),
}
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "epochs": (1, 10_000),
    "batch_size": (1, 65_536),
    "learning_rate": (1e-9, 10.0),
    "hidden": (1, 4096),
    "penalty": (0.0, 1e6),
    "inverse_penalty": (1e-9, 1e9),
    "seed": (0, 2**32 - 1),
}


@dataclass(frozen=True)
class Knobs:
    """How to train.

    Attributes:
        epochs: passes over the images.
        batch_size: images to a step.
        learning_rate: of Adam.
        hidden: neurons of the hidden layer.
        penalty: L2 regularisation of the network.
        inverse_penalty: trains multinomial logistic regression instead of a network; smaller regularises more.
        seed: of every random choice; the same seed and images give the same model.
    """

    epochs: int = 30
    batch_size: int = 32
    learning_rate: float = 1e-3
    hidden: int = 64
    penalty: float = 1e-3
    inverse_penalty: float | None = None
    seed: int = 0


def knobs_of(parameters: Mapping[str, object]) -> Knobs:
    """Return the knobs that parameters turn.

    Raises:
        Refused: when one that is known is no number, or out of its range.
    """
    given: dict[str, object] = {}
    for knob, aliases in _ALIASES.items():
        said = [parameters[alias] for alias in aliases if parameters.get(alias) is not None]
        if said:
            given[knob] = _number(knob, said[0])
    return Knobs(**given)  # type: ignore[arg-type]


def _number(knob: str, said: object) -> float:
    least, most = _RANGES[knob]
    whole = knob in {"epochs", "batch_size", "hidden", "seed"}
    sane = isinstance(said, int | float) and not isinstance(said, bool) and least <= said <= most
    if not isinstance(said, int | float) or not sane or (whole and said != int(said)):
        kind = "a whole number" if whole else "a number"
        raise Refused(f"The parameter '{knob}' must be {kind} from {least:g} to {most:g}, not {said!r}.")
    return int(said) if whole else float(said)
