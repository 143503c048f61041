"""The schema's history, oldest first; `upgrade` brings a database to the newest revision."""
