"""Folding readings of roll-ups into totals per model version and role, and totals into figures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from reconciler.platform.store import tally
from reconciler.platform.store.readings import Counted, Reading
from reconciler.platform.store.tally import Axis
from reconciler.platform.store.words import ModelRole

Key = tuple[ModelRole, UUID]


@dataclass
class Totals:
    """A sum over predictions; `latency_sum` in nanoseconds, latencies in seconds."""

    predictions: int = 0
    objects: int = 0
    latency_sum: int = 0
    latency_least: float = float("inf")
    latency_most: float = 0.0
    counters: NDArray[np.int64] = field(default_factory=lambda: np.zeros(tally.SLOTS, dtype=np.int64))
    labels: Counter[str] = field(default_factory=Counter)
    # Predictions and nanoseconds by hour.
    hours: dict[int, tuple[int, int]] = field(default_factory=dict)

    def merge(self, other: "Totals") -> None:
        """Add another sum to this one."""
        self.predictions += other.predictions
        self.objects += other.objects
        self.latency_sum += other.latency_sum
        self.latency_least = min(self.latency_least, other.latency_least)
        self.latency_most = max(self.latency_most, other.latency_most)
        self.counters += other.counters
        self.labels.update(other.labels)
        for hour, (predictions, nanoseconds) in other.hours.items():
            self._count(hour, predictions, nanoseconds)

    def take(self, reading: Reading) -> None:
        """Add a reading, all but its counters."""
        self.predictions += reading.predictions
        self.objects += reading.objects
        self.latency_sum += reading.latency_sum
        self.latency_least = min(self.latency_least, reading.latency_least)
        self.latency_most = max(self.latency_most, reading.latency_most)
        self._count(reading.hour, reading.predictions, reading.latency_sum)

    def counts(self, axis: Axis) -> list[int]:
        """Return the counters of one axis."""
        begin = tally.begin_of(axis)
        return [int(count) for count in self.counters[begin : begin + axis.bins]]

    def heat(self) -> NDArray[np.int64]:
        """Return the heat map, rows x columns."""
        return self.counters[tally.heat_begin() :].reshape(tally.CELLS, tally.CELLS)

    @property
    def latency_mean(self) -> float:
        """The mean latency in seconds; 0 without predictions."""
        return self.latency_sum / tally.NANOSECONDS / self.predictions if self.predictions else 0.0

    def latency_at(self, share: float) -> float:
        """Return the latency that a share (0..1) of the predictions stayed within, as the histogram knows it."""
        counts = np.array(self.counts(tally.LATENCY))
        index = int(np.searchsorted(np.cumsum(counts), max(share * self.predictions, 1)))
        edges = (0.0, *tally.LATENCY.edges, float("inf"))
        return min(max(edges[index + 1], self.latency_least), self.latency_most)

    def _count(self, hour: int, predictions: int, nanoseconds: int) -> None:
        held = self.hours.get(hour, (0, 0))
        self.hours[hour] = held[0] + predictions, held[1] + nanoseconds


def fold(readings: Iterable[Reading]) -> dict[Key, Totals]:
    """Return the totals of each model version in each role, champions first; labels stay empty: see `counted`."""
    found: dict[Key, Totals] = defaultdict(Totals)
    packed: dict[tuple[Key, bool], list[bytes]] = defaultdict(list)
    for reading in readings:
        key = reading.role, reading.model_version_id
        found[key].take(reading)
        packed[key, reading.is_single].append(reading.counters)
    for (key, is_single), chunks in packed.items():
        found[key].counters += _slots(chunks) if is_single else _counters(chunks)
    return dict(sorted(found.items()))


def counted(counts: Iterable[Counted]) -> dict[Key, Totals]:
    """Return what `fold` does, but for latencies, hours and counters: they stay empty."""
    found: dict[Key, Totals] = defaultdict(Totals)
    for each in counts:
        held = found[each.role, each.model_version_id]
        held.predictions += each.predictions
        held.objects += each.objects
        labels = held.labels
        for label, number in each.labels.items():
            labels[label] += number
    return dict(sorted(found.items()))


def of_role(totals: Mapping[Key, Totals], role: ModelRole) -> Totals | None:
    """Return the sum over all model versions of one role, or None where none predicted."""
    found = [each for (each_role, _), each in totals.items() if each_role is role]
    if not found:
        return None
    whole = Totals()
    for each in found:
        whole.merge(each)
    return whole


def _slots(chunks: list[bytes]) -> NDArray[np.int64]:
    return np.bincount(np.frombuffer(b"".join(chunks), dtype=np.uint16), minlength=tally.SLOTS)


def _counters(chunks: list[bytes]) -> NDArray[np.int64]:
    rows = np.frombuffer(b"".join(chunks), dtype=np.uint32).reshape(-1, tally.SLOTS)
    return np.asarray(rows.sum(axis=0, dtype=np.int64))
