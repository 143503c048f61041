"""The step that trains: every candidate of a run, each kept as soon as it is there, and the best one chosen."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from reconciler.platform.monitoring import average_precision
from reconciler.platform.monitoring.matching import FoundBox, Judged, TrueBox
from reconciler.platform.pipeline.equipping import Equipped, equip
from reconciler.platform.pipeline.work import Bench, Task
from reconciler.platform.store import artifacts, datalakes, experiments, jobs, logs, objects, scans, training_runs
from reconciler.platform.store.extents import Box
from reconciler.platform.store.faults import Conflict, Invalid
from reconciler.platform.store.models import NewFile
from reconciler.platform.store.tables.base import Json
from reconciler.platform.store.tables.experiments import Experiment
from reconciler.platform.store.tables.jobs import Job
from reconciler.platform.store.tables.pipelines import TrainingRun
from reconciler.platform.store.unit import Unit
from reconciler.platform.store.words import ExperimentStatus, LogType
from reconciler.platform.training import builtin, command
from reconciler.platform.training.assignment import Refused, Trained

# The name under which the official SDK's users look for a model's weights.
WEIGHTS: Final = "model-latest"
FILENAME: Final = "model.onnx"
BINARY: Final = "application/octet-stream"
ERROR: Final = "error"
# Seconds between two looks at the job, and between two drawings of the curves: epochs may be far shorter.
_PAUSE: Final = 0.5


def train(bench: Bench, task: Task) -> None:
    """Train every candidate that is not trained yet, and choose the best."""
    run = _run(bench, task)
    scan = scans.scan_of(_scan_config(run)) if _scan_config(run) else None
    metric = scan.metric if scan is not None else None
    for place in range(len(run.candidates)):
        if "weights" not in run.candidates[place]:
            _Candidate(bench, task, run, place).train(metric)
    with bench.write(task.organization_id) as unit:
        run = _found(unit, task)
        scores = [_score(candidate, metric) for candidate in run.candidates]
        training_runs.choose(run, scan.best(scores) if scan is not None else 0)


def tell_error(unit: Unit, experiment: Experiment, error: str) -> None:
    """Let an experiment say why its training failed."""
    logs.record(unit, experiment, ERROR, type=LogType.VALUE, data=error.replace("\x00", ""))


@dataclass
class _Candidate:
    """One experiment of a run, while it is trained."""

    bench: Bench
    task: Task
    run: TrainingRun
    place: int
    curves: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    looked: float = field(default_factory=time.monotonic)

    @property
    def experiment_id(self) -> UUID:
        """The experiment."""
        return UUID(str(self.run.candidates[self.place]["experiment_id"]))

    def train(self, metric: str | None) -> None:
        equipped = self._begin()
        try:
            trained = _trained(equipped, self.look)
        except Refused as refusal:
            raise Invalid(str(refusal)) from refusal
        self._keep(trained, equipped, metric)

    def look(self) -> None:
        """Raise when the process wants to end, or somebody ended the run."""
        self.bench.check()
        if self._is_due():
            self._require_wanted()

    def progress(self, epoch: int, metrics: Mapping[str, float]) -> None:
        """Log what an epoch came to."""
        self.bench.check()
        for name, value in metrics.items():
            self.curves.setdefault(name, []).append((epoch, value))
        if self._is_due():
            self._require_wanted()
            with self.bench.write(self.task.organization_id) as unit:
                self._draw(unit, unit.find(Experiment, self.experiment_id))

    def _is_due(self) -> bool:
        """Whether it is time to look again."""
        is_due = time.monotonic() - self.looked >= _PAUSE
        if is_due:
            self.looked = time.monotonic()
        return is_due

    def _require_wanted(self) -> None:
        with self.bench.read() as unit:
            job = unit.session.get(Job, self.task.job_id)
            if job is None or not jobs.is_unfinished(job):
                raise Conflict("The training was ended before it was done.")

    def _begin(self) -> Equipped:
        with self.bench.write(self.task.organization_id) as unit:
            experiment = unit.find(Experiment, self.experiment_id)
            experiment.status = ExperimentStatus.RUNNING
            return equip(self.bench, unit, experiment.id, self.progress)

    def _draw(self, unit: Unit, experiment: Experiment) -> None:
        """Replace the curves: a training that begins again after a crash draws them anew."""
        for name, points in self.curves.items():
            data = {"steps": [step for step, _ in points], "values": [value for _, value in points]}
            log = logs.seek(unit, experiment, name)
            if log is None:
                logs.record(unit, experiment, name, type=LogType.LINE, data=data)
            elif log.type is LogType.LINE:
                logs.update(unit, log, name=None, data=data)

    def _keep(self, trained: Trained, equipped: Equipped, metric: str | None) -> None:
        """Keep the model, what was measured, and that this candidate is done; all of it or nothing."""
        with self.bench.write(self.task.organization_id) as unit:
            run, experiment = _found(unit, self.task), unit.find(Experiment, self.experiment_id)
            self._draw(unit, experiment)
            for name, value in trained.metrics.items():
                logs.record(unit, experiment, f"final_{name}", type=LogType.VALUE, data=value)
            weights = _store(unit, experiment, trained.model)
            measured = _measured(trained, equipped)
            score = trained.metrics.get(metric) if metric is not None else None
            training_runs.keep(run, self.place, weights=weights, measured=measured, score=score)
            experiments.update(unit, experiment, status=ExperimentStatus.SUCCESS)
        self.bench.reached(f"candidate-{self.place + 1}:done")


def _trained(equipped: Equipped, look: Callable[[], None]) -> Trained:
    if equipped.program is not None:
        return command.train(equipped.program, equipped.assignment, look)
    trained = builtin.train(equipped.assignment)
    return replace(trained, metrics={**trained.metrics, **_judged(trained)})


def _judged(trained: Trained) -> dict[str, float]:
    """Return how well a detector finds what it never saw, as the statistics of deployments count it."""
    if not trained.answers:
        return {}
    images = [
        Judged(
            [TrueBox(label, Box(*edges)) for label, edges in seen.truth],
            [FoundBox(found.label, found.score, Box(*found.edges)) for found in seen.found],
        )
        for seen in trained.answers
    ]
    figures = average_precision.score(images)
    told = {name: getattr(figures, name) for name in ("ap_50", "ap_50_95", "precision", "recall")}
    return {name: float(value) for name, value in told.items() if value is not None}


def _store(unit: Unit, experiment: Experiment, model: bytes) -> str:
    connector = datalakes.home(unit, experiment.organization_id)
    place = f"artifact/{experiment.id}/{FILENAME}"
    objects.put(unit, connector, place, model, content_type=BINARY)
    artifacts.put(unit, experiment, NewFile(WEIGHTS, FILENAME, place, large=False))
    return place


def _measured(trained: Trained, equipped: Equipped) -> Json:
    seen, unseen = equipped.assignment.parts()
    training = {"algorithm": trained.algorithm, "images": len(seen), "measured_on": len(unseen)}
    return {"metrics": dict(trained.metrics), "declared": dict(trained.declared), "training": training}


def _run(bench: Bench, task: Task) -> TrainingRun:
    with bench.read() as unit:
        return _found(unit, task)


def _found(unit: Unit, task: Task) -> TrainingRun:
    run = training_runs.find(unit, task.job_id)
    if run is None or run.ended_at is not None:
        raise Conflict("The training was ended before it was done.")
    return run


def _scan_config(run: TrainingRun) -> Json:
    config = run.settings.get("scan_config")
    return config if isinstance(config, dict) else {}


def _score(candidate: Json, metric: str | None) -> float:
    score = candidate.get("score")
    if metric is None:
        return 0.0
    if not isinstance(score, int | float):
        raise Invalid(f"Nothing called '{metric}' was measured, so the scan cannot tell which candidate is best.")
    return float(score)
