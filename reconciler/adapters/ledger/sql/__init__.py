"""A SQL database as a home: the same tables, statements and migrations in SQLite and PostgreSQL."""
