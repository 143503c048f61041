"""Many predictions, written straight into a store as recording them one by one would have left them.

A test records some both ways and compares the rows. What varies between images is drawn from a pool of `KINDS`, so that
a million take minutes; moments are spread evenly over `DAYS` days that end now.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy import insert

from benchmarks.kinds import CHAMPION, KINDS, LABELS, SHADOW, SIDE, enlarged, kinds
from reconciler.platform.intake import scoring
from reconciler.platform.intake.measuring import measure
from reconciler.platform.monitoring import references
from reconciler.platform.seed import stream
from reconciler.platform.store import (
    data,
    datalakes,
    datasets,
    deployments,
    facets,
    measurements,
    models,
    objects,
    reviews,
    scores,
    sources,
    tags,
    tally,
)
from reconciler.platform.store import references as reference_rows
from reconciler.platform.store.facets import moment_of
from reconciler.platform.store.geometry import NewShape
from reconciler.platform.store.identifiers import new_id
from reconciler.platform.store.scores import Candidate
from reconciler.platform.store.tables.base import EPOCH
from reconciler.platform.store.tables.data import Data, Datalake
from reconciler.platform.store.tables.deployments import Deployment, TrainingData
from reconciler.platform.store.tables.monitoring import HourlyRollup, StatisticsRevision
from reconciler.platform.store.tables.predictions import PredictedAsset
from reconciler.platform.store.words import Framework, InferenceType, ReferenceStatus, ShapeKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from reconciler.platform.app import Platform
    from reconciler.platform.store.blobs import Blob, Blobs
    from reconciler.platform.store.scores import Judge, Verdict
    from reconciler.platform.store.unit import Unit

DAYS: Final = 90
CHUNK: Final = 10_000
REVIEWED: Final = 1_000

Rows = dict[str, list[tuple[Any, ...]]]

_COLUMNS: Final = {
    "stored_objects": "id created_at connector_id object_name blob size etag content_type",
    "data": "id created_at organization_id datalake_id data_source_id type filename object_name content_type "
    "upload_status width height",
    "predicted_assets": "id created_at organization_id deployment_id data_id oracle_prediction_id timestamp width "
    "height state source data_tags",
    "predictions": "id created_at predicted_asset_id role model_version_id latency shapes raw_count",
    "measured_images": "predicted_asset_id deployment_id timestamp lot features view",
    "measured_predictions": "prediction_id predicted_asset_id deployment_id model_version_id role timestamp latency "
    "objects slots labels",
    "predicted_labels": "predicted_asset_id role label deployment_id moment score",
    "sent_tags": "predicted_asset_id name deployment_id moment",
    "tag_links": "tag_id target_id",
    "outlier_scores": "predicted_asset_id deployment_id era moment score is_outlier",
}


@dataclass(frozen=True)
class Plot:
    """One deployment to plant in, with everything its rows refer to."""

    deployment: Deployment
    lake: Datalake
    blobs: Sequence[Blob]
    tag_ids: dict[str, UUID]
    source_ids: dict[str, UUID]
    judge: Judge
    verdicts: Sequence[Verdict]


def prepare(platform: Platform, name: str) -> Plot:
    """Make a deployment with a champion, a shadow and a reference that is ready, and store the pool's images."""
    with platform.store.write(platform.owner) as unit:
        home = platform.owner.organization_id
        deployment = _deployed(unit, home, name)
        lake = datalakes.default(unit, home)
        scope = tags.Scope.datalake(lake)
        names = sorted({tag for kind in kinds() for tag in kind.tags})
        origins = sorted({kind.source for kind in kinds()})
        judge = _referenced(unit, deployment)
        return Plot(
            deployment=deployment,
            lake=lake,
            blobs=_blobs(unit.blobs),
            tag_ids={tag: tags.ensure(unit, scope, tag).id for tag in names},
            source_ids={source: sources.ensure(unit, home, source).id for source in origins},
            judge=judge,
            verdicts=_verdicts(unit.blobs, judge),
        )


