"""Hyper-parameter searches as older clients describe them: a `scan_config`, the candidates it means, the best one.

The form is that of the SDK's releases up to 6.15: `strategy` (`grid`, `random`), `parameters` (each a plain value, or
an object with `values`, `value`, or `min` and `max`), `metric` (`name`, `goal` `maximize` or `minimize`) and `max_run`.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.platform.store.faults import Invalid
from reconciler.platform.store.tables.base import Json

MOST_RUNS: Final = 20
_DEFAULT_RUNS: Final = 8
# How many values between `min` and `max` a grid tries.
_STOPS: Final = 3
_METRIC: Final = "accuracy"
_GOALS: Final = {"maximize": 1.0, "maximise": 1.0, "minimize": -1.0, "minimise": -1.0}


@dataclass(frozen=True)
class Scan:
    """A search: what to try, and what the best is.

    Attributes:
        candidates: the parameters of each training.
        metric: the name of what is compared.
        sign: 1 where more is better, -1 where less is.
    """

    candidates: Sequence[Json]
    metric: str
    sign: float

    def best(self, scores: Sequence[float]) -> int:
        """Return the place of the best score; the first of equals."""
        return max(range(len(scores)), key=lambda place: (self.sign * scores[place], -place))


def scan_of(config: Json) -> Scan:
    """Return what a scan configuration means; the same one always means the same candidates.

    Raises:
        Invalid: when it has no parameters, or says something that is not understood.
    """
    parameters = config.get("parameters")
    if not isinstance(parameters, dict) or not parameters:
        raise Invalid("A scan needs 'parameters': an object of parameter names.")
    choices = {name: _choices(name, said) for name, said in parameters.items()}
    metric, sign = _metric(config.get("metric"))
    return Scan(_candidates(config, choices), metric, sign)


def _candidates(config: Json, choices: dict[str, Sequence[object]]) -> list[Json]:
    strategy = config.get("strategy", "grid")
    if strategy not in {"grid", "random"}:
        raise Invalid(f"The strategy of a scan is 'grid' or 'random', not {strategy!r}.")
    grid: Iterator[Json] = (dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values()))
    # More is never looked at, however many combinations there are.
    tried = list(itertools.islice(grid, 10_000))
    if strategy == "random":
        random.Random(0).shuffle(tried)  # noqa: S311  (a search that can be repeated, not a secret)
    return tried[: _most(config)]


def _most(config: Json) -> int:
    wanted = config.get("max_run", _DEFAULT_RUNS)
    if isinstance(wanted, bool) or not isinstance(wanted, int) or not 1 <= wanted <= MOST_RUNS:
        raise Invalid(f"The 'max_run' of a scan is a number from 1 to {MOST_RUNS}.")
    return wanted


def _metric(said: object) -> tuple[str, float]:
    if said is None:
        return _METRIC, 1.0
    if isinstance(said, dict):
        name, goal = said.get("name", _METRIC), said.get("goal", "maximize")
        if isinstance(name, str) and isinstance(goal, str) and goal in _GOALS:
            return name, _GOALS[goal]
    raise Invalid("The 'metric' of a scan is an object with 'name' and 'goal' (maximize, minimize).")


def _choices(name: str, said: object) -> Sequence[object]:
    if not isinstance(said, dict):
        return [said]
    values = said.get("values")
    if isinstance(values, list) and values:
        return values
    if "value" in said:
        return [said["value"]]
    least, most = said.get("min"), said.get("max")
    if isinstance(least, int | float) and isinstance(most, int | float):
        return _between(least, most)
    raise Invalid(f"The parameter '{name}' of a scan needs 'values', 'value', or 'min' and 'max'.")


def _between(least: float, most: float) -> Sequence[float]:
    stops = [least + (most - least) * step / (_STOPS - 1) for step in range(_STOPS)]
    whole = isinstance(least, int) and isinstance(most, int)
    return list(dict.fromkeys(round(stop) for stop in stops)) if whole else stops
