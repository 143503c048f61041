"""The monitoring service: for now its login, what it knows of a deployment, and training-data summaries."""
