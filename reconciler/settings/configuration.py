"""The shape of `reconciler.yaml`: a catalog, its ledger, and the environments it is applied to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

if TYPE_CHECKING:
    from pydantic import JsonValue

FILE_NAME: Final = "reconciler.yaml"
SCHEMA_ID: Final = "https://reconciler.dev/schemas/configuration.schema.json"
DEFAULT_CATALOG: Final = "default"
SHORTEST_LEASE: Final = 1.0
LONGEST_LEASE: Final = 3600.0
LONGEST_WAIT: Final = 86_400.0
MOST_DAYS: Final = 36_500

Text = Annotated[str, StringConstraints(min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$")]
"""1..63 lower-case letters, digits, hyphens and dots."""


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True, strict=True)


Share = Annotated[float, Field(ge=0, le=1)]


class Policy(_Part):
    """How much one plan may take away; what an environment does not say, the catalog says for it."""

    max_removals: Annotated[
        Share | None,
        Field(
            description="Share (0..1) of the owned deployments that one plan may delete or give an older champion; "
            "by default 0.3. `--force REASON` lifts it."
        ),
    ] = None
    max_rechampion: Annotated[
        Share | None,
        Field(
            description="Share (0..1) of the owned deployments that one plan may give another champion; by default any."
        ),
    ] = None
    owned_from: Annotated[
        Annotated[int, Field(ge=1)] | None,
        Field(description="Number of owned deployments from which these shares count; by default 10."),
    ] = None


class Keep(_Part):
    """Which runs the ledger keeps, besides the newest; what an environment does not say, the catalog says for it."""

    days: Annotated[
        Annotated[int, Field(ge=1, le=MOST_DAYS)] | None,
        Field(description="Runs that started within so many days."),
    ] = None
    runs: Annotated[
        Annotated[int, Field(ge=1)] | None,
        Field(description="So many of the runs that started last."),
    ] = None


class Environment(_Part):
    """Where a catalog is applied: a platform by its address, or an embedded one by its data folder."""

    host: Annotated[Text | None, Field(description="Address of the platform, such as https://app.picsellia.com.")] = (
        None
    )
    organization: Annotated[
        Text | None, Field(description="Name or id of the organisation; by default the token's own.")
    ] = None
    token_file: Annotated[Text | None, Field(description="File that holds the API token, relative to this one.")] = None
    embedded: Annotated[
        Text | None, Field(description="Data folder of an embedded platform, relative to this file; instead of a host.")
    ] = None
    ledger: Annotated[Text | None, Field(description="URL or file of the ledger; overrides the catalog's.")] = None
    keep: Annotated[
        Keep, Field(description="Which runs the ledger keeps here; overrides the catalog's one by one.")
    ] = Keep()
    policy: Annotated[Policy, Field(description="Caps of one plan here; they override the catalog's one by one.")] = (
        Policy()
    )


class Configuration(_Part):
    """The settings of one catalog."""

    catalog: Annotated[
        Slug,
        Field(description="Name of the set of manifests that owns deployments; keep it once something is applied."),
    ] = DEFAULT_CATALOG
    ledger: Annotated[
        Text | None, Field(description="URL or file of the ledger; by default .reconciler/ledger.db beside this file.")
    ] = None
    keep: Annotated[
        Keep,
        Field(
            description="Which runs the ledger keeps; an apply prunes older ones at its end. By default it keeps "
            "everything."
        ),
    ] = Keep()
    policy: Annotated[Policy, Field(description="How much one plan may take away.")] = Policy()
    lease_seconds: Annotated[
        float | None,
        Field(
            ge=SHORTEST_LEASE,
            le=LONGEST_LEASE,
            description="How long a run holds a deployment without renewing its lease; by default 120.",
        ),
    ] = None
    lock_timeout: Annotated[
        float | None,
        Field(
            ge=0,
            le=LONGEST_WAIT,
            description="Seconds that an apply waits for others who hold a deployment; by default 0.",
        ),
    ] = None
    default_environment: Annotated[
        str | None, Field(description="The environment that is used where none is named.")
    ] = None
    environments: Annotated[
        dict[Slug, Environment], Field(description="Where the catalog can be applied, by name.")
    ] = Field(default_factory=dict)


def configuration_schema() -> dict[str, JsonValue]:
    """Return the JSON Schema (2020-12) of `reconciler.yaml`."""
    schema = Configuration.model_json_schema(by_alias=True)
    head: dict[str, JsonValue] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Reconciler configuration",
    }
    return head | {key: value for key, value in schema.items() if key != "title"}