def _verdicts(blobs: Blobs, judge: Judge) -> Sequence[Verdict]:
    """Return the verdict on each kind of image."""
    views = [Candidate(new_id(), EPOCH, kind.measured.view) for kind in kinds()]
    return [verdict for _, verdict in scoring.judged(blobs.path(judge.blob), views)]


@cache
def _blobs(blobs: Blobs) -> Sequence[Blob]:
    """Return the pool's images as they are stored, once for all deployments of a platform."""
    return [blobs.write([kind.png]) for kind in kinds()]


def _deployed(unit: Unit, home: UUID, name: str) -> Deployment:
    model = models.create(unit, home, f"{name} model")
    release = models.Release(type=InferenceType.OBJECT_DETECTION, framework=Framework.ONNX, labels=dict(LABELS))
    champion, shadow = (models.create_version(unit, model, release) for _ in range(2))
    return deployments.create(
        unit, home, deployments.NewDeployment(champion.id, name, shadow_model_version_id=shadow.id)
    )


@cache
def _reference() -> tuple[dict[str, object], bytes]:
    """Return the summary and the file of a reference that other images than the pool's make."""
    pngs = [enlarged(png) for _, png, _ in stream.of_digits()[KINDS : KINDS + 100]]
    trained = [found for png in pngs if (found := measure(png)) is not None]
    return references.summarize(trained), references.to_bytes(references.compute(trained))


def _referenced(unit: Unit, deployment: Deployment) -> Judge:
    """Let a reference be ready."""
    dataset = datasets.create(unit, deployment.organization_id, f"{deployment.name} data")
    version = datasets.create_version(unit, dataset, "training", type=InferenceType.OBJECT_DETECTION)
    summary, content = _reference()
    reference = TrainingData(
        deployment_id=deployment.id,
        dataset_version_id=version.id,
        status=ReferenceStatus.SUCCESS,
        summary=summary,
    )
    deployment.training_data = reference
    unit.session.flush()
    reference_rows.keep(unit, reference, unit.blobs.write([content]).name)
    judge = scores.judge_of(unit, deployment.id)
    assert judge is not None
    return judge


