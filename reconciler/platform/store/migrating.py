"""Bringing a store's schema up to date, once per opening."""

from pathlib import Path

from sqlalchemy import Connection, String, column, inspect, select, table

from reconciler.platform.store.database import Store

HEAD = "0008"
_SCRIPTS = Path(__file__).parent / "migrations"
_VERSION_TABLE = "alembic_version"


def migrate(store: Store) -> None:
    """Run the migrations a store has not seen; they all happen, or none."""
    with store.exclusive() as connection:
        if revision(connection) != HEAD:
            _upgrade(connection)


def revision(connection: Connection) -> str | None:
    """Return the newest migration a database has seen, or None for an empty one."""
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    return connection.scalar(select(column("version_num", String)).select_from(table(_VERSION_TABLE)))


def _upgrade(connection: Connection) -> None:
    # Alembic takes longer to import than an up-to-date store takes to open.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
