"""That the deployment exists, under which name, and that it is gone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from reconciler.core.actions.base import FixedAction, Phase, Repeat, Verdict
from reconciler.core.live import FIELDS, LiveDeployment
from reconciler.core.manifest.spec import Serving
from reconciler.core.unreported import UNREPORTED

if TYPE_CHECKING:
    from reconciler.core.references import Ref


@dataclass(frozen=True, slots=True)
class CreateDeployment:
    """Create the deployment; the only call that fixes `serving`. Undeclared settings are not sent."""

    phase: ClassVar[Phase] = Phase.EXIST
    repeat: ClassVar[Repeat] = Repeat.UNSAFE
    absent_means_done: ClassVar[bool] = False
    touches: ClassVar[frozenset[str]] = frozenset(item.path for item in FIELDS)
    name: str
    champion: Ref
    shadow: Ref | None = None
    threshold: float | None = None
    datalake: Ref | None = None
    serving: Serving = Serving.MANAGED

    def effect(self, live: LiveDeployment | None) -> LiveDeployment:  # noqa: ARG002  # nothing existed before
        """Return a deployment with nothing configured; settings that were not sent stay unknown."""
        return LiveDeployment(
            name=self.name,
            serving=self.serving,
            threshold=UNREPORTED if self.threshold is None else self.threshold,
            datalake=UNREPORTED if self.datalake is None else self.datalake,
            tags=frozenset(),
            champion=self.champion,
            shadow=self.shadow,
            training_data=None,
            feedback_configured=False,
            feedback_active=False,
            feedback_datasets=frozenset(),
            training_configuration=None,
            training_active=False,
            training_datasets=frozenset(),
            deployment_policy=None,
            deployment_active=False,
            management=None,
        )

    def satisfied_by(self, live: LiveDeployment | None) -> Verdict:
        """Tell whether a deployment of this name exists; what it holds is the business of the other actions."""
        return Verdict.SATISFIED if live is not None and live.name == self.name else Verdict.UNSATISFIED


@dataclass(frozen=True, slots=True)
class RenameDeployment(FixedAction):
    """Give an existing deployment another platform name."""

    decides: ClassVar[tuple[str, ...]] = ("name",)
    phase: ClassVar[Phase] = Phase.EXIST
    name: str

    def effect(self, live: LiveDeployment) -> LiveDeployment:
        """Return `live` under the new name."""
        return replace(live, name=self.name)


@dataclass(frozen=True, slots=True)
class DeleteDeployment(FixedAction):
    """Delete the deployment; `force` also stops its loops and removes predictions and reviews."""

    phase: ClassVar[Phase] = Phase.REMOVE
    absent_means_done: ClassVar[bool] = True
    force: bool = False

    def effect(self, live: LiveDeployment) -> None:  # nothing is left
        """Return nothing: the deployment is gone."""

    def satisfied_by(self, live: LiveDeployment | None) -> Verdict:
        """Tell whether the deployment is gone."""
        return Verdict.SATISFIED if live is None else Verdict.UNSATISFIED
