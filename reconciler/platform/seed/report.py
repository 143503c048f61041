"""What a seed planted or found: plain values for whoever prints them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VersionReport:
    """One dataset version: how many images it holds now, and how many of them this run added."""

    name: str
    images: int
    added: int


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """One dataset with its versions."""

    name: str
    versions: tuple[VersionReport, ...]


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """One model version: what was measured on the holdout when it was trained, each metric between 0 and 1."""

    name: str
    number: int
    metrics: dict[str, float]
    added: bool


@dataclass(frozen=True, slots=True)
class ModelReport:
    """One model with its versions."""

    name: str
    versions: tuple[ReleaseReport, ...]


@dataclass(frozen=True, slots=True)
class SeedReport:
    """Everything the demo consists of, as it is after the run.

    `added` counts the objects this run created (images, datasets, versions, models, projects, tags, …); 0 means that
    everything was there already and nothing was written.
    """

    datasets: tuple[DatasetReport, ...]
    models: tuple[ModelReport, ...]
    projects: tuple[str, ...]
    tags: tuple[str, ...]
    added: int

    @property
    def already_there(self) -> bool:
        """Whether this run found everything in place."""
        return self.added == 0
