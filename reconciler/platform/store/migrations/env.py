"""Alembic's entry point; the connection comes from `store.migrating`, which owns the transaction."""

from alembic import context

from reconciler.platform.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
context.run_migrations()
