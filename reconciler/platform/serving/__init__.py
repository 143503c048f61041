"""The serving service: for now its login."""
