"""Plans made by hand: a few steps on a few deployments, for proofs about carrying out rather than planning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core import actions as a
from reconciler.core.live import LiveDeployment
from reconciler.core.manifest.catalog import Catalog, Source
from reconciler.core.manifest.spec import Policy, Serving
from reconciler.core.origin import Origin
from reconciler.core.plan import Chain, Intent, Observed, Plan, Step, Target
from reconciler.core.references import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable

SOURCE = Source(paths=("manifests/",), manifest_digest="sha256:0", revision="abc")
V1, V2, V3 = (Ref(f"id-m1-{version}", f"m1@{version}") for version in ("v1", "v2", "v3"))
W1, W2 = (Ref(f"id-d1-{version}", f"d1@{version}") for version in ("w1", "w2"))


def catalog_of(*manifests: object) -> Catalog:
    """Return an empty catalog; plans made by hand need only its name and source."""
    return Catalog("demo", (), SOURCE)


def live(name: str = "alpha", **fields: object) -> LiveDeployment:
    """Return a bare deployment as a platform knows it: every field known, nothing set up."""
    known: dict[str, object] = {
        "id": f"id-{name}",
        "name": name,
        "inference_type": "CLASSIFICATION",
        "serving": Serving.MANAGED,
        "threshold": 0.0,
        "sample_rate": 1.0,
        "datalake": Ref("id-default", "default"),
        "tags": frozenset[str](),
        "champion": V1,
        "shadow": None,
        "training_data": None,
        "feedback_configured": False,
        "feedback_active": False,
        "feedback_datasets": frozenset[Ref](),
        "training_configuration": None,
        "training_active": False,
        "training_datasets": frozenset[object](),
        "deployment_policy": None,
        "deployment_active": False,
    }
    return LiveDeployment(**(known | fields))  # type: ignore[arg-type]


def step(number: int, address: str, action: a.Action, *waits_for: int, because: Iterable[str] = ()) -> Step:
    """Return a step; what it waits for inside its own chain need not be said."""
    return Step(number, address, action, tuple(because), tuple(waits_for))


def plan_of(*steps: Step, existing: Iterable[LiveDeployment] = ()) -> Plan:
    """Return a plan of steps; deployments that exist are matched to addresses by name."""
    found = {item.name: item for item in existing}
    chains = [
        Chain(
            address=address,
            name=address,
            intent=Intent.CHANGE if address in found else Intent.CREATE,
            live=found.get(address),
            origin=Origin(f"manifests/{address}.yaml", 1, 1),
            steps=tuple(each.number for each in steps if each.address == address),
        )
        for address in sorted({each.address for each in steps} - {""})
    ]
    return Plan(
        catalog="demo",
        source=SOURCE,
        target=Target("", "https://platform.example", "id-org", "acme"),
        observed=Observed(True, "2026-11-21T20:36:00.000Z"),
        chains=tuple(chains),
        steps=tuple(steps),
    )


def create(name: str = "alpha") -> a.CreateDeployment:
    """Return the creating action of a bare deployment."""
    return a.CreateDeployment(name, V1, threshold=0.5)


def policy(value: Policy = Policy.DEPLOY_SHADOW) -> a.ConfigureContinuousDeployment:
    """Return the action that sets the policy."""
    return a.ConfigureContinuousDeployment(value)
