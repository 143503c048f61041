"""The exchange of an API token for a one-hour JWT, as the monitoring and serving services offer it."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from reconciler.platform.auth import Pass, Service, issue, recognize
from reconciler.platform.context import Context, context_of
from reconciler.platform.store.tables.deployments import Deployment
from reconciler.platform.store.unit import Actor


class Credentials(BaseModel):
    """An API token, and the deployment it is to be used for."""

    api_token: str
    deployment_id: UUID


class Login(BaseModel):
    """A JWT and when it expires."""

    jwt: str
    expires: datetime


async def log_in(context: Context, service: Service, credentials: Credentials) -> Login:
    """Return a JWT for a deployment within the token's reach.

    Raises:
        Unauthenticated: for an unknown token.
        NotFound: for a deployment out of reach.
    """
    actor, scope = await recognize(context, credentials.api_token)
    owner = await run_in_threadpool(_owner, context, actor, credentials.deployment_id)
    within = replace(actor, organization_id=owner, reach=frozenset({owner}))
    jwt, expires = issue(context, service, Pass(credentials.deployment_id, within, scope))
    return Login(jwt=jwt, expires=expires)


def _owner(context: Context, actor: Actor, deployment_id: UUID) -> UUID:
    with context.store.read(actor) as unit:
        return unit.find(Deployment, deployment_id).organization_id


Opened = Annotated[Context, Depends(context_of)]