def plant(platform: Platform, plot: Plot, count: int, *, end: float) -> None:
    """Write so many images with their predictions, the newest one just before `end`, in Unix seconds."""
    begin = (end // 3600 - DAYS * 24) * 3600
    step = (end - begin) / max(count, 1)
    hours: Counter[tuple[int, int]] = Counter()
    for first in range(0, count, CHUNK):
        numbers = range(first, min(first + CHUNK, count))
        rows = _rows(plot, [(number % KINDS, begin + number * step) for number in numbers], hours)
        with platform.store.exclusive() as connection:
            _write(connection, rows)
    with platform.store.write(platform.owner) as unit:
        for rollup in _rollups(plot, hours):
            unit.session.execute(insert(HourlyRollup), rollup)
        revision = {"deployment_id": plot.deployment.id, "revision": count}
        unit.session.execute(insert(StatisticsRevision), revision)


def review_newest(platform: Platform, plot: Plot, count: int) -> None:
    """Let a person say of the newest images what the champion said, less every third shape."""
    with platform.store.write(platform.owner) as unit:
        rows = unit.session.query(PredictedAsset).filter_by(deployment_id=plot.deployment.id)
        labels = {label.position: label.id for label in unit.find(Deployment, plot.deployment.id).labels}
        for asset in rows.order_by(PredictedAsset.timestamp.desc()).limit(count):
            reviews.add(unit, asset, list(_truth(asset.predictions[0].shapes, labels)))


def _truth(shapes: dict[str, Any], labels: dict[int, UUID]) -> Iterator[NewShape]:
    boxes = zip(shapes["detection_classes"], shapes["detection_boxes"], strict=True)
    for index, (label, (top, left, bottom, right)) in enumerate(boxes):
        if index % 3 != 2:
            corner = {"x": left, "y": top, "w": right - left, "h": bottom - top}
            yield NewShape(ShapeKind.RECTANGLE, labels[label], corner)


def _rows(plot: Plot, wanted: list[tuple[int, float]], hours: Counter[tuple[int, int]]) -> Rows:
    """Return the rows of images of given kinds at given moments, by table."""
    rows: Rows = {table: [] for table in _COLUMNS}
    made = _text(datetime.now(UTC))
    for number, seconds in wanted:
        hours[int(seconds // 3600), number] += 1
        _image(rows, plot, number, datetime.fromtimestamp(round(seconds, 6), UTC), made)
    return rows


def _text(moment: datetime) -> str:
    # As SQLite keeps it; PostgreSQL's session speaks UTC.
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _image(rows: Rows, plot: Plot, number: int, moment: datetime, made: str) -> None:
    kind, blob, deployment_id = kinds()[number], plot.blobs[number], plot.deployment.id.hex
    owner, asset_id, data_id = plot.lake.organization_id.hex, new_id(), new_id().hex
    asset, place, timestamp = asset_id.hex, moment_of(moment), moment.timestamp()
    name = f"data/{plot.deployment.id}/{data_id}-a.png"
    rows["stored_objects"].append(
        (new_id().hex, made, plot.lake.connector_id.hex, name, blob.name, blob.size, blob.etag, "image/png")
    )
    source = plot.source_ids[kind.source].hex
    rows["data"].append(
        (data_id, made, owner, plot.lake.id.hex, source, "IMAGE", "a.png", name, "image/png", "DONE", SIDE, SIDE)
    )
    sent = json.dumps(list(kind.tags))
    rows["predicted_assets"].append(
        (
            *(asset, made, owner, deployment_id, data_id, uuid4().hex, _text(moment)),
            *(SIDE, SIDE, "TO_REVIEW", kind.source, sent),
        )
    )
    view = (kind.measured.features, kind.measured.view)
    rows["measured_images"].append((asset, deployment_id, timestamp, measurements.lot_of(asset_id), *view))
    for tag in kind.tags:
        rows["sent_tags"].append((asset, tag, deployment_id, place))
        rows["tag_links"].append((plot.tag_ids[tag].hex, data_id))
    verdict = plot.verdicts[number]
    rows["outlier_scores"].append((asset, deployment_id, plot.judge.era, place, verdict.score, verdict.is_outlier))
    for answer in _answers(plot, number):
        _prediction(rows, answer, (asset, deployment_id), (timestamp, place, made))


@dataclass(frozen=True)
class _Answer:
    role: str
    version: str
    latency: float
    shapes: str
    count: int
    added: tally.Contribution
    labels: str
    best: Sequence[tuple[int, float | None]]


@cache
def _prepared(champion: UUID, shadow: UUID, number: int) -> Sequence[_Answer]:
    kind, versions = kinds()[number], {CHAMPION: champion, SHADOW: shadow}
    found = []
    for role, shapes in kind.shapes.items():
        added = kind.contribution(role)
        best = facets.best_scores(InferenceType.OBJECT_DETECTION, shapes)
        found.append(
            _Answer(
                *(role.value, versions[role].hex, kind.latency, json.dumps(shapes), added.objects, added),
                *(json.dumps(added.labels), list(best.items())),
            )
        )
    return found


def _answers(plot: Plot, number: int) -> Sequence[_Answer]:
    shadow_id = plot.deployment.shadow_model_version_id
    assert shadow_id is not None
    return _prepared(plot.deployment.model_version_id, shadow_id, number)


def _prediction(rows: Rows, answer: _Answer, of: tuple[str, str], at: tuple[float, int, str]) -> None:
    (asset, deployment_id), (timestamp, place, made), prediction = of, at, new_id().hex
    role, version, latency = answer.role, answer.version, answer.latency
    rows["predictions"].append((prediction, made, asset, role, version, latency, answer.shapes, answer.count))
    rows["measured_predictions"].append(
        (
            *(prediction, asset, deployment_id, version, role, timestamp, latency),
            *(answer.count, answer.added.slots, answer.labels),
        )
    )
    rows["predicted_labels"].extend((asset, role, label, deployment_id, place, score) for label, score in answer.best)


def _write(connection: Connection, rows: Rows) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    raw = connection.connection.driver_connection
    assert raw is not None
    with closing(raw.cursor()) as cursor:
        for table, names in _COLUMNS.items():
            columns = names.split()
            if is_sqlite:
                marks = ", ".join("?" * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows[table])  # noqa: S608
            else:
                cursor.execute("SET LOCAL TimeZone = 'UTC'")
                with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows[table]:
                        copy.write_row(row)


def _rollups(plot: Plot, hours: Counter[tuple[int, int]]) -> Iterator[dict[str, Any]]:
    deployment = plot.deployment
    for role, version_id in ((CHAMPION, deployment.model_version_id), (SHADOW, deployment.shadow_model_version_id)):
        pool = {number: kind for number, kind in enumerate(kinds()) if role in kind.shapes}
        added = {number: kind.contribution(role) for number, kind in pool.items()}
        slots = {n: np.bincount(np.frombuffer(a.slots, np.uint16), minlength=tally.SLOTS) for n, a in added.items()}
        for hour in sorted({hour for hour, number in hours if number in pool}):
            counts = {number: hours[hour, number] for number in pool if hours[hour, number]}
            labels = Counter[str]()
            for number, count in counts.items():
                labels.update({label: count * int(str(each)) for label, each in added[number].labels.items()})
            latencies = [pool[number].latency for number in counts]
            whole = sum(counts[number] * slots[number] for number in counts)
            yield {
                "deployment_id": deployment.id,
                "model_version_id": version_id,
                "role": role,
                "hour": hour,
                "predictions": sum(counts.values()),
                "objects": sum(added[number].objects * count for number, count in counts.items()),
                "latency_sum": sum(tally.nanoseconds(pool[n].latency) * count for n, count in counts.items()),
                "latency_least": min(latencies),
                "latency_most": max(latencies),
                "counters": np.asarray(whole).astype(np.uint32).tobytes(),
                "labels": dict(sorted(labels.items())),
            }


def record(platform: Platform, plot: Plot, number: int, timestamp: float) -> None:
    """Record one image of a kind as the platform does when it is sent, all but the bytes that come with it."""
    from reconciler.platform.store import predictions
    from reconciler.platform.store.predictions import Answer, Seen

    kind, deployment = kinds()[number], plot.deployment
    versions = {CHAMPION: deployment.model_version_id, SHADOW: deployment.shadow_model_version_id}
    answers = {
        role: Answer(shapes, kind.latency, version, len(cast("list[int]", shapes["detection_classes"])))
        for role, shapes in kind.shapes.items()
        if (version := versions[role]) is not None
    }
    with platform.store.write(platform.owner) as unit:
        name = f"data/{deployment.id}/{new_id().hex}-a.png"
        objects.place(unit, plot.lake.connector_id, name, blob=plot.blobs[number], content_type="image/png")
        tag_ids = [plot.tag_ids[tag] for tag in kind.tags]
        source_id = plot.source_ids[kind.source]
        datum = data.register(
            unit,
            unit.find(Datalake, plot.lake.id),
            data.NewData("a.png", name, "image/png", width=SIDE, height=SIDE, tag_ids=tag_ids, source_id=source_id),
        )
        seen = Seen(
            width=SIDE,
            height=SIDE,
            champion=answers[CHAMPION],
            shadow=answers.get(SHADOW),
            timestamp=datetime.fromtimestamp(round(timestamp, 6), UTC),
            source=kind.source,
            tags=kind.tags,
            measured=kind.measured,
        )
        asset = predictions.record(unit, unit.find(Deployment, deployment.id), seen, unit.find(Data, datum.id))
        scoring.note(unit, asset, kind.measured)
