"""Deployments and their settings (wire protocol 2.0, 2.10, 6.2)."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from reconciler.platform.context import Context
from reconciler.platform.shapes.base import Name, Shape, StrictRequest, Text
from reconciler.platform.shapes.pipelines import (
    ContinuousDeploymentShape,
    ContinuousTrainingShape,
    FeedbackLoopShape,
    TrainingDataShape,
)
from reconciler.platform.shapes.tags import TagShape
from reconciler.platform.store.deployments import NewDeployment, Settings
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.words import InferenceType, ModelCause, ModelRole, Serving

# Strict: a threshold sent as text is a mistake, not a number.
Share = Annotated[float, Field(ge=0.0, le=1.0, strict=True, allow_inf_nan=False)]


class Management(StrictRequest):
    """Which manifest manages a deployment, and which of its fields."""

    catalog: Text
    revision: Text | None = None
    file: Text
    line: int = Field(ge=1, le=2**31 - 1)
    fields: list[Text]


class SettingsShape(Shape):
    """Everything that is set on a deployment; the capability `settings`."""

    min_threshold: float
    sample_rate: float
    target_datalake_id: UUID
    serving: Serving
    model_version_id: UUID
    shadow_model_version_id: UUID | None
    tags: list[TagShape]
    training_data: TrainingDataShape | None
    feedback_loop: FeedbackLoopShape
    continuous_training: ContinuousTrainingShape | None
    continuous_deployment: ContinuousDeploymentShape | None
    management: dict[str, object] | None
    updated_at: datetime = Field(description="Moves with every field above, never with predictions.")

    @classmethod
    def of(cls, row: Deployment) -> Self:
        """Return the settings of a deployment."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "feedback_loop"}
        return cls.model_validate({**plain, "feedback_loop": FeedbackLoopShape.of(row.feedback_loop)})


class DeploymentShape(Shape):
    """Where a model version is served and monitored, as far as the official SDK reads it."""

    id: UUID
    name: str
    type: InferenceType
    oracle_host: str | None = Field(description="The monitoring service; null when nothing listens.")
    serving_host: str | None = Field(description="The serving service; null when the owner infers.")
    review_campaign_id: UUID | None = None


class ReportedDeployment(DeploymentShape):
    """A deployment with its settings, as a platform that announces `settings` tells it."""

    settings: SettingsShape


class DeploymentDetail(DeploymentShape):
    """A deployment, with its models and tags."""

    model_version_id: UUID
    shadow_model_version_id: UUID | None
    tags: list[TagShape]


class ReportedDetail(DeploymentDetail):
    """A deployment in detail with its settings, as a platform that announces `settings` tells it."""

    settings: SettingsShape


AnyDeployment = ReportedDeployment | DeploymentShape
AnyDetail = ReportedDetail | DeploymentDetail


def deployment_shape(row: Deployment, context: Context) -> AnyDeployment:
    """Return a deployment as this platform reports it."""
    if context.is_full:
        return ReportedDeployment(**_common(row, context), settings=SettingsShape.of(row))
    return DeploymentShape(**_common(row, context))


def deployment_detail(row: Deployment, context: Context) -> AnyDetail:
    """Return a deployment, in detail, as this platform reports it."""
    detail = {
        **_common(row, context),
        "model_version_id": row.model_version_id,
        "shadow_model_version_id": row.shadow_model_version_id,
        "tags": [TagShape.model_validate(tag) for tag in row.tags],
    }
    if context.is_full:
        return ReportedDetail(**detail, settings=SettingsShape.of(row))
    return DeploymentDetail(**detail)


def _common(row: Deployment, context: Context) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "type": row.type,
        "oracle_host": context.settings.monitoring_url,
        "serving_host": context.settings.serving_url if row.serving is Serving.MANAGED else None,
    }


class Deploy(StrictRequest):
    """A deployment of a model version that the path names."""

    name: Name | None = None
    min_threshold: Share | None = None
    target_datalake_id: UUID | None = None

    def new(self, model_version_id: UUID) -> NewDeployment:
        """Return it as the store takes it."""
        return NewDeployment(
            model_version_id=model_version_id,
            name=self.name,
            min_threshold=self.min_threshold,
            target_datalake_id=self.target_datalake_id,
        )


class NewDeploymentBody(StrictRequest):
    """A deployment to create."""

    model_version_id: UUID
    name: Name | None = None
    min_threshold: Share | None = None
    target_datalake_id: UUID | None = None
    shadow_model_version_id: UUID | None = None
    disable_serving: bool = False

    def new(self) -> NewDeployment:
        """Return it as the store takes it."""
        given = self.model_dump(exclude={"disable_serving"})
        return NewDeployment(**given, serving=Serving.OWN if self.disable_serving else Serving.MANAGED)


class DeploymentUpdate(StrictRequest):
    """The settings to change; what is null or left out stays as it is."""

    name: Name | None = None
    min_threshold: Share | None = None
    target_datalake_id: UUID | None = None
    sample_rate: Share | None = None

    def settings(self) -> Settings:
        """Return it as the store takes it."""
        return Settings(**self.model_dump())


class ModelVersionReference(StrictRequest):
    """A model version to put in a slot."""

    model_version_id: UUID


class ModelChangeShape(Shape):
    """One change of one slot."""

    at: datetime = Field(validation_alias="created_at")
    role: ModelRole
    model_version_id: UUID | None = Field(description="Null where the slot was emptied.")
    cause: ModelCause
    actor: str = Field(description="The user whose token made the change.")
